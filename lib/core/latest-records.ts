// The record of each unit that counts, found by its identity, and the failures among them by reason: for who reads a log without knowing the units
// (planning by identity, verification). Which record counts is the rule of unit-state.ts.
import { ErrorTally } from "./error-tally.ts";
import type { ItemError } from "./record.ts";
import type { Key } from "./record-key.ts";
import { type RecordEntry, RecordTable } from "./record-table.ts";
import type { RerunMark } from "./rerun.ts";
import { recordedState, STATE } from "./unit-state.ts";

export class LatestRecords extends RecordTable {
  /** The failures that count. */
  readonly errors: ErrorTally = new ErrorTally();

  /** Takes the next record of the log. @param error null for a success @returns whether it counts */
  add(
    key: Key,
    content: RecordEntry["content"],
    offset: number,
    error: ItemError | null,
    rerun: RerunMark = "none",
  ): boolean {
    // A failure does not replace a success of the same content.
    if (error !== null && this.hasSuccess(key, content)) {
      if (rerun === "none") this.keep(key);
      return false;
    }
    const replaced = this.set(key, {
      offset,
      failed: error !== null,
      rejected: recordedState(error) === STATE.rejected,
      errorGroup: error === null ? 0 : this.errors.add(error),
      rerun,
      content,
    });
    if (replaced !== null) this.errors.remove(replaced);
    return true;
  }

  /** Counts the failures of untaken records no more. Returns how many records have not been taken. */
  dropUntaken(): number {
    this.eachUntakenFailure((group) => this.errors.remove(group));
    return this.untaken;
  }
}
