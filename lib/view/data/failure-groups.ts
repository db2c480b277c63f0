// Numbers for the reasons of failures, two bytes each: kind and message, what differs from item to item evened out. Bounded: when there are too many reasons, further
// ones are told apart by their kind alone.
import type { ItemError } from "../../core/record.ts";
import { groupOf } from "../row-filter.ts";

const GROUPS_MAX = 2048;
/** Beyond it, kinds are not told apart any more either. */
const CODES_MAX = 4096;
/** Messages whose group is known without working it out again. */
const KNOWN_MAX = 512;

export type FailureReason = { readonly kind: string; readonly group: string };

export class FailureGroups {
  readonly #byGroup = new Map<string, number>();
  readonly #reasons: FailureReason[] = [];
  #known = new Map<string, number>();

  /** The number of the reason, from 0. */
  codeOf(error: Pick<ItemError, "kind" | "message">): number {
    const text = `${error.kind}\n${error.message}`;
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const code = this.#numberOf(error.kind, groupOf(error));
    if (this.#known.size >= KNOWN_MAX) this.#known = new Map();
    this.#known.set(text, code);
    return code;
  }

  #numberOf(kind: string, group: string): number {
    const known = this.#byGroup.get(group);
    if (known !== undefined) return known;
    if (this.#reasons.length >= CODES_MAX) return 0;
    if (this.#reasons.length < GROUPS_MAX || group === kind) return this.#open(kind, group);
    return this.#numberOf(kind, kind);
  }

  #open(kind: string, group: string): number {
    this.#reasons.push({ kind, group });
    this.#byGroup.set(group, this.#reasons.length - 1);
    return this.#reasons.length - 1;
  }

  reason(code: number): FailureReason {
    return this.#reasons[code] ?? { kind: "", group: "" };
  }

  get count(): number {
    return this.#reasons.length;
  }
}
