// What results of a job are read from, wherever they are: the checkpoint of a folder, a backup, and whatever else keeps them. Who exports, joins or compares results
// knows only this. Nothing here grows with the number of results but what a caller keeps of them.
import type { JobFacts } from "./job.ts";
import type { ItemError } from "./record.ts";
import type { UnitIdentity } from "./record-key.ts";
import type { IdStyle } from "./status.ts";

/** A result as a source comes to it, valid during the call: what it costs to take a result apart is paid for what is asked. */
export type ResultEntry = {
  /** Position of its item in the whole input when it was made, from 0. */
  readonly index: number;
  readonly failed: boolean;
  /** Where the source finds it again. */
  readonly place: number;
  /** Which of the answers wanted for the item, from 1. */
  repeat(): number;
  identity(): UnitIdentity;
  /** Why it failed; null for a success. */
  error(): ItemError | null;
};

export type EntryVisitor = (entry: ResultEntry) => void;

/** What of a result goes into an output. The JSON text of its output or error stands in `bytes` from `start` up to `end`. */
export type RecordedResult = {
  readonly failed: boolean;
  /** Which of the answers wanted for the item it is, from 1. */
  readonly repeat: number;
  /** JSON text of the id; null when it has none. */
  readonly idJson: string | null;
  /** 32 hex digits. */
  readonly hash: string;
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
};

/** Reads single results, in any order; quickest in about the order in which they were made. */
export type ResultReader = {
  /**
   * Valid until the next call.
   * @param place as an entry had it
   * @param index of the item in the present input, for messages
   * @throws CkptError `checkpoint.damaged`, `system.failed`
   */
  resultAt(place: number, index: number): RecordedResult;
  close(): void;
};

/** How many units have which result, as far as the source has been told; `total` of those that are wanted. */
export type ResultCounts = {
  readonly total: number;
  readonly completed: number;
  readonly failed: number;
  /** All results, those included that were replaced since. */
  readonly entries: number;
};

export type ResultSource = {
  /** What the results are of: fingerprint, input, processor, and what of the input is wanted. */
  readonly job: JobFacts;
  /** The session that made them. */
  readonly nonce: string;
  /** What the source is called in messages: a path. */
  readonly name: string;
  /** The file that holds the results. */
  readonly resultsFile: string;
  readonly counts: ResultCounts;
  /** Where the job's input is, if it was kept with the results; else `job.input` says where it lies. */
  readonly keptInput: string;
  /**
   * Visits all results, each unit's in the order in which they were made.
   * @returns how many of those that were reported as saved cannot be read any more
   */
  eachEntry(visit: EntryVisitor): number;
  /** Visits the result that counts of each unit: the newest one, but that a failure does not take the place of a success of the same content. */
  eachLatest(visit: EntryVisitor): void;
  /** Visits all results of one unit, the oldest first. */
  eachOf(unit: UnitIdentity, visit: EntryVisitor): void;
  /** @throws CkptError `system.failed` when the results cannot be opened */
  openReader(ids: IdStyle): ResultReader;
};
