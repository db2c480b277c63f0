// The plan in numbers, as people are told it: in units of work, which are the items where one answer is wanted of each.

export type PlanCounts = {
  readonly total: number;
  readonly done: number;
  /** Failed in an earlier run, those included that are not tried again. */
  readonly failed: number;
  /** Of the failed ones, those that this run tries again. */
  readonly retry: number;
  /** Never attempted. */
  readonly fresh: number;
  /** Items whose id has a result of other content. */
  readonly changed: number;
  /** Results whose item is no longer in the input. */
  readonly gone: number;
  /** What this run has before it: fresh + changed + retry. */
  readonly pending: number;
};
