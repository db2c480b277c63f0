// Counts the units of work in a log (items, if one answer is wanted per item), and finds duplicate records: those of units that already had a
// success, when no rerun was requested.
import type { FailureExample } from "../../core/error-tally.ts";
import { LatestRecords } from "../../core/latest-records.ts";
import type { ItemError } from "../../core/record.ts";
import { unitKey } from "../../core/record-key.ts";
import type { ErrorGroup } from "../../core/status.ts";
import type { RecordIdentity } from "../record/read-record.ts";

export type ItemCounts = {
  /** Units with a record. `completed` and `failed` follow the latest record, but a failure does not replace a success. */
  readonly items: number;
  readonly completed: number;
  readonly failed: number;
  /** Highest index of an item, from 0; -1 without items. */
  readonly highestIndex: number;
  /** Highest answer number of an item, from 1. */
  readonly highestRepeat: number;
  /** Records after a success with the same content: reruns. */
  readonly rerun: number;
};

export class ItemTally {
  readonly #latest = new LatestRecords();
  /** Offsets of duplicates. */
  readonly doubles: Set<number> = new Set<number>();
  readonly #isRerun: boolean;
  #highestIndex = -1;
  #highestRepeat = 1;
  #rerun = 0;

  /** @param isRerun units with a success may have been rerun */
  constructor(isRerun: boolean) {
    this.#isRerun = isRerun;
  }

  /**
   * Adds a record.
   * @param error reads the error of a failed record; not called for others
   * @returns whether it is a duplicate: its unit already has a success with the same content
   */
  add(identity: RecordIdentity, offset: number, error: () => ItemError): boolean {
    const { index, failed, repeat } = identity;
    const content = [identity.hash[0] ?? 0, identity.hash[1] ?? 0] as const;
    const key = unitKey(identity);
    const isAgain = this.#latest.hasSuccess(key, content);
    if (isAgain && !this.#isRerun) {
      this.doubles.add(offset);
      return true;
    }
    if (isAgain) this.#rerun++;
    if (!this.#latest.add(key, content, offset, failed ? error() : null)) return false;
    this.#highestIndex = Math.max(this.#highestIndex, index);
    this.#highestRepeat = Math.max(this.#highestRepeat, repeat);
    return false;
  }

  /** The current failures by reason. @param exampleAt the failure in the record at an offset */
  errors(exampleAt: (offset: number) => FailureExample): ErrorGroup[] {
    return this.#latest.errors.list((group) => exampleAt(this.#latest.failureIn(group) ?? 0));
  }

  get counts(): ItemCounts {
    const items = this.#latest.size;
    const failed = this.#latest.errors.count;
    return {
      items,
      completed: items - failed,
      failed,
      highestIndex: this.#highestIndex,
      highestRepeat: this.#highestRepeat,
      rerun: this.#rerun,
    };
  }
}
