// Which versions of a model have answered, by what answers say: `model` and `system_fingerprint`. A model behind an endpoint may be replaced at any time.
import { cutText } from "./cut-text.ts";
import type { VersionCount } from "./status.ts";

/** What an answer says of the model that made it. */
export type AnsweringModel = {
  /** The model that was asked for; empty where the request names none. */
  readonly asked: string;
  /** Its name and its fingerprint, each empty where the answer does not say it. */
  readonly name: string;
  readonly fingerprint: string;
};

/** Longest text of a version. */
const VERSION_LENGTH_MAX = 200;
/** So many versions are counted apart. */
const VERSIONS_MAX = 16;

/** The version as one text; undefined where the answer does not say more than what was asked for. */
export function versionOf(model: AnsweringModel): string | undefined {
  const version = fullVersion(model);
  return version === "" || version === model.asked ? undefined : version;
}

function fullVersion({ name, fingerprint }: AnsweringModel): string {
  return cutText([name, fingerprint].filter((part) => part !== "").join(" "), VERSION_LENGTH_MAX, "…");
}

/** What has changed: another model answers, or another version of it. */
export type VersionChange = {
  readonly what: "model" | "version";
  /** The version that answered most so far, and the new one. */
  readonly before: string;
  readonly now: string;
};

type Count = { -readonly [K in keyof VersionCount]: VersionCount[K] };

export class VersionTally {
  readonly #counts: Count[];
  #others = 0;
  /** What has been told in this run: each kind of change is told once, whatever alternates behind the endpoint. */
  readonly #told = new Set<VersionChange["what"]>();
  #change: VersionChange | null = null;

  /** @param earlier of the session's earlier runs */
  constructor(earlier: readonly VersionCount[] = []) {
    this.#counts = earlier.filter(isOne).map(copyOf);
    this.#others = earlier.find((count) => !isOne(count))?.count ?? 0;
  }

  add(model: AnsweringModel): void {
    const version = fullVersion(model);
    if (version === "") return;
    const { asked } = model;
    const known = this.#counts.find((count) => count.model === asked && count.version === version);
    if (known !== undefined) {
      known.count++;
      return;
    }
    this.#noteChange(model, version);
    if (this.#counts.length < VERSIONS_MAX) this.#counts.push({ model: asked, version, count: 1 });
    else this.#others++;
  }

  #noteChange({ asked, name }: AnsweringModel, now: string): void {
    const before = this.#counts.filter((count) => count.model === asked);
    const [most] = before.toSorted((a, b) => b.count - a.count);
    if (most === undefined) return;
    const isKnown = before.some(({ version }) => version === name || version.startsWith(`${name} `));
    const what = isKnown ? "version" : "model";
    if (this.#told.has(what)) return;
    this.#told.add(what);
    this.#change = { what, before: most.version, now };
  }

  /** A change that has not been told yet; null without one. Returned once. */
  takeChange(): VersionChange | null {
    const change = this.#change;
    this.#change = null;
    return change;
  }

  /** The versions, in the order in which they first answered; the last entry, without names, counts the answers of all further ones. */
  list(): readonly VersionCount[] {
    const others = this.#others === 0 ? [] : [{ model: "", version: "", count: this.#others }];
    return [...this.#counts.map(copyOf), ...others];
  }
}

function copyOf({ model, version, count }: VersionCount): Count {
  return { model, version, count };
}

function isOne({ version }: VersionCount): boolean {
  return version !== "";
}

/** Whether there is more to say than that the model that was asked for has answered. */
export function tellsVersions(versions: readonly VersionCount[]): boolean {
  return versions.length > 1 || versions.some(({ model, version }) => model !== version);
}
