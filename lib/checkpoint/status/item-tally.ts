// Counts the units of work (items, where one answer is wanted of each) that records are of, and finds records that should not have been made: a success was
// there already, and nobody had asked for another.
import type { FailureExample } from "../../core/error-tally.ts";
import { LatestRecords } from "../../core/latest-records.ts";
import type { ItemError } from "../../core/record.ts";
import { unitKey } from "../../core/record-key.ts";
import type { ErrorGroup } from "../../core/status.ts";
import type { RecordIdentity } from "../record/read-record.ts";

export type ItemCounts = {
  /** Units with a record; `completed` and `failed` by the one that counts: the latest, but that a failure does not take the place of a success. */
  readonly items: number;
  readonly completed: number;
  readonly failed: number;
  /** Highest index of an item, from 0; -1 without any. */
  readonly highestIndex: number;
  /** Most answers of an item, from 1. */
  readonly highestRepeat: number;
  /** Records behind a success of the same content: of what was run again. */
  readonly rerun: number;
};

export class ItemTally {
  readonly #latest = new LatestRecords();
  /** Offsets of doubles. */
  readonly doubles: Set<number> = new Set<number>();
  readonly #isRerun: boolean;
  #highestIndex = -1;
  #highestRepeat = 1;
  #rerun = 0;

  /** @param isRerun what has a success may have been run again */
  constructor(isRerun: boolean) {
    this.#isRerun = isRerun;
  }

  /**
   * Adds a record.
   * @param error reads the error of a failed one; not called for others
   * @returns whether it is a double: one of a unit whose latest record is a success of the same content
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

  /** The failures that count. @param exampleAt the failure whose record stands at an offset */
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
