// The contract of everything that results can be read from: a checkpoint, a backup, a folder of shards, an output file. Code that exports, joins or compares results
// uses this contract only. A source keeps no results in memory.
import type { JobFacts } from "./job.ts";
import type { ItemError, ParsedRecord } from "./record.ts";
import type { ItemIdentity, UnitIdentity } from "./record-key.ts";
import type { ShardNumber } from "./shard.ts";
import type { ErrorGroup, IdStyle, Status } from "./status.ts";

/** A result during a scan. Valid only during the call. Its methods parse the result when they are called. */
export type ResultEntry = {
  /** Position of the item in the whole input at the time of the result, from 0. */
  readonly index: number;
  /** Its number among all results of the source, from 1. */
  readonly seq: number;
  readonly failed: boolean;
  /** Where the result is in the source: for `resultAt`. */
  readonly place: number;
  /** Which of the answers wanted for the item, from 1. */
  repeat(): number;
  identity(): UnitIdentity;
  /** Why it failed; null for a success. */
  error(): ItemError | null;
  /** Remarks on an output that was kept all the same, such as `length`. */
  marks(): readonly string[];
  /** JSON text of the output, as it was received; null for a failure. */
  outputJson(): string | null;
  /** Whether it was imported from another tool. */
  isImported(): boolean;
};

export type EntryVisitor = (entry: ResultEntry) => void;

/** A result as it is read alone. The JSON text of its output or error is in `bytes` from `start` up to `end`. */
export type ReadResult = {
  readonly failed: boolean;
  /** Which of the answers wanted for the item it is, from 1. */
  readonly repeat: number;
  /** JSON text of the id; null when it has none. */
  readonly idJson: string | null;
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
};

/** What an output shows of a result. */
export type RecordedResult = ReadResult & {
  /** 32 hex digits. */
  readonly hash: string;
  /** All that is on record of it, parsed when it is called. */
  details(): ParsedRecord;
};

/** Reads single results in any order. It is fastest in about the order in which they were made. */
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

/** Counts of units as the source has them on record. `total`: units wanted. */
export type ResultCounts = {
  readonly total: number;
  readonly completed: number;
  readonly failed: number;
  /** All results, including those that were replaced. */
  readonly entries: number;
};

/** Reads single results; a format that is decoded in large pieces answers later. */
export type AnyReader = {
  /** As that of a ResultReader. */
  resultAt(place: number, index: number): ReadResult | Promise<ReadResult>;
  close(): void;
};

/** Results that can be visited and read: all that comparing needs. An output file has no more than this. */
export type ReadableResults = {
  /** The file that holds the results. */
  readonly resultsFile: string;
  /** Visits the valid result of each unit that the job wants: the newest one, except that a failure does not replace a success of the same content. */
  eachLatest(visit: EntryVisitor): Promise<void>;
  /** @throws CkptError `system.failed` if the results cannot be opened */
  openReader(ids: IdStyle): AnyReader;
};

export type ResultSource = Omit<ReadableResults, "openReader"> & {
  /** The job that made the results: fingerprint, input, processor and scope. */
  readonly job: JobFacts;
  /** The session that made them. */
  readonly nonce: string;
  /** The name of the source in messages: a path. */
  readonly name: string;
  readonly counts: ResultCounts;
  /** The path of the input if it was kept with the results. Otherwise `job.input` has its path. */
  readonly keptInput: string;
  /**
   * Visits all results. Those of one unit are visited in the order in which they were made.
   * @returns the number of committed results that could not be read
   */
  eachEntry(visit: EntryVisitor): number;
  /** Visits the same results, the newest first, until `visit` returns false. It reads no further than that. Of several logs, one after the other. */
  eachNewest(visit: (entry: ResultEntry) => boolean | void): void;
  /** Visits all results of one item, those of all its answers, the oldest first. The others are not read in detail. */
  eachOf(item: ItemIdentity, visit: EntryVisitor): void;
  /** Visits the results of all items that stood at a position of the input, from 0, the oldest first. The others are not read in detail. */
  eachAt(index: number, visit: EntryVisitor): void;
  openReader(ids: IdStyle): ResultReader;
};

/** Results that were kept with all that is known of their job: of a checkpoint or a backup, or of all shards in a folder. */
export type KeptResults = ResultSource & {
  readonly sessionId: string;
  /** How their input and their processor were named. */
  readonly recorded: Pick<Status, "input" | "words" | "cwd" | "fingerprint">;
  /** The failed items by reason, as of the last commit, the largest group first. */
  readonly errors: readonly ErrorGroup[];
  /** How many results are of items that are not chosen, or not in the input any more. */
  readonly gone: number;
  /** Each log alone: a checkpoint has one, a folder of shards one a shard. */
  readonly logs: readonly LogOf[];
  /** The same source, where `eachLatest` and `eachNewest` visit these results only. @param places of valid results, ascending */
  only(places: Float64Array): KeptResults;
  /** The logs that may have results of an item: all of them know the same job. */
  holding(item: Pick<ItemIdentity, "id" | "hash">): KeptResults;
};

/** A log of a source. `shard`: whose it is, in a folder of shards; null: there is but one. */
export type LogOf = { readonly shard: ShardNumber | null; readonly results: ResultSource };
