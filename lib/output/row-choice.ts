// Which rows an output has: by the status of the results, by conditions on the fields of the rows, and how many at most.
import type { Condition } from "../core/condition.ts";

export const ROW_STATUSES = ["ok", "failed", "pending"] as const;
export type RowStatus = (typeof ROW_STATUSES)[number];

export type RowChoice = {
  /** `pending`: items without a result. */
  readonly statuses: ReadonlySet<RowStatus>;
  /** All of them must hold; on a field that a row does not have, none does. @see RowShape */
  readonly where: readonly Condition[];
  /** Null: all. */
  readonly limit: number | null;
};

/** Every result, and nothing else. */
export const ALL_RESULTS: RowChoice = { statuses: new Set(["ok", "failed"]), where: [], limit: null };
