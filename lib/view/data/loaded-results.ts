// The results of one log, or of those of several shards, with their index: it grows while a run goes on, and rows are read from the logs when they are asked for.
import type { CheckpointResults, LogFollower, RecordReader } from "../../checkpoint/results.ts";
import { CkptError } from "../../core/errors.ts";
import { repeatsOf } from "../../core/job.ts";
import type { ParsedRecord } from "../../core/record.ts";
import { idStyle } from "../../core/status.ts";
import type { Filter, Row, Rows } from "../page-data.ts";
import { needsText } from "../row-filter.ts";
import { ResultIndex } from "./result-index.ts";
import { damagedRow, rowOfRecord } from "./row-of-record.ts";
import { TextMatches } from "./text-matches.ts";

/** Searches and lists of rows that are kept: some four bytes a result each. */
const KEPT_MAX = 3;

/** A result as it is on record. */
export type RecordAt = {
  readonly log: number;
  readonly place: number;
  readonly source: CheckpointResults;
  readonly details: ParsedRecord;
  readonly bodyJson: string;
  readonly line: string;
};

/** `record`: null where it is damaged. */
export type ReadRow = { readonly row: Row; readonly record: RecordAt | null };

type ListedRows = { readonly version: string; readonly rows: Uint32Array };

export class LoadedResults {
  #sources: readonly CheckpointResults[];
  readonly #repeats: number;
  readonly #index: ResultIndex;
  readonly #followers: readonly LogFollower[];
  readonly #matches = new Map<string, TextMatches>();
  readonly #lists = new Map<string, ListedRows>();

  /** @param sources one, or the shards of one job */
  constructor(sources: readonly CheckpointResults[]) {
    this.#sources = sources;
    this.#repeats = Math.max(1, ...sources.map(({ job }) => repeatsOf(job)));
    const isPositional = sources.every(({ job }) => job.input.changes === 0 && job.input.count > 0);
    const items = Math.max(0, ...sources.map(({ job }) => job.input.count));
    this.#index = new ResultIndex({
      repeats: this.#repeats,
      units: isPositional ? items * this.#repeats : null,
      expected: this.expected,
      logs: sources.length,
    });
    this.#followers = sources.map((source) => source.follow());
  }

  /** What must be the same, so that an index can be kept. */
  static keyOf(sources: readonly CheckpointResults[]): string {
    return sources
      .map(({ nonce, job }) => [nonce, repeatsOf(job), job.input.changes > 0, job.input.count].join(" "))
      .join("\n");
  }

  get index(): ResultIndex {
    return this.#index;
  }

  get repeats(): number {
    return this.#repeats;
  }

  get sources(): readonly CheckpointResults[] {
    return this.#sources;
  }

  /** How many results are expected. */
  get expected(): number {
    return this.#sources.reduce((sum, { counts }) => sum + counts.entries, 0);
  }

  /** How much of what is committed has been read, from 0 to 1. */
  get readShare(): number {
    const all = this.#sources.reduce((sum, { bytes }) => sum + bytes, 0);
    const read = this.#followers.reduce((sum, { bytes }) => sum + bytes, 0);
    return all === 0 ? 1 : Math.min(1, read / all);
  }

  /** Lines of the logs that are no records, or are damaged. */
  get unreadable(): number {
    return this.#followers.reduce((sum, { unreadable }) => sum + unreadable, 0);
  }

  /** Takes in what was added to the logs. @param sources the same, as they are now @returns false where a log is another one: then load all anew */
  async catchUp(sources: readonly CheckpointResults[]): Promise<boolean> {
    this.#sources = sources;
    for (const [log, follower] of this.#followers.entries()) {
      const file = sources[log]?.resultsFile ?? "";
      const followed = await follower.catchUp(file, (facts, place) => this.#index.add(log, facts, place));
      if (followed === "replaced") return false;
    }
    return true;
  }

  /**
   * @param mayContinue whether a search may go on
   * @throws usage.badValue, usage.badPattern for a condition that is none
   */
  async rows(filter: Filter, from: number, count: number, mayContinue: () => boolean): Promise<Rows> {
    const { valid } = this.#index;
    const { rows, share } = await this.#matching(filter, mayContinue);
    const searched = share === 1 ? valid : Math.min(valid - 1, Math.floor(valid * share));
    const shown = this.read(rows.subarray(from, from + count)).map(({ row }) => row);
    return { total: valid, matching: rows.length, searched, from, rows: shown };
  }

  /** Of all that match, however long a search takes. Parameters and errors as of rows(). */
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
    await matches?.advance(this.#sources, bytes, this.#index, mayContinue);
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
    const isWanted = codeFilter(index, filter);
    const rows = index.list(
      matches === null ? isWanted : (row) => matches.has(row) && isWanted(row),
      filter.sort ?? "input",
    );
    keep(this.#lists, key, { version, rows });
    return rows;
  }

  /** The row of a `ref`; null where there is none, or it is no ref. */
  rowOf(ref: string): number | null {
    const [, log, place] = /^(\d{1,5})\.(\d{1,15})$/.exec(ref) ?? [];
    return log === undefined ? null : this.#index.rowAt(Number(log), Number(place));
  }

  /** Results as they are on record, each with its row. */
  read(rows: Iterable<number>): ReadRow[] {
    const readers = new Map<number, RecordReader>();
    try {
      return [...rows].flatMap((row) => {
        const log = this.#index.logOf(row);
        const source = this.#sources[log];
        if (source === undefined) return [];
        const reader = readers.get(log) ?? source.openReader(idStyle(source.job.input));
        readers.set(log, reader);
        return [this.#readRow(row, source, reader)];
      });
    } finally {
      for (const reader of readers.values()) reader.close();
    }
  }

  #readRow(row: number, source: CheckpointResults, reader: RecordReader): ReadRow {
    const index = this.#index;
    const [log, place] = [index.logOf(row), index.placeOf(row)];
    const ref = `${log}.${place}`;
    try {
      const line = reader.lineAt(place, 0).toString("utf8");
      const result = reader.resultAt(place, 0);
      const details = result.details();
      const bodyJson = result.bytes.toString("utf8", result.start, result.end);
      const record = { log, place, source, details, bodyJson, line };
      return { row: rowOfRecord(ref, record, this.#repeats), record };
    } catch (error) {
      if (!(error instanceof CkptError)) throw error;
      const status = index.isFailed(row) ? "failed" : "ok";
      return { row: damagedRow(ref, status, index.reasonOf(row)?.kind ?? null), record: null };
    }
  }
}

/** Which rows the columns of an index let through. */
function codeFilter(index: ResultIndex, { status, kind, mark, group }: Filter): (row: number) => boolean {
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

/** Keeps a value as the newest one of a few. */
function keep<T>(values: Map<string, T>, key: string, value: T): void {
  values.delete(key);
  values.set(key, value);
  const [oldest] = values.keys();
  if (values.size > KEPT_MAX && oldest !== undefined) values.delete(oldest);
}
