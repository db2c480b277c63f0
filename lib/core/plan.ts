// The plan: for each unit of work what is known of it and where its record stands. A unit is one of the answers wanted for an item: (item, repeat). Units
// are numbered from 0 in the order of the input, the answers of an item behind each other; a plan may be of a part of the input (a shard, a selection), and
// then knows where each of its items stands in the whole. Where it is of all items and one answer is wanted of each, a unit's number is its item's index.
// Flat: 9 bytes a unit, 2 more where units have failed; an item that repeats contents takes 4 more, one of a part of the input 4.
import type { PlanCounts } from "./plan-counts.ts";
import type { Result } from "./record.ts";

/** What is known of a unit. */
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

/** Whether the unit's record says that it failed. */
export function isFailure(state: State): boolean {
  return state === STATE.failed || state === STATE.rejected || state === STATE.failedNow;
}

/** Whether a new result becomes a unit's own. A failure does not take the place of a success: what was run again and failed has its good result still. */
export function takesPlaceOf(before: State, { status }: Pick<Result, "status">): boolean {
  return status === "ok" || before !== STATE.done;
}

/** Whether the unit has a record of its item's present content. */
function hasRecord(state: State): boolean {
  return state !== STATE.fresh && state !== STATE.changed;
}

/** Entries stand in blocks, made when one of them is set: a plan that grows is never there twice. */
const BLOCK_BITS = 16;
const BLOCK_LENGTH = 1 << BLOCK_BITS;
const BLOCK_MASK = BLOCK_LENGTH - 1;

/** What a plan is of. */
export type PlanScope = {
  /** Answers wanted of each item, from 1. */
  readonly repeats: number;
  /** Of a part of the input only: `add` says which items it has. */
  readonly isPart: boolean;
};

const WHOLE: PlanScope = { repeats: 1, isPart: false };

export class Plan {
  /** Answers wanted of each item, from 1. */
  readonly repeats: number;
  #items: number;
  readonly #states: Uint8Array[] = [];
  /** Error groups of failed units (error-tally.ts); a block without any other than 0 is not made. */
  readonly #groups: Uint16Array[] = [];
  /** Offset of the unit's record in the log, in bytes; meaningless without a record. */
  readonly #offsets: Float64Array[] = [];
  /** Position of each item in the whole input, ascending; null where that is its number. */
  readonly #indices: Uint32Array[] | null;
  /** The item that was looked for last: items are looked for in their order. */
  #lastItem = 0;
  /** Occurrence of the item among those of equal content, from 1; null while every item is the first of its kind. */
  #occurrences: Uint32Array | null = null;
  /** Items that repeat the content of an earlier one. */
  repeated: number = 0;
  /** Units with a result whose item is no longer in the input, or not in the plan. */
  gone: number = 0;

  /** @param items known so far; `add` adds more */
  constructor(items: number = 0, { repeats, isPart }: PlanScope = WHOLE) {
    if (isPart && items > 0) throw new Error("the items of a part are added one by one");
    this.#items = items;
    this.repeats = repeats;
    this.#indices = isPart ? [] : null;
  }

  /** Units. */
  get count(): number {
    return this.#items * this.repeats;
  }

  /** Takes up an item behind all others. @param index its position in the whole input @returns the number of its first unit */
  add(index: number): number {
    const item = this.#items++;
    if (this.#indices !== null) {
      const block = (this.#indices[item >>> BLOCK_BITS] ??= new Uint32Array(BLOCK_LENGTH));
      block[item & BLOCK_MASK] = index;
    }
    return item * this.repeats;
  }

  /** The number of a unit; null when it is not in the plan. @param index of its item in the whole input @param repeat from 1 */
  unitOf(index: number, repeat: number): number | null {
    const item = this.#indices === null ? index : this.#itemAt(index);
    if (item === null || item >= this.#items || repeat > this.repeats) return null;
    return this.repeats === 1 ? item : item * this.repeats + repeat - 1;
  }

  /** Position of the unit's item in the whole input, from 0. */
  indexOf(unit: number): number {
    const item = this.#itemOf(unit);
    return this.#indices === null ? item : this.#indexOfItem(item);
  }

  /** Which of the answers wanted for its item the unit is, from 1. */
  repeatOf(unit: number): number {
    return this.repeats === 1 ? 1 : (unit % this.repeats) + 1;
  }

  /** How many units an item has that `isWanted` holds for. @param index of the item in the whole input */
  countOf(index: number, isWanted: (unit: number) => boolean): number {
    const first = this.unitOf(index, 1);
    if (first === null) return 0;
    let count = 0;
    for (let unit = first; unit < first + this.repeats; unit++) if (isWanted(unit)) count++;
    return count;
  }

  /** Whether the unit waits for its first attempt at the item's present content. */
  isPending(unit: number): boolean {
    const state = this.state(unit);
    return state === STATE.fresh || state === STATE.changed;
  }

  #itemOf(unit: number): number {
    return this.repeats === 1 ? unit : Math.floor(unit / this.repeats);
  }

  #indexOfItem(item: number): number {
    return this.#indices?.[item >>> BLOCK_BITS]?.[item & BLOCK_MASK] ?? 0;
  }

  /** The item of a part of the input that stands at `index` in the whole; null when it has none. */
  #itemAt(index: number): number | null {
    const last = this.#lastItem;
    const item = this.#isPlaceOf(index, last)
      ? last
      : this.#isPlaceOf(index, last + 1)
        ? last + 1
        : this.#placeOf(index);
    this.#lastItem = item;
    return item < this.#items && this.#indexOfItem(item) === index ? item : null;
  }

  /** Whether all items before this one stand before `index`, and it does not. */
  #isPlaceOf(index: number, item: number): boolean {
    if (item > this.#items) return false;
    const isBehind = item === 0 || this.#indexOfItem(item - 1) < index;
    return isBehind && (item === this.#items || this.#indexOfItem(item) >= index);
  }

  #placeOf(index: number): number {
    let [low, high] = [0, this.#items];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#indexOfItem(middle) < index) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  state(unit: number): State {
    return (this.#states[unit >>> BLOCK_BITS]?.[unit & BLOCK_MASK] ?? STATE.fresh) as State;
  }

  /** Meaningless unless the unit has failed. */
  errorGroup(unit: number): number {
    return this.#groups[unit >>> BLOCK_BITS]?.[unit & BLOCK_MASK] ?? 0;
  }

  /** The first failed unit of a group, from `from` on and then from the beginning; null when there is none. */
  failureIn(errorGroup: number, from: number): number | null {
    const { count } = this;
    for (let step = 0; step < count; step++) {
      const unit = (from + step) % count;
      if (isFailure(this.state(unit)) && this.errorGroup(unit) === errorGroup) return unit;
    }
    return null;
  }

  /** Byte offset of the unit's record, or null when it has none. */
  offset(unit: number): number | null {
    if (!hasRecord(this.state(unit))) return null;
    return this.#offsets[unit >>> BLOCK_BITS]?.[unit & BLOCK_MASK] ?? 0;
  }

  set(unit: number, state: State, offset: number, errorGroup: number = 0): void {
    const [block, at] = [unit >>> BLOCK_BITS, unit & BLOCK_MASK];
    const states = (this.#states[block] ??= new Uint8Array(BLOCK_LENGTH));
    const offsets = (this.#offsets[block] ??= new Float64Array(BLOCK_LENGTH));
    states[at] = state;
    offsets[at] = offset;
    if (errorGroup > 0) this.#groups[block] ??= new Uint16Array(BLOCK_LENGTH);
    const groups = this.#groups[block];
    if (groups !== undefined) groups[at] = errorGroup;
  }

  /** Occurrence of the unit's item among those of equal content, from 1. */
  occurrence(unit: number): number {
    const known = this.#occurrences?.[this.#itemOf(unit)] ?? 0;
    return known === 0 ? 1 : known;
  }

  /** Notes that the item of a unit repeats the content of earlier ones. Called once an item. */
  setOccurrence(unit: number, occurrence: number): void {
    this.repeated++;
    const item = this.#itemOf(unit);
    const capacity = this.#occurrences?.length ?? 0;
    if (item >= capacity) {
      const larger = new Uint32Array(Math.max(1024, Math.ceil((item + 1) * 1.5)));
      if (this.#occurrences !== null) larger.set(this.#occurrences);
      this.#occurrences = larger;
    }
    if (this.#occurrences !== null) this.#occurrences[item] = occurrence;
  }

  /** Lets failures of kind `input` be tried again, too: what was no item for one command may be one for another. */
  retryRejected(): void {
    for (let unit = 0; unit < this.count; unit++) {
      if (this.state(unit) === STATE.rejected)
        this.set(unit, STATE.failed, this.offset(unit) ?? 0, this.errorGroup(unit));
    }
  }

  /** In units. @param retryFailed whether failed ones are to be tried again */
  counts(retryFailed: boolean): PlanCounts {
    const by = [0, 0, 0, 0, 0, 0];
    const total = this.count;
    for (let unit = 0; unit < total; unit++) {
      const state = this.state(unit);
      by[state] = (by[state] ?? 0) + 1;
    }
    const [fresh = 0, changed = 0, failed = 0, rejected = 0, done = 0, failedNow = 0] = by;
    const retry = retryFailed ? failed : 0;
    return {
      total,
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
