// The plan owns the state of every unit of work: what it is (unit-state.ts), where its record stands in the log, and why it failed. Whatever happens to a unit is
// told to the plan as an event (`recorded`, `joined`, `settled`), and all counts of units that are shown anywhere come from it; nobody else keeps one.
// Flat: 9 bytes a unit, 2 more where units have failed; an item that repeats contents takes 4 more, one of a part of the input 4.
import { ErrorTally } from "./error-tally.ts";
import type { PlanCounts } from "./plan-counts.ts";
import type { ItemError } from "./record.ts";
import type { RecordEntry } from "./record-table.ts";
import type { RerunMark } from "./rerun.ts";
import { BLOCK_BITS, BLOCK_LENGTH, BLOCK_MASK, type PlanScope, UnitNumbers } from "./unit-numbers.ts";
import {
  hasGoodResult,
  isFailure,
  isPending,
  lacksRecord,
  recordedState,
  replaces,
  settledState,
  STATE,
  type State,
} from "./unit-state.ts";

const WHOLE: PlanScope = { repeats: 1, isPart: false };

export class Plan extends UnitNumbers {
  /** The failed units by reason. */
  readonly errors: ErrorTally;
  readonly #states: Uint8Array[] = [];
  /** Error groups of failed units; a block without any other than 0 is not made. */
  readonly #groups: Uint16Array[] = [];
  /** Offset of the unit's record in the log, in bytes; meaningless without a record. */
  readonly #offsets: Float64Array[] = [];
  /** Units in each state. Not counted: the fresh ones, which are all others. */
  readonly #by = Object.values(STATE).map(() => 0);
  /** Occurrence of the item among those of equal content, from 1; null while every item is the first of its kind. */
  #occurrences: Uint32Array | null = null;
  /** Items that repeat the content of an earlier one. */
  repeated: number = 0;
  /** Units with a result that are not in the plan: their item is no longer in the input, or not chosen, or so many answers are not wanted of it. */
  gone: number = 0;
  /** Those of them whose item is in the plan: answers beyond the number that is wanted now. */
  beyond: number = 0;
  /** Items of the input that are not in the plan, and have a result. */
  passedOver: number = 0;
  /** Units that were run again in this run and failed, and so kept their good results. */
  kept: number = 0;

  /** @param items known so far; `add` adds more @param errors in which failures were counted that `joined` brings */
  constructor(items: number = 0, scope: PlanScope = WHOLE, errors: ErrorTally = new ErrorTally()) {
    super(items, scope);
    this.errors = errors;
  }

  state(unit: number): State {
    return (this.#states[unit >>> BLOCK_BITS]?.[unit & BLOCK_MASK] ?? STATE.fresh) as State;
  }

  /** Whether the unit waits to be attempted, whatever becomes of failures. */
  isPending(unit: number): boolean {
    return isPending(this.state(unit));
  }

  /** Whether the unit failed in an earlier run and may be tried again. */
  isRetryable(unit: number): boolean {
    return this.state(unit) === STATE.failed;
  }

  hasFailed(unit: number): boolean {
    return isFailure(this.state(unit));
  }

  /** Byte offset of the record of the unit's present content, or null when it has none. */
  offset(unit: number): number | null {
    if (lacksRecord(this.state(unit))) return null;
    return this.#offsets[unit >>> BLOCK_BITS]?.[unit & BLOCK_MASK] ?? 0;
  }

  /** The first failed unit of a group, from `from` on and then from the beginning; null when there is none. */
  failureIn(errorGroup: number, from: number): number | null {
    const { count } = this;
    for (let step = 0; step < count; step++) {
      const unit = (from + step) % count;
      if (this.hasFailed(unit) && this.#errorGroup(unit) === errorGroup) return unit;
    }
    return null;
  }

  /**
   * An earlier run has left a record of the unit. Records are told in the order of the log.
   * @param error null for a success
   */
  recorded(unit: number, error: ItemError | null, offset: number, rerun: RerunMark = "none"): void {
    if (this.#take(unit, error, recordedState(error), offset)) {
      if (rerun === "due") this.runAgain(unit);
    } else if (rerun === "none") {
      this.#keepResult(unit);
    }
  }

  /** A unit with a result of its present content is to be attempted again (`--rerun`). */
  runAgain(unit: number): void {
    const before = this.state(unit);
    if (isPending(before)) return;
    if (isFailure(before)) this.errors.remove(this.#errorGroup(unit));
    this.#set(unit, hasGoodResult(before) ? STATE.againDone : STATE.again, this.offset(unit) ?? 0, 0);
  }

  /** There is a result of an item that is not in the plan. Called once an answer. */
  notChosen(): void {
    this.gone++;
    this.passedOver++;
  }

  /** There is a result of an answer that is not wanted of its item. Called once an answer. */
  notWanted(): void {
    this.gone++;
    this.beyond++;
  }

  /** The unit has a result in this run, whose record begins at `offset`. @param error null for a success */
  settled(unit: number, error: ItemError | null, offset: number): void {
    if (this.#take(unit, error, settledState(error), offset)) return;
    this.#keepResult(unit);
    this.kept++;
  }

  /**
   * The newest record of a fresh unit has been found by its identity. A failure is counted in `errors` already.
   * @param isSame whether the record is of the item's present content
   */
  joined(unit: number, found: Omit<RecordEntry, "content">, isSame: boolean): void {
    const { failed, rejected, errorGroup, offset } = found;
    if (!isSame) {
      if (failed) this.errors.remove(errorGroup);
      this.#set(unit, STATE.changed, 0, 0);
    } else if (failed) {
      this.#set(unit, rejected ? STATE.rejected : STATE.failed, offset, errorGroup);
    } else {
      this.#set(unit, STATE.done, offset, 0);
    }
    if (isSame && found.rerun === "due") this.runAgain(unit);
  }

  /** Lets failures of kind `input` be tried again, too: what was no item for one command may be one for another. */
  retryRejected(): void {
    for (let unit = 0; unit < this.count; unit++) {
      if (this.state(unit) === STATE.rejected)
        this.#set(unit, STATE.failed, this.offset(unit) ?? 0, this.#errorGroup(unit));
    }
  }

  /** Takes the next record of a unit. @returns whether it becomes the unit's own */
  #take(unit: number, error: ItemError | null, state: State, offset: number): boolean {
    const before = this.state(unit);
    if (!replaces(before, error)) return false;
    if (isFailure(before)) this.errors.remove(this.#errorGroup(unit));
    this.#set(unit, state, offset, error === null ? 0 : this.errors.add(error));
    return true;
  }

  /** The unit was run again and failed. */
  #keepResult(unit: number): void {
    this.#set(unit, STATE.done, this.offset(unit) ?? 0, 0);
  }

  #set(unit: number, state: State, offset: number, errorGroup: number): void {
    const [block, at] = [unit >>> BLOCK_BITS, unit & BLOCK_MASK];
    const states = (this.#states[block] ??= new Uint8Array(BLOCK_LENGTH));
    const offsets = (this.#offsets[block] ??= new Float64Array(BLOCK_LENGTH));
    const before = states[at] ?? STATE.fresh;
    if (before !== STATE.fresh) this.#by[before] = (this.#by[before] ?? 0) - 1;
    this.#by[state] = (this.#by[state] ?? 0) + 1;
    states[at] = state;
    offsets[at] = offset;
    if (errorGroup > 0) this.#groups[block] ??= new Uint16Array(BLOCK_LENGTH);
    const groups = this.#groups[block];
    if (groups !== undefined) groups[at] = errorGroup;
  }

  /** Meaningless unless the unit has failed. */
  #errorGroup(unit: number): number {
    return this.#groups[unit >>> BLOCK_BITS]?.[unit & BLOCK_MASK] ?? 0;
  }

  /** Occurrence of the unit's item among those of equal content, from 1. */
  occurrence(unit: number): number {
    const known = this.#occurrences?.[this.itemOf(unit)] ?? 0;
    return known === 0 ? 1 : known;
  }

  /** Notes that the item of a unit repeats the content of earlier ones. Called once an item. */
  setOccurrence(unit: number, occurrence: number): void {
    this.repeated++;
    const item = this.itemOf(unit);
    const capacity = this.#occurrences?.length ?? 0;
    if (item >= capacity) {
      const larger = new Uint32Array(Math.max(1024, Math.ceil((item + 1) * 1.5)));
      if (this.#occurrences !== null) larger.set(this.#occurrences);
      this.#occurrences = larger;
    }
    if (this.#occurrences !== null) this.#occurrences[item] = occurrence;
  }

  /** Units with a result, also one of content that has changed since. */
  get withResult(): number {
    return this.#by.reduce((sum, count) => sum + count, 0);
  }

  /** In units. @param retryFailed whether failed ones are to be tried again */
  counts(retryFailed: boolean): PlanCounts {
    const [, changed = 0, failed = 0, rejected = 0, done = 0, failedNow = 0, again = 0, againDone = 0] =
      this.#by;
    const rerun = again + againDone;
    const fresh = this.count - this.withResult;
    const retry = retryFailed ? failed : 0;
    return {
      total: this.count,
      done,
      failed: failed + rejected + failedNow,
      retry,
      fresh,
      changed,
      rerun,
      gone: this.gone,
      pending: fresh + changed + rerun + retry,
      ...(this.repeats > 1 ? { repeat: this.repeats } : null),
      ...(this.beyond > 0 ? { beyond: this.beyond } : null),
    };
  }
}
