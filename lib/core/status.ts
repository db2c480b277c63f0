// The content of the status file: it states what the result log must hold, and its size is bounded. Grammar: docs/format.md.
import type { Fingerprint } from "./fingerprint.ts";
import type { FormatVersion } from "./format-version.ts";

export type SessionIdentity = { readonly id: string; readonly nonce: string; readonly started_at: string };

export type InputFacts = {
  readonly path: string;
  readonly format: string;
  readonly compression: string;
  readonly encoding: string;
  readonly id_field: string | null;
  readonly kept: boolean;
  readonly size: number;
  readonly mtime: string | null;
  readonly sha256: string;
  readonly count: number;
  readonly repeated: number;
  readonly changes: number;
  /** Of a table, when its delimiter is not the default: a comma (csv) or a tab (tsv). */
  readonly delimiter?: string;
  /** Of several files: the words that name them, absolute, and how many files they are. Left out when they take too much room. */
  readonly words?: readonly string[];
  readonly files?: number;
  /** Of json: where the array of items stands. */
  readonly json_path?: string;
  /** What in the file holds the items: a table, a sheet; or the query whose rows they are. */
  readonly within?: string;
  readonly query?: string;
  /** The names of the items' files, or their lines, are part of their hashes, because the processor is given them (`{_file}`, `{_line}`). */
  readonly file_hashed?: true;
  readonly line_hashed?: true;
  /** The hash of an item includes its number, because the processor receives it (`{#}`). */
  readonly index_hashed?: true;
  /** All records of the session have `id_json` if the id is not a string: the session was started by an executable that writes it. */
  readonly id_json?: true;
};

/** How ids appear in an output: not at all; always as text; or with their JSON type in the item. */
export type IdStyle = "none" | "text" | "json";

/** One style for all results of a session, so that equal ids never appear with two types. */
export function idStyle({ id_field: field, id_json: json }: InputFacts): IdStyle {
  if (field === null) return "none";
  return json === true ? "json" : "text";
}

export type LogPosition = {
  readonly bytes: number;
  readonly records: number;
  /** `sum` of the last record; of an empty log, the `prev` of its first record. */
  readonly last_sum: string;
};

export type UsageTotals = {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cost: number;
};

export const NO_USAGE: UsageTotals = { input_tokens: 0, output_tokens: 0, cost: 0 };

export type RunEnd =
  | "complete"
  | "failed"
  | "limit"
  | "max-failures"
  | "max-time"
  | "budget"
  | "outside"
  | "none-succeeded"
  | "input-changed"
  | "disk-full"
  | "signal"
  | "error";

export type RunEntry = {
  readonly started_at: string;
  readonly ended_at: string | null;
  readonly pid: number;
  readonly host: string;
  readonly attempted: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly active_ms: number;
  readonly ended: RunEnd | null;
  readonly usage: UsageTotals;
  /** During the run: the number of items that it attempts in all, and results per second over the last 30 s before the commit. */
  readonly to_do?: number;
  readonly rate_per_s?: number;
};

/** Failed items with one reason, and one of them as an example. The last group may be `OTHERS`, without an example. */
export type ErrorGroup = {
  readonly kind: string;
  readonly count: number;
  readonly item: string;
  readonly message: string;
};

/** The kind of the entry for all reasons that have no entry of their own. */
export const OTHERS = "others";

export type Timeline = { readonly bucket_ms: number; readonly counts: readonly number[] };

export type OutputFacts = {
  /** Absolute path; "-" for standard output. */
  readonly path: string;
  /** 64 hex digits; null before the session has written it, and for a device or a pipe. */
  readonly sha256: string | null;
  /** SHA-256 of the file that it replaces: the user agreed to it, or the replacement is in progress. */
  readonly replaces?: string;
  /** The user chose this path when asked. A run without `-o` writes there. */
  readonly chosen?: true;
};

/** The items of the input that the job covers, if it does not cover all. */
export type Selection = {
  /** Conditions as typed. An item must meet all of them. */
  readonly where: readonly string[];
  /** A sample of this many of those items. */
  readonly sample?: { readonly count: number; readonly seed: string };
};

/** Units that are run again although they have a result. A unit is pending until it has a record after `to_seq`. */
export type Rerun = {
  /** As it was typed. */
  readonly what: readonly string[];
  readonly to_seq: number;
};

/** The part of the job that this shard covers. */
export type ShardFacts = {
  readonly rule: string;
  /** From 1. */
  readonly index: number;
  readonly count: number;
  /** Items of the whole input. */
  readonly input_count: number;
};

/** The part of its input that a job covers; without any key, each item once. Only statuses of version 2 have keys here. */
export type JobScope = {
  /** Answers wanted per item, from 2. */
  readonly repeat?: number;
  readonly selection?: Selection;
  readonly rerun?: Rerun;
  readonly shard?: ShardFacts;
};

export type Status = JobScope & {
  readonly v: FormatVersion;
  readonly kind: "status";
  readonly generation: number;
  readonly session: SessionIdentity;
  readonly saved_at: string;
  readonly state: "running" | "stopped" | "finished";
  readonly input: InputFacts;
  readonly processor: { readonly kind: string; readonly shown: string };
  readonly fingerprint: Fingerprint;
  /**
   * The command line of `ckpt run` without options that apply to one start only, and the folder in which it was typed. `ckpt run` without arguments
   * resumes with them.
   */
  readonly words?: readonly string[];
  readonly cwd?: string;
  readonly batch_size: number;
  readonly total: number;
  readonly completed: number;
  readonly failed: number;
  readonly results_saved: number;
  readonly gone: number;
  readonly log: LogPosition;
  readonly output: OutputFacts | null;
  readonly usage: UsageTotals;
  readonly runs: readonly RunEntry[];
  readonly errors: readonly ErrorGroup[];
  readonly timeline: Timeline;
};

/** The version of a new checkpoint of a job with this scope. */
export function versionFor(scope: JobScope): FormatVersion {
  return Object.keys(scopeOf(scope)).length > 0 ? 2 : 1;
}

/** The scope of a status's job. */
export function scopeOf({ repeat, selection, rerun, shard }: JobScope): JobScope {
  return {
    ...(repeat === undefined ? null : { repeat }),
    ...(selection === undefined ? null : { selection }),
    ...(rerun === undefined ? null : { rerun }),
    ...(shard === undefined ? null : { shard }),
  };
}

/** Whether all items of a checkpoint are done, none has failed, and its last run has finished. */
export function isAllDone({ state, total, completed, failed }: Status): boolean {
  return state === "finished" && failed === 0 && completed === total;
}

/** Limits that keep the status small for any size of run. */
export const RUNS_MAX = 20;
export const ERROR_GROUPS_MAX = 16;
const TIMELINE_MAX = 60;
export const TEXT_MAX = 300;

/**
 * Counts results at a point of the session's active time. When there are too many buckets, neighbours are merged and the bucket width doubles.
 * @param atMs active time of the session, in milliseconds
 */
export function countInTimeline(timeline: Timeline, atMs: number, results: number): Timeline {
  let bucketMs = timeline.bucket_ms;
  let counts = [...timeline.counts];
  while (Math.floor(atMs / bucketMs) >= TIMELINE_MAX) {
    counts = Array.from(
      { length: Math.ceil(counts.length / 2) },
      (_, i) => (counts[2 * i] ?? 0) + (counts[2 * i + 1] ?? 0),
    );
    bucketMs *= 2;
  }
  const bucket = Math.floor(atMs / bucketMs);
  while (counts.length <= bucket) counts.push(0);
  counts[bucket] = (counts[bucket] ?? 0) + results;
  return { bucket_ms: bucketMs, counts };
}
