// An index of the results in one log, or in the logs of several shards: where each result is, whether it is the valid one of its unit, and what filters and sorting need.
// It takes some 20 bytes a result, in plain columns; texts are read from the log when they are shown. The results of a log are added in the order of the log.
import type { TimeCounts } from "../../core/time-tally.ts";
import type { Uncounted, ViewTimeline } from "../page-contract.ts";
import { grown } from "./columns.ts";
import { FailureGroups, type FailureReason } from "./failure-groups.ts";
import { Timeline } from "./timeline.ts";
import {
  FIRST,
  NOT_VALID,
  type RecordFacts,
  RowsByIdentity,
  RowsByPosition,
  type RowRule,
  type ValidRows,
} from "./valid-rows.ts";

/** Bits of a row's flags. */
const VALID = 1;
const FAILED = 2;
/** Why a result does not count for the job as it is now. Such a result is neither among its failures nor among its marks. */
const UNCOUNTED: Readonly<Record<Uncounted, number>> = { gone: 4, changed: 8, unselected: 16 };
const UNCOUNTED_BITS = Object.entries(UNCOUNTED) as [Uncounted, number][];
const ROWS_MIN = 1024;

export type IndexShape = {
  /** Answers wanted of each item. */
  readonly repeats: number;
  /** How many units the input has; null when it has changed, so that units are known by their identity. */
  readonly units: number | null;
  /** About how many results there will be. */
  readonly expected: number;
  /** How many logs. */
  readonly logs: number;
};

export type RowOrder = "input" | "newest" | "slowest";

/** How many valid results failed for a reason, or have a mark. */
export type ReasonCount = FailureReason & { readonly count: number; readonly newestRow: number };
export type MarkCount = { readonly mark: string; readonly count: number };

export class ResultIndex implements RowRule {
  readonly #repeats: number;
  readonly #rows: ValidRows;
  #count = 0;
  #places: Float64Array;
  #durationsMs: Uint32Array;
  /** The code of the reason (of a failure), or of the set of marks (of a success). */
  #codes: Uint16Array;
  #flags: Uint8Array;
  /** With several logs: the number of a result's log. */
  #logs: Uint16Array | null;
  /** With several logs: when a result was finished, in seconds since the epoch. */
  #finished: Uint32Array | null;
  /** With several logs: the rows of each, in the order of the log. */
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
    this.#durationsMs = new Uint32Array(rows);
    this.#codes = new Uint16Array(rows);
    this.#flags = new Uint8Array(rows);
    this.#logs = logs === 1 ? null : new Uint16Array(rows);
    this.#finished = logs === 1 ? null : new Uint32Array(rows);
    this.#rowsOfLog =
      logs === 1 ? null : Array.from({ length: logs }, () => ({ rows: new Uint32Array(16), count: 0 }));
  }

  /** All results, including those that were replaced. Rows are numbered from 0. */
  get count(): number {
    return this.#count;
  }

  /** How many results are valid. */
  get valid(): number {
    return this.#valid;
  }

  /** Over all results; null without any. */
  get timeline(): ViewTimeline | null {
    return this.#timeline.view;
  }

  get durations(): TimeCounts | null {
    return this.#timeline.durations;
  }

  get ttft(): TimeCounts | null {
    return this.#timeline.ttft;
  }

  /** Adds a result, unless it is an answer beyond the number that is wanted. @param log number of its log, from 0 @param place where it begins in the log */
  add(log: number, facts: RecordFacts, place: number): void {
    const repeat = facts.repeat;
    if (repeat > this.#repeats) return;
    const row = this.#append(log, facts, place);
    this.#timeline.add(facts.startedAtMs, !facts.failed, facts);
    const unit = facts.index * this.#repeats + repeat - 1;
    const replaced = this.#rows.add(row, unit, facts, this);
    if (replaced === NOT_VALID) return;
    if (replaced === FIRST) this.#valid++;
    else this.#flags[replaced] = (this.#flags[replaced] ?? 0) & ~VALID;
    this.#flags[row] = (this.#flags[row] ?? 0) | VALID;
  }

  #append(log: number, facts: RecordFacts, place: number): number {
    const row = this.#count;
    if (row === this.#places.length) this.#grow();
    this.#count++;
    this.#places[row] = place;
    this.#durationsMs[row] = Math.min(facts.durationMs, 0xffffffff);
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
    this.#durationsMs = grown(this.#durationsMs, rows);
    this.#codes = grown(this.#codes, rows);
    this.#flags = grown(this.#flags, rows);
    if (this.#logs !== null) this.#logs = grown(this.#logs, rows);
    if (this.#finished !== null) this.#finished = grown(this.#finished, rows);
  }

  /** A success stays valid when a failure follows, and when the later result is of another shard. */
  keeps(earlier: number, later: number): boolean {
    if (this.isFailed(earlier)) return false;
    return this.isFailed(later) || this.logOf(earlier) !== this.logOf(later);
  }

  isFailed(row: number): boolean {
    return ((this.#flags[row] ?? 0) & FAILED) !== 0;
  }

  isValid(row: number): boolean {
    return ((this.#flags[row] ?? 0) & VALID) !== 0;
  }

  /** Why a result does not count; null: it does, or that is not known. */
  uncountedOf(row: number): Uncounted | null {
    const flags = this.#flags[row] ?? 0;
    return UNCOUNTED_BITS.find(([, bit]) => (flags & bit) !== 0)?.[0] ?? null;
  }

  setUncounted(row: number, uncounted: Uncounted): void {
    this.#flags[row] = ((this.#flags[row] ?? 0) & (VALID | FAILED)) | UNCOUNTED[uncounted];
  }

  /** All results of a log count, until some are marked anew. */
  clearUncounted(log: number): void {
    for (let row = 0; row < this.#count; row++)
      if (this.logOf(row) === log) this.#flags[row] = (this.#flags[row] ?? 0) & (VALID | FAILED);
  }

  /** The valid rows of a log. */
  validRows(log: number): Uint32Array {
    const rows = new Uint32Array(this.#valid);
    let count = 0;
    for (let row = 0; row < this.#count; row++)
      if (this.isValid(row) && this.logOf(row) === log) rows[count++] = row;
    return rows.subarray(0, count);
  }

  logOf(row: number): number {
    return this.#logs?.[row] ?? 0;
  }

  placeOf(row: number): number {
    return this.#places[row] ?? 0;
  }

  /** Why a result failed; null for a success. */
  reasonOf(row: number): FailureReason | null {
    return this.isFailed(row) ? this.#groups.reason(this.#codes[row] ?? 0) : null;
  }

  /** The marks of an output; a failure has none. */
  marksOf(row: number): readonly string[] {
    return this.isFailed(row) ? [] : this.#marks.of(this.#codes[row] ?? 0);
  }

  /** The row of the result at a place of a log; null when there is none. */
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
    if (order === "slowest") return sortedDown(rows, this.#durationsMs, this.#count);
    return this.#finished === null ? rows : sortedDown(rows, this.#finished, this.#count);
  }

  /** Why valid results failed, in no order. */
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

  /** The marks of valid outputs. */
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
 * Sorts rows by their values, the largest first; of equal values the newest row comes first. Value and row are sorted as one number, which takes a tenth of the time of
 * comparing rows. A number has 53 bits, so values are capped: with a million rows, at 2^33.
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

/** Gives each set of marks a code of two bytes; code 0 is the empty set. */
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
