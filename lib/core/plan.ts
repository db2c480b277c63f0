// The plan: for each item of the present input, what is known of it and where its record stands. Flat: 9 bytes an item, 2 more where items have
// failed, 4 more with repeats.
import type { PlanCounts } from "./plan-counts.ts";

/** What is known of an item. */
export const STATE = {
  /** Never attempted, or without a record. */
  fresh: 0,
  /** Its id has a record of other content. */
  changed: 1,
  /** Its last attempt failed. */
  failed: 2,
  /** It is no item (kind `input`): failed, and never tried again. */
  rejected: 3,
  done: 4,
  /** Failed in this run: this run does not try it again. */
  failedNow: 5,
} as const;

export type State = (typeof STATE)[keyof typeof STATE];

/** Whether the item's record says that it failed. */
export function isFailure(state: State): boolean {
  return state === STATE.failed || state === STATE.rejected || state === STATE.failedNow;
}

/** Whether the item has a record of its present content. */
function hasRecord(state: State): boolean {
  return state !== STATE.fresh && state !== STATE.changed;
}

/** Entries stand in blocks, made when one of them is set: a plan that grows is never there twice. */
const BLOCK_BITS = 16;
const BLOCK_ITEMS = 1 << BLOCK_BITS;
const BLOCK_MASK = BLOCK_ITEMS - 1;

export class Plan {
  #count: number;
  readonly #states: Uint8Array[] = [];
  /** Error groups of failed items (error-tally.ts); a block without any other than 0 is not made. */
  readonly #groups: Uint16Array[] = [];
  /** Offset of the item's record in the log, in bytes; meaningless without a record. */
  readonly #offsets: Float64Array[] = [];
  /** Occurrence of the item among those of equal content, from 1; null while every item is the first of its kind. */
  #occurrences: Uint32Array | null = null;
  /** Items that repeat the content of an earlier one. */
  repeated: number = 0;
  /** Items with a result that are no longer in the input. */
  gone: number = 0;

  /** @param count items known so far; `set` may add more at the end */
  constructor(count: number = 0) {
    this.#count = count;
  }

  get count(): number {
    return this.#count;
  }

  state(index: number): State {
    return (this.#states[index >>> BLOCK_BITS]?.[index & BLOCK_MASK] ?? STATE.fresh) as State;
  }

  /** Meaningless unless the item has failed. */
  errorGroup(index: number): number {
    return this.#groups[index >>> BLOCK_BITS]?.[index & BLOCK_MASK] ?? 0;
  }

  /** The first failed item of a group, from item `from` on and then from the beginning; null when there is none. */
  failureIn(errorGroup: number, from: number): number | null {
    for (let step = 0; step < this.#count; step++) {
      const index = (from + step) % this.#count;
      if (isFailure(this.state(index)) && this.errorGroup(index) === errorGroup) return index;
    }
    return null;
  }

  /** Byte offset of the item's record, or null when it has none. */
  offset(index: number): number | null {
    if (!hasRecord(this.state(index))) return null;
    return this.#offsets[index >>> BLOCK_BITS]?.[index & BLOCK_MASK] ?? 0;
  }

  set(index: number, state: State, offset: number, errorGroup: number = 0): void {
    if (index >= this.#count) this.#count = index + 1;
    const [block, at] = [index >>> BLOCK_BITS, index & BLOCK_MASK];
    const states = (this.#states[block] ??= new Uint8Array(BLOCK_ITEMS));
    const offsets = (this.#offsets[block] ??= new Float64Array(BLOCK_ITEMS));
    states[at] = state;
    offsets[at] = offset;
    if (errorGroup > 0) this.#groups[block] ??= new Uint16Array(BLOCK_ITEMS);
    const groups = this.#groups[block];
    if (groups !== undefined) groups[at] = errorGroup;
  }

  /** Occurrence among items of equal content, from 1. */
  occurrence(index: number): number {
    const known = this.#occurrences?.[index] ?? 0;
    return known === 0 ? 1 : known;
  }

  /** Notes that an item repeats the content of earlier ones. */
  setOccurrence(index: number, occurrence: number): void {
    this.repeated++;
    const capacity = this.#occurrences?.length ?? 0;
    if (index >= capacity) {
      const larger = new Uint32Array(Math.max(1024, Math.ceil((index + 1) * 1.5)));
      if (this.#occurrences !== null) larger.set(this.#occurrences);
      this.#occurrences = larger;
    }
    if (this.#occurrences !== null) this.#occurrences[index] = occurrence;
  }

  /** Lets failures of kind `input` be tried again, too: what was no item for one command may be one for another. */
  retryRejected(): void {
    for (let index = 0; index < this.#count; index++) {
      if (this.state(index) === STATE.rejected)
        this.set(index, STATE.failed, this.offset(index) ?? 0, this.errorGroup(index));
    }
  }

  /** @param retryFailed whether failed items are to be tried again */
  counts(retryFailed: boolean): PlanCounts {
    const by = [0, 0, 0, 0, 0, 0];
    for (let index = 0; index < this.#count; index++) {
      const state = this.state(index);
      by[state] = (by[state] ?? 0) + 1;
    }
    const [fresh = 0, changed = 0, failed = 0, rejected = 0, done = 0, failedNow = 0] = by;
    const retry = retryFailed ? failed : 0;
    return {
      total: this.#count,
      done,
      failed: failed + rejected + failedNow,
      retry,
      fresh,
      changed,
      gone: this.gone,
      pending: fresh + changed + retry,
    };
  }
}
