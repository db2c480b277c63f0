// When a run stops by itself because items fail: too many of them, or all of the first ones.
import type { Result } from "../core/record.ts";
import type { StopReason } from "./progress.ts";

/** An absolute number, or a share of the attempts made in this run. */
export type FailureLimit =
  | { readonly kind: "count"; readonly count: number }
  | { readonly kind: "percent"; readonly percent: number };

const FAILURES_MAX = 1_000_000_000;

/** `10` or `5%`; null for any other text. */
export function failureLimitOf(text: string): FailureLimit | null {
  const share = /^(\d{1,3}(?:\.\d{1,3})?)%$/.exec(text)?.[1];
  if (share !== undefined) {
    const percent = Number(share);
    return percent > 0 && percent <= 100 ? { kind: "percent", percent } : null;
  }
  const count = /^\d{1,15}$/.test(text) ? Number(text) : 0;
  return count >= 1 && count <= FAILURES_MAX ? { kind: "count", count } : null;
}

/** If none of the first items up to this number succeeds, the run stops. */
const FIRST_ITEMS = 20;
/** A share of failures counts only from this many attempts. */
const PERCENT_ATTEMPTS_MIN = 20;

export type RunTally = {
  readonly attempted: number;
  readonly failed: number;
  /** Items attempted for the first time in the session, and successes among them. */
  readonly first: { readonly attempted: number; readonly succeeded: number };
  /** Label and message of the first failure of this run. */
  readonly firstFailure: { readonly item: string; readonly error: string } | null;
};

/** The reason to stop because of failures, or null. @param succeededBefore successes of the session's earlier runs */
export function failureStop(
  tally: RunTally,
  limit: FailureLimit | null,
  succeededBefore: number,
): StopReason | null {
  const { first, firstFailure } = tally;
  if (
    succeededBefore === 0 &&
    first.succeeded === 0 &&
    first.attempted >= FIRST_ITEMS &&
    firstFailure !== null
  ) {
    return { kind: "none-succeeded", attempted: first.attempted, ...firstFailure };
  }
  if (limit === null) return null;
  if (limit.kind === "count") {
    return tally.failed >= limit.count
      ? { kind: "max-failures", failures: tally.failed, allowed: String(limit.count) }
      : null;
  }
  const exceeded =
    tally.attempted >= PERCENT_ATTEMPTS_MIN && tally.failed * 100 >= limit.percent * tally.attempted;
  return exceeded ? { kind: "max-failures", failures: tally.failed, allowed: `${limit.percent}%` } : null;
}

/** Counts what these rules need and the session does not count. */
export class FailureWatch {
  #limit: FailureLimit | null;
  readonly #succeededBefore: number;
  #first = { attempted: 0, succeeded: 0 };
  #firstFailure: RunTally["firstFailure"] = null;

  constructor(limit: FailureLimit | null, succeededBefore: number) {
    this.#limit = limit;
    this.#succeededBefore = succeededBefore;
  }

  /**
   * The reason to stop after this result, or null.
   * @param isFirst the item was attempted for the first time in the session
   * @param label name of the item; read for a failure only
   * @param run counts of this run, the result included
   */
  noted(
    result: Result,
    isFirst: boolean,
    label: string,
    run: Pick<RunTally, "attempted" | "failed">,
  ): StopReason | null {
    const isOk = result.status === "ok";
    if (!isOk && result.error.kind === "input") return null; // not a valid item: nothing was attempted
    if (isFirst) this.#first.attempted++;
    if (isFirst && isOk) this.#first.succeeded++;
    if (isOk) return null;
    this.#firstFailure ??= { item: label, error: result.error.message };
    return this.#reason(run);
  }

  /** Another limit holds from now on. Returns the reason to stop, or null. */
  change(limit: FailureLimit, run: Pick<RunTally, "attempted" | "failed">): StopReason | null {
    this.#limit = limit;
    return run.failed === 0 ? null : this.#reason(run);
  }

  #reason({ attempted, failed }: Pick<RunTally, "attempted" | "failed">): StopReason | null {
    const tally = { attempted, failed, first: this.#first, firstFailure: this.#firstFailure };
    return failureStop(tally, this.#limit, this.#succeededBefore);
  }
}
