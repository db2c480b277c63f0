// The results in one log, or in the logs of several shards, with an index of them. The index grows while a run goes on; a row is read from its log when it is asked for.
import type { CheckpointResults, LogFollower, RecordReader } from "../../checkpoint/results.ts";
import { CkptError } from "../../core/errors.ts";
import { repeatsOf } from "../../core/job.ts";
import type { ParsedRecord } from "../../core/record.ts";
import { idStyle } from "../../core/status.ts";
import type { Filter, Row, Rows } from "../page-contract.ts";
import { needsText } from "../row-filter.ts";
import { ResultIndex } from "./result-index.ts";
import { damagedRow, rowOfRecord } from "./row-of-record.ts";
import { TextMatches } from "./text-matches.ts";

/** How many searches and lists of rows are kept. A list takes four bytes a result, a search one bit. */
const KEPT_MAX = 3;

/** A record, and where it stands. */
export type RecordAt = {
  /** Number of its log, from 0. */
  readonly log: number;
  /** Where it begins in the log, in bytes. */
  readonly place: number;
  readonly details: ParsedRecord;
  /** JSON text of the output or error. */
  readonly bodyJson: string;
  readonly line: string;
};

/** `record`: null when it is damaged. */
export type ReadRow = { readonly row: Row; readonly record: RecordAt | null };

type ListedRows = { readonly version: string; readonly rows: Uint32Array };

export class IndexedResults {
  /** The results of each log, as of the last look. */
  #logs: readonly CheckpointResults[];
  readonly #repeats: number;
  readonly #index: ResultIndex;
  readonly #followers: readonly LogFollower[];
  readonly #matches = new Map<string, TextMatches>();
  readonly #lists = new Map<string, ListedRows>();

  /** @param logs one, or those of the shards of one job */
  constructor(logs: readonly CheckpointResults[]) {
    this.#logs = logs;
    this.#repeats = Math.max(1, ...logs.map(({ job }) => repeatsOf(job)));
    const isPositional = logs.every(({ job }) => job.input.changes === 0 && job.input.count > 0);
    const items = Math.max(0, ...logs.map(({ job }) => job.input.count));
    this.#index = new ResultIndex({
      repeats: this.#repeats,
      units: isPositional ? items * this.#repeats : null,
      expected: this.expected,
      logs: logs.length,
    });
    this.#followers = logs.map((results) => results.follow());
  }

  /** An index is of use as long as this stays the same. */
  static keyOf(logs: readonly CheckpointResults[]): string {
    return logs
      .map(({ nonce, job }) => [nonce, repeatsOf(job), job.input.changes > 0, job.input.count].join(" "))
      .join("\n");
  }

  get index(): ResultIndex {
    return this.#index;
  }

  /** Answers wanted of each item. */
  get repeats(): number {
    return this.#repeats;
  }

  get logs(): readonly CheckpointResults[] {
    return this.#logs;
  }

  /** How many results there are, as far as they are committed. */
  get expected(): number {
    return this.#logs.reduce((sum, { counts }) => sum + counts.entries, 0);
  }

  /** How much of what is committed has been read, from 0 to 1. */
  get readShare(): number {
    const all = this.#logs.reduce((sum, { bytes }) => sum + bytes, 0);
    const read = this.#followers.reduce((sum, { bytes }) => sum + bytes, 0);
    return all === 0 ? 1 : Math.min(1, read / all);
  }

  /** How many lines of the logs are no records, or are damaged. */
  get unreadable(): number {
    return this.#followers.reduce((sum, { unreadable }) => sum + unreadable, 0);
  }

  /**
   * Indexes what was added to the logs.
   * @param logs the same ones, as they are now
   * @returns false when a log has been replaced by another one: then a new index is needed
   */
  async catchUp(logs: readonly CheckpointResults[]): Promise<boolean> {
    this.#logs = logs;
    for (const [log, follower] of this.#followers.entries()) {
      const file = logs[log]?.resultsFile ?? "";
      const followed = await follower.catchUp(file, (facts, place) => this.#index.add(log, facts, place));
      if (followed === "replaced") return false;
    }
    return true;
  }

  /**
   * `count` rows, from number `from` on, of those that match.
   * @param mayContinue asked again and again; when it says no, a search stops, and the next call continues it
   * @throws usage.badValue, usage.badPattern when the condition is invalid
   */
  async rows(filter: Filter, from: number, count: number, mayContinue: () => boolean): Promise<Rows> {
    const { valid } = this.#index;
    const { rows, share } = await this.#matching(filter, mayContinue);
    const searched = share === 1 ? valid : Math.min(valid - 1, Math.floor(valid * share));
    const shown = this.read(rows.subarray(from, from + count)).map(({ row }) => row);
    return { total: valid, matching: rows.length, searched, from, rows: shown };
  }

  /** As rows(), with the records, and however long a search takes. */
  async readMatching(filter: Filter, from: number, count: number): Promise<ReadRow[]> {
    const { rows } = await this.#matching(filter, () => true);
    return this.read(rows.subarray(from, from + count));
  }

  async #matching(
    filter: Filter,
    mayContinue: () => boolean,
  ): Promise<{ readonly rows: Uint32Array; readonly share: number }> {
    const bytes = this.#followers.map((follower) => follower.bytes);
    const matches = needsText(filter) ? this.#matchesOf(filter) : null;
    await matches?.advance(this.#logs, bytes, this.#index, mayContinue);
    const share = matches?.share(bytes) ?? 1;
    return { rows: this.#list(filter, matches, String(share)), share };
  }

  #matchesOf({ search = "", where = "" }: Filter): TextMatches {
    const key = JSON.stringify([search, where]);
    const known = this.#matches.get(key) ?? new TextMatches({ search, where });
    keep(this.#matches, key, known);
    return known;
  }

  #list(filter: Filter, matches: TextMatches | null, share: string): Uint32Array {
    const index = this.#index;
    const key = JSON.stringify(filter, Object.keys(filter).toSorted());
    const version = `${index.count} ${share}`;
    const known = this.#lists.get(key);
    if (known?.version === version) return known.rows;
    const isWanted = columnFilter(index, filter);
    const rows = index.list(
      matches === null ? isWanted : (row) => matches.has(row) && isWanted(row),
      filter.sort ?? "input",
    );
    keep(this.#lists, key, { version, rows });
    return rows;
  }

  /** The row of a `ref`; null when there is none, or the text is no ref. */
  rowOf(ref: string): number | null {
    const [, log, place] = /^(\d{1,5})\.(\d{1,15})$/.exec(ref) ?? [];
    return log === undefined ? null : this.#index.rowAt(Number(log), Number(place));
  }

  /** Reads rows from their logs. */
  read(rows: Iterable<number>): ReadRow[] {
    const readers = new Map<number, RecordReader>();
    try {
      return [...rows].flatMap((row) => {
        const log = this.#index.logOf(row);
        const results = this.#logs[log];
        if (results === undefined) return [];
        const reader = readers.get(log) ?? results.openReader(idStyle(results.job.input));
        readers.set(log, reader);
        return [this.#readRow(row, reader)];
      });
    } finally {
      for (const reader of readers.values()) reader.close();
    }
  }

  #readRow(row: number, reader: RecordReader): ReadRow {
    const index = this.#index;
    const [log, place] = [index.logOf(row), index.placeOf(row)];
    const ref = `${log}.${place}`;
    try {
      const line = reader.lineAt(place, 0).toString("utf8");
      const result = reader.resultAt(place, 0);
      const details = result.details();
      const bodyJson = result.bytes.toString("utf8", result.start, result.end);
      const record = { log, place, details, bodyJson, line };
      const found = rowOfRecord(ref, record, this.#repeats);
      const uncounted = index.uncountedOf(row);
      return { row: uncounted === null ? found : { ...found, uncounted }, record };
    } catch (error) {
      if (!(error instanceof CkptError)) throw error;
      const status = index.isFailed(row) ? "failed" : "ok";
      return { row: damagedRow(ref, status, index.reasonOf(row)?.kind ?? null), record: null };
    }
  }
}

/** The conditions of a filter that the columns of the index can answer: the same rule as rowFilter(), without reading a record. */
function columnFilter(index: ResultIndex, { status, kind, mark, group }: Filter): (row: number) => boolean {
  return (row) => {
    const isFailed = index.isFailed(row);
    if (status !== undefined && isFailed !== (status === "failed")) return false;
    if (mark !== undefined && (isFailed || !index.marksOf(row).includes(mark))) return false;
    if (kind === undefined && group === undefined) return true;
    const reason = index.reasonOf(row);
    if (reason === null) return false;
    return (kind === undefined || reason.kind === kind) && (group === undefined || reason.group === group);
  };
}

/** Makes a value the newest one of a few that are kept. */
function keep<T>(values: Map<string, T>, key: string, value: T): void {
  values.delete(key);
  values.set(key, value);
  const [oldest] = values.keys();
  if (values.size > KEPT_MAX && oldest !== undefined) values.delete(oldest);
}
