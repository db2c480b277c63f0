// The plan in numbers, as shown to the user. It counts units of work, which are items unless several answers per item are wanted.

export type PlanCounts = {
  readonly total: number;
  readonly done: number;
  /** Failed in an earlier run, including those that are not retried. */
  readonly failed: number;
  /** Failed ones that this run retries. */
  readonly retry: number;
  /** Never attempted. */
  readonly fresh: number;
  /** Items whose id has a result of other content. */
  readonly changed: number;
  /** With a result of their present content, and run again all the same (`--rerun`). They count neither as done nor as failed until then. */
  readonly rerun: number;
  /** Results that do not count any more: their item is no longer in the input, or not chosen, or so many answers are not wanted of it. */
  readonly gone: number;
  /** What this run will attempt: fresh + changed + rerun + retry. */
  readonly pending: number;
  /** Answers wanted of each item, from 2; left out where it is one. */
  readonly repeat?: number;
  /** Those of the gone ones that are answers beyond the number that is wanted; left out where there are none. */
  readonly beyond?: number;
};

/** Units that are attempted whatever becomes of failures. */
export function pendingWithoutRetries({ fresh, changed, rerun }: PlanCounts): number {
  return fresh + changed + rerun;
}
