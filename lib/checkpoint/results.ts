// A checkpoint, or a backup in its folder, as a source of results (core/result-source.ts). Other rooms read results through this file only: they know neither the log
// nor the format of a record.
import { type JobFacts, jobOf, repeatsOf } from "../core/job.ts";
import type {
  EntryVisitor,
  KeptResults,
  LogOf,
  ResultCounts,
  ResultEntry,
  ResultReader,
} from "../core/result-source.ts";
import { type HashWords, type ItemIdentity, unitKey } from "../core/record-key.ts";
import { LatestRecords } from "../core/latest-records.ts";
import { type RecordEntry, RecordTable } from "../core/record-table.ts";
import type { IdStyle, Status } from "../core/status.ts";
import { type Checkpoint, noCheckpoint, openCheckpoint } from "./checkpoint.ts";
import { entryVisitor, untilVisitor } from "./log/log-entry.ts";
import { LogFollower } from "./log/log-follower.ts";
import { scanLog } from "./log/log-reader.ts";
import { LogResults } from "./log/log-results.ts";
import { type SliceText, type SliceVisitor, visitSlice } from "./log/log-slice.ts";
import { searchBackwards, type SearchedLog, searchText } from "./log/log-search.ts";
import { sampleLog } from "./log/log-sample.ts";
import { logStart } from "./log/log-start.ts";

/**
 * The results of a checkpoint, or of a backup that was opened as one. Memory does not grow with the number of results, except in `eachLatest` where results have been replaced: 40 bytes per unit.
 * @param status as it was read. Results that a run has saved since may be visited, too
 */
export function resultsOf(checkpoint: Checkpoint, status: Status): CheckpointResults {
  return new CheckpointResults(checkpoint, status);
}

/** The results of the checkpoint; if there is none, those of the last completed session, from its backup. @throws checkpoint.none, checkpoint.damaged */
export function latestResults(checkpoint: Checkpoint): CheckpointResults {
  const present = checkpoint.settled();
  if (present.exists()) return resultsOf(present, present.status());
  const receipt = present.receipt();
  const kept = receipt === null || receipt.cleared === true ? null : present.receiptBackup(receipt);
  if (kept === null) throw noCheckpoint(checkpoint.fs, checkpoint.paths.dir);
  const backup = openCheckpoint(checkpoint.fs, kept.folder);
  return resultsOf(backup, backup.status());
}

/** Visits a sample of the results, spread over the log. The cost does not depend on its size. Only the checksum of each record is verified; some may be visited twice. */
export function sampleResults({ fs, paths }: Checkpoint, visit: EntryVisitor): void {
  sampleLog(fs, paths.log, entryVisitor(visit));
}

export type { FactsVisitor, LogFollower } from "./log/log-follower.ts";

/** Reads records themselves, too, which only this folder can make sense of: to copy them. */
export type RecordReader = ResultReader & {
  /** A whole record. Valid until the next call; parameters and errors as of `resultAt`. */
  lineAt(place: number, index: number): Buffer;
};

export class CheckpointResults implements KeptResults {
  readonly status: Status;
  readonly job: JobFacts;
  readonly nonce: string;
  readonly name: string;
  readonly resultsFile: string;
  readonly counts: ResultCounts;
  readonly keptInput: string;
  readonly #checkpoint: Checkpoint;
  readonly #places: Float64Array | null;

  /** @param places of the only results that count, ascending; null: all count */
  constructor(checkpoint: Checkpoint, status: Status, places: Float64Array | null = null) {
    const { total, completed, failed, log } = status;
    this.#checkpoint = checkpoint;
    this.#places = places;
    this.status = status;
    this.job = jobOf(status);
    this.nonce = status.session.nonce;
    this.name = checkpoint.paths.status;
    this.resultsFile = checkpoint.paths.log;
    this.counts = { total, completed, failed, entries: log.records };
    this.keptInput = checkpoint.paths.keptInput;
  }

  /** Committed bytes of the log: a place of a committed result is below. */
  get bytes(): number {
    return this.status.log.bytes;
  }

  get sessionId(): string {
    return this.status.session.id;
  }

  get recorded(): KeptResults["recorded"] {
    return this.status;
  }

  get errors(): KeptResults["errors"] {
    return this.status.errors;
  }

  get gone(): number {
    return this.status.gone;
  }

  get logs(): readonly LogOf[] {
    return [{ shard: null, results: this }];
  }

  holding(): CheckpointResults {
    return this;
  }

  only(places: Float64Array): CheckpointResults {
    return new CheckpointResults(this.#checkpoint, this.status, places);
  }

  eachEntry(visit: EntryVisitor): number {
    const { fs, paths } = this.#checkpoint;
    const { valid } = scanLog(fs, paths.log, logStart(this.status), entryVisitor(visit));
    return Math.max(0, this.status.log.records - valid.records);
  }

  async eachLatest(visit: EntryVisitor): Promise<void> {
    const isValid = this.#isValid();
    this.eachEntry((entry) => {
      if (this.#isWanted(entry) && isValid(entry)) visit(entry);
    });
  }

  eachNewest(visit: (entry: ResultEntry) => boolean | void): void {
    const isValid = this.#newestFirst();
    const { fs } = this.#checkpoint;
    searchBackwards(
      fs,
      this.#searched,
      untilVisitor((entry) => !this.#isWanted(entry) || !isValid(entry) || visit(entry)),
    );
  }

  eachOf(item: ItemIdentity, visit: EntryVisitor): void {
    const wanted = Uint32Array.from(unitKey({ ...item, repeat: 1 }));
    const text = item.id === null ? hashText(item.hash) : JSON.stringify(item.id);
    this.#search(text, (entry) => {
      const key = unitKey({ ...entry.identity(), repeat: 1 });
      if (key.every((word, at) => word === wanted[at])) visit(entry);
    });
  }

  eachAt(index: number, visit: EntryVisitor): void {
    this.#search(`"index":${index},`, (entry) => {
      if (entry.index === index) visit(entry);
    });
  }

  #search(text: string, visit: EntryVisitor): void {
    searchText(this.#checkpoint.fs, this.#searched, text, entryVisitor(visit));
  }

  get #searched(): SearchedLog {
    return { file: this.resultsFile, committedBytes: this.status.log.bytes };
  }

  /** Whether the job wants so many answers of an item. */
  #isWanted(entry: ResultEntry): boolean {
    return this.status.v === 1 || entry.repeat() <= repeatsOf(this.job);
  }

  /** Where the valid result of each unit stands. */
  #latest(): LatestRecords {
    const latest = new LatestRecords(this.counts.entries);
    this.eachEntry((entry) => {
      const identity = entry.identity();
      const content = [identity.hash[0] ?? 0, identity.hash[1] ?? 0] as const;
      latest.add(unitKey(identity), content, entry.place, entry.error());
    });
    return latest;
  }

  /** Whether a result is valid, in any order. */
  #isValid(): (entry: ResultEntry) => boolean {
    const places = this.#places;
    if (places !== null) return ({ place }) => hasNumber(places, place);
    if (this.#nothingReplaced()) return () => true;
    const latest = this.#latest();
    return (entry) => latest.offsetOf(unitKey(entry.identity())) === entry.place;
  }

  /**
   * Whether the next result is valid, if they come the newest first. Where no result has been replaced all of them are, which takes no memory; otherwise a result
   * is not valid if its unit has been seen before. A failure of a rerun may leave an earlier success valid: then all results are read beforehand.
   */
  #newestFirst(): (entry: ResultEntry) => boolean {
    if (this.#places !== null || this.job.rerun !== undefined || this.#nothingReplaced())
      return this.#isValid();
    const seen = new RecordTable();
    return (entry) => {
      const key = unitKey(entry.identity());
      if (seen.has(key)) return false;
      seen.set(key, SEEN);
      return true;
    };
  }

  /** Whether every result in the log is the only one of its unit. */
  #nothingReplaced(): boolean {
    const { log, results_saved: saved, gone } = this.status;
    if (this.job.rerun !== undefined) return false;
    return this.#checkpoint.logBytes() === log.bytes && log.records === saved + gone;
  }

  /** Reads facts of all records of a log, and later of those that were added. */
  follow(): LogFollower {
    return new LogFollower(this.#checkpoint.fs);
  }

  /** Visits the results in the next piece of the log that may hold a text (log/log-slice.ts). @returns where the next piece begins: `from` at the end */
  visitSlice(from: number, text: SliceText, visit: SliceVisitor): number {
    return visitSlice(this.#checkpoint.fs, this.resultsFile, from, text, visit);
  }

  /** @param windows of the log to keep in memory: fewer where many logs are read at once */
  openReader(ids: IdStyle, windows?: number): RecordReader {
    return new LogResults(this.#checkpoint.fs, this.#checkpoint.paths.log, ids, windows);
  }
}

const SEEN: RecordEntry = { offset: 0, failed: false, rejected: false, errorGroup: 0, content: [0, 0] };

/** @param ascending sorted numbers */
function hasNumber(ascending: Float64Array, number: number): boolean {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] ?? 0) < number) low = middle + 1;
    else high = middle;
  }
  return ascending[low] === number;
}

/** 32 hex digits. */
function hashText(words: HashWords): string {
  return [...words].map((word) => word.toString(16).padStart(8, "0")).join("");
}
