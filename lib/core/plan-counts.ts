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
  /** Results whose item is no longer in the input. */
  readonly gone: number;
  /** What this run will attempt: fresh + changed + retry. */
  readonly pending: number;
};
