// An index of the results in one log, or in those of several shards: where each is, whether it is the valid one of its unit, and what filters and orders need of it.
// Some 20 bytes a result, in plain columns; texts are read from the log when they are shown. Results of one log are added in its order.
import type { TtftCounts } from "../../core/ttft.ts";
import type { ViewTimeline } from "../page-data.ts";
import { grown } from "./columns.ts";
import { FailureGroups, type FailureReason } from "./failure-groups.ts";
import { Timeline } from "./timeline.ts";
import {
  type Facts,
  FIRST,
  NOT_VALID,
  RowsByIdentity,
  RowsByPosition,
  type RowRule,
  type ValidRows,
} from "./valid-rows.ts";

const VALID = 1;
const FAILED = 2;
const ROWS_MIN = 1024;

export type IndexShape = {
  /** Answers wanted of each item. */
  readonly repeats: number;
  /** Units of the whole input, where positions of items are those on record; null: results are known by their identity. */
  readonly units: number | null;
  /** How many results are expected. */
  readonly expected: number;
  readonly logs: number;
};

export type RowOrder = "input" | "newest" | "slowest";

/** How many valid results have a reason of failure, or a remark. */
export type ReasonCount = FailureReason & { readonly count: number; readonly newestRow: number };
export type MarkCount = { readonly mark: string; readonly count: number };

export class ResultIndex implements RowRule {
  readonly #repeats: number;
  readonly #rows: ValidRows;
  #count = 0;
  #places: Float64Array;
  /** Milliseconds. */
  #durations: Uint32Array;
  /** Of a failure its reason, of a success its remarks. */
  #codes: Uint16Array;
  #flags: Uint8Array;
  /** Of several logs: in which one a result is, and when it was finished, in seconds since the epoch. */
  #logs: Uint16Array | null;
  #finished: Uint32Array | null;
  /** Of several logs: the rows of each, in its order. */
  readonly #rowsOfLog: readonly { rows: Uint32Array; count: number }[] | null;
  readonly #groups = new FailureGroups();
  readonly #marks = new MarkSets();
  readonly #timeline = new Timeline();
  #valid = 0;

  constructor({ repeats, units, expected, logs }: IndexShape) {
    const rows = Math.max(ROWS_MIN, expected);
    this.#repeats = repeats;
    this.#rows = units === null ? new RowsByIdentity(expected) : new RowsByPosition(units);
    this.#places = new Float64Array(rows);
    this.#durations = new Uint32Array(rows);
    this.#codes = new Uint16Array(rows);
    this.#flags = new Uint8Array(rows);
    this.#logs = logs === 1 ? null : new Uint16Array(rows);
    this.#finished = logs === 1 ? null : new Uint32Array(rows);
    this.#rowsOfLog =
      logs === 1 ? null : Array.from({ length: logs }, () => ({ rows: new Uint32Array(16), count: 0 }));
  }

  /** All results, those that were replaced included: rows are numbered from 0. */
  get count(): number {
    return this.#count;
  }

  get valid(): number {
    return this.#valid;
  }

  /** Over all results; null without any. */
  get timeline(): ViewTimeline | null {
    return this.#timeline.view;
  }

  get durations(): TtftCounts | null {
    return this.#timeline.durations;
  }

  get ttft(): TtftCounts | null {
    return this.#timeline.ttft;
  }

  /** Results of further answers than are wanted are left out. @param log its number, from 0 */
  add(log: number, facts: Facts, place: number): void {
    const repeat = facts.repeat;
    if (repeat > this.#repeats) return;
    const row = this.#append(log, facts, place);
    this.#timeline.add(facts.startedAtMs, !facts.failed, facts);
    const unit = facts.index * this.#repeats + repeat - 1;
    const before = this.#rows.settle(row, unit, facts, this);
    if (before === NOT_VALID) return;
    if (before === FIRST) this.#valid++;
    else this.#flags[before] = (this.#flags[before] ?? 0) & ~VALID;
    this.#flags[row] = (this.#flags[row] ?? 0) | VALID;
  }

  #append(log: number, facts: Facts, place: number): number {
    const row = this.#count;
    if (row === this.#places.length) this.#grow();
    this.#count++;
    this.#places[row] = place;
    this.#durations[row] = Math.min(facts.durationMs, 0xffffffff);
    this.#flags[row] = facts.failed ? FAILED : 0;
    this.#codes[row] = facts.failed
      ? this.#groups.codeOf(facts.error() ?? { kind: "", message: "" })
      : this.#marks.codeOf(facts.marks);
    if (this.#logs !== null) this.#logs[row] = log;
    const ofLog = this.#rowsOfLog?.[log];
    if (ofLog !== undefined) {
      if (ofLog.count === ofLog.rows.length) ofLog.rows = grown(ofLog.rows, ofLog.count + 1);
      ofLog.rows[ofLog.count++] = row;
    }
    const finishedMs = facts.startedAtMs + facts.durationMs;
    if (this.#finished !== null) this.#finished[row] = Math.max(0, finishedMs / 1000);
    return row;
  }

  #grow(): void {
    const rows = this.#count + 1;
    this.#places = grown(this.#places, rows);
    this.#durations = grown(this.#durations, rows);
    this.#codes = grown(this.#codes, rows);
    this.#flags = grown(this.#flags, rows);
    if (this.#logs !== null) this.#logs = grown(this.#logs, rows);
    if (this.#finished !== null) this.#finished = grown(this.#finished, rows);
  }

  /** A success stays where a failure follows, and where the other is of another shard. */
  keeps(before: number, row: number): boolean {
    if (this.isFailed(before)) return false;
    return this.isFailed(row) || this.logOf(before) !== this.logOf(row);
  }

  isFailed(row: number): boolean {
    return ((this.#flags[row] ?? 0) & FAILED) !== 0;
  }

  isValid(row: number): boolean {
    return ((this.#flags[row] ?? 0) & VALID) !== 0;
  }

  logOf(row: number): number {
    return this.#logs?.[row] ?? 0;
  }

  placeOf(row: number): number {
    return this.#places[row] ?? 0;
  }

  /** Null for a success. */
  reasonOf(row: number): FailureReason | null {
    return this.isFailed(row) ? this.#groups.reason(this.#codes[row] ?? 0) : null;
  }

  marksOf(row: number): readonly string[] {
    return this.isFailed(row) ? [] : this.#marks.of(this.#codes[row] ?? 0);
  }

  /** The row of a result; null where there is none. */
  rowAt(log: number, place: number): number | null {
    const ofLog = this.#rowsOfLog?.[log];
    let [low, high] = [0, ofLog?.count ?? this.#count];
    const rowOf = (at: number): number => (ofLog === undefined ? at : (ofLog.rows[at] ?? 0));
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.placeOf(rowOf(middle)) < place) low = middle + 1;
      else high = middle;
    }
    const row = rowOf(low);
    return row < this.#count && this.logOf(row) === log && this.placeOf(row) === place ? row : null;
  }

  /** The valid rows that are wanted, in order. */
  list(isWanted: (row: number) => boolean, order: RowOrder): Uint32Array {
    const target = new Uint32Array(this.#valid);
    const isListed = (row: number): boolean => this.isValid(row) && isWanted(row);
    if (order === "input") return target.subarray(0, this.#rows.inOrder(isListed, target));
    let count = 0;
    for (let row = this.#count - 1; row >= 0; row--) if (isListed(row)) target[count++] = row;
    const rows = target.subarray(0, count);
    if (order === "slowest") return sortedDown(rows, this.#durations, this.#count);
    return this.#finished === null ? rows : sortedDown(rows, this.#finished, this.#count);
  }

  /** The reasons of the valid failures. */
  reasons(): ReasonCount[] {
    const counts = new Float64Array(this.#groups.count);
    const newest = new Uint32Array(this.#groups.count);
    for (let row = 0; row < this.#count; row++) {
      if (this.#flags[row] !== (VALID | FAILED)) continue;
      const code = this.#codes[row] ?? 0;
      counts[code] = (counts[code] ?? 0) + 1;
      newest[code] = row;
    }
    return [...counts].flatMap((count, code) =>
      count === 0 ? [] : [{ ...this.#groups.reason(code), count, newestRow: newest[code] ?? 0 }],
    );
  }

  /** The remarks on valid outputs. */
  marks(): MarkCount[] {
    if (this.#marks.isEmpty) return [];
    const counts = new Map<string, number>();
    for (let row = 0; row < this.#count; row++) {
      if (this.#flags[row] !== VALID || this.#codes[row] === 0) continue;
      for (const mark of this.marksOf(row)) counts.set(mark, (counts.get(mark) ?? 0) + 1);
    }
    return [...counts].map(([mark, count]) => ({ mark, count }));
  }
}

/**
 * Rows by their values, the largest first, of equal ones the newest. Value and row are sorted as one number, which takes a tenth of the time of comparing rows; it has 53
 * bits, so that values are cut: with a million rows, at 2^33.
 */
function sortedDown(rows: Uint32Array, values: Uint32Array, count: number): Uint32Array {
  const rowBits = Math.ceil(Math.log2(count + 1));
  const factor = 2 ** rowBits;
  const max = 2 ** (53 - rowBits) - 1;
  const keys = new Float64Array(rows.length);
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at] ?? 0;
    keys[at] = Math.min(max, values[row] ?? 0) * factor + row;
  }
  keys.sort();
  for (let at = 0; at < rows.length; at++) rows[at] = (keys[rows.length - 1 - at] ?? 0) % factor;
  return rows;
}

/** Numbers for the remarks that an output has, two bytes each. */
class MarkSets {
  readonly #codes = new Map<string, number>();
  readonly #sets: (readonly string[])[] = [[]];

  codeOf(marks: readonly string[]): number {
    if (marks.length === 0) return 0;
    const key = marks.join("\n");
    const known = this.#codes.get(key);
    if (known !== undefined) return known;
    if (this.#sets.length > 0xffff) return 0;
    this.#sets.push(marks);
    this.#codes.set(key, this.#sets.length - 1);
    return this.#sets.length - 1;
  }

  of(code: number): readonly string[] {
    return this.#sets[code] ?? [];
  }

  get isEmpty(): boolean {
    return this.#codes.size === 0;
  }
}
