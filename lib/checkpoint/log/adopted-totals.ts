// What adopted records say for the totals of their session: they were saved, but the status file was last replaced before them. Without this, tokens and
// cost that were paid for would be missing from totals and budgets after a kill -9.
import { EndpointTally } from "../../core/endpoint-tally.ts";
import { VersionTally } from "../../core/model-versions.ts";
import type { ParsedRecord } from "../../core/record.ts";
import type { RunEntry, Status } from "../../core/status.ts";
import { TimeTally } from "../../core/time-tally.ts";
import { addUsage } from "../../core/usage.ts";

/** What a status says of all answers so far, whatever the input is now. */
export type SessionTotals = Pick<Status, "usage" | "runs" | "ttft" | "endpoints" | "versions">;

type Counted = { -readonly [K in keyof RunEntry]: RunEntry[K] };

export class AdoptedTotals {
  readonly #status: Status;
  readonly #endpoints: EndpointTally;
  readonly #versions: VersionTally;
  readonly #ttft: TimeTally;
  /** The run that was killed; undefined where none is listed. */
  readonly #run: Counted | undefined;
  #usage: Status["usage"];

  constructor(status: Status) {
    this.#status = status;
    this.#endpoints = new EndpointTally(status.endpoints);
    this.#versions = new VersionTally(status.versions);
    this.#ttft = new TimeTally(status.ttft);
    const run = status.runs.at(-1);
    this.#run = run === undefined ? undefined : { ...run };
    this.#usage = status.usage;
  }

  /** Counts a record as its session did when it was added. An imported or copied one was not attempted; what a copied one has cost counts, but of no run. */
  add(record: ParsedRecord): void {
    if (record.import !== undefined) return;
    const isOk = record.status === "ok";
    const { usage, endpoint, ttft_ms: ttftMs } = record;
    this.#usage = addUsage(this.#usage, usage);
    if (record.from !== undefined) return;
    this.#countInRun(isOk, usage);
    if (endpoint !== undefined) this.#endpoints.add(endpoint, isOk);
    if (ttftMs !== undefined) this.#ttft.add(ttftMs);
    this.#countVersion(record);
  }

  #countInRun(isOk: boolean, usage: ParsedRecord["usage"]): void {
    const run = this.#run;
    if (run === undefined) return;
    run.attempted++;
    if (isOk) run.succeeded++;
    else run.failed++;
    if (run.usage !== undefined) run.usage = addUsage(run.usage, usage);
  }

  /** A record names the version only where it is more than the model that was asked for. */
  #countVersion({ status, model_version: said }: ParsedRecord): void {
    const asked = this.#status.fingerprint.parts.find(({ name }) => name === "model")?.value;
    if (asked === undefined) return;
    const isSaid = said !== undefined;
    const answersSoFar = this.#status.versions?.some(({ version }) => version === asked) === true;
    if (isSaid || (status === "ok" && answersSoFar))
      this.#versions.add({ asked, name: said ?? asked, fingerprint: "" });
  }

  get totals(): SessionTotals {
    const ttft = this.#ttft.counts;
    const [endpoints, versions] = [this.#endpoints.list(), this.#versions.list()];
    const runs = this.#run === undefined ? [] : [...this.#status.runs.slice(0, -1), this.#run];
    return {
      usage: this.#usage,
      runs,
      ...(ttft === null ? null : { ttft }),
      ...(endpoints.length === 0 ? null : { endpoints }),
      ...(versions.length === 0 ? null : { versions }),
    };
  }
}
