// Counts the items that records are of, and finds records that should not have been made: a success was there already.
import { ErrorTally, type FailureExample } from "../../core/error-tally.ts";
import type { ItemError } from "../../core/record.ts";
import { idKey, recordedKey } from "../../core/record-key.ts";
import { RecordTable } from "../../core/record-table.ts";
import type { ErrorGroup } from "../../core/status.ts";
import type { RecordIdentity } from "../record/read-record.ts";

export type ItemCounts = {
  /** Items with a record; `completed` and `failed` by their latest. */
  readonly items: number;
  readonly completed: number;
  readonly failed: number;
  /** Highest index of an item, from 0; -1 without any. */
  readonly highestIndex: number;
};

export class ItemTally {
  /** Latest record of each item; `failed` and content as the table has them. */
  readonly #latest = new RecordTable();
  /** Offsets of doubles. */
  readonly doubles: Set<number> = new Set<number>();
  readonly #errors = new ErrorTally();
  #failed = 0;
  #highest = -1;

  /**
   * Adds a record.
   * @param error reads the error of a failed one; not called for others
   * @returns whether it is a double: one of an item whose latest record is a success of the same content
   */
  add(identity: RecordIdentity, offset: number, error: () => ItemError): boolean {
    const { id, index, failed } = identity;
    const content = [identity.hash[0] ?? 0, identity.hash[1] ?? 0] as const;
    // What makes two records of the same item (docs/format.md).
    const key = id === null ? recordedKey(identity.hash, identity.occurrence) : idKey(id);
    const before = this.#latest.get(key);
    if (before?.failed === false && before.content[0] === content[0] && before.content[1] === content[1]) {
      this.doubles.add(offset);
      return true;
    }
    this.#highest = Math.max(this.#highest, index);
    this.#failed += (failed ? 1 : 0) - (before?.failed === true ? 1 : 0);
    const errorGroup = failed ? this.#errors.add(error()) : 0;
    const replaced = this.#latest.set(key, { offset, failed, rejected: false, errorGroup, content });
    if (replaced !== null) this.#errors.remove(replaced);
    return false;
  }

  /** The failures that count. @param exampleAt the failure whose record stands at an offset */
  errors(exampleAt: (offset: number) => FailureExample): ErrorGroup[] {
    return this.#errors.list((group) => exampleAt(this.#latest.failureIn(group) ?? 0));
  }

  get counts(): ItemCounts {
    const items = this.#latest.size;
    return { items, completed: items - this.#failed, failed: this.#failed, highestIndex: this.#highest };
  }
}
