// The content of the status file: it states what the result log must hold, and its size is bounded. Grammar: docs/format.md.
import { FINGERPRINT } from "./fingerprint.ts";
import type { FormatVersion } from "./format-version.ts";
import type { Of, Sealed, Word } from "./shape.ts";
import { TTFT } from "./time-tally.ts";

export const SESSION = { id: "string", nonce: "string", started_at: "string" } as const;
export type SessionIdentity = Of<typeof SESSION>;

export const INPUT = {
  path: "string",
  format: "string",
  compression: "string",
  encoding: "string",
  "id_field|null": "string",
  kept: "boolean",
  size: "number",
  "mtime|null": "string",
  sha256: "string",
  count: "number",
  repeated: "number",
  changes: "number",
  /** Of a table, when its delimiter is not the default: a comma (csv) or a tab (tsv). */
  "delimiter?": "string",
  /** Of several files: the words that name them, absolute, and how many files they are. Left out when they take too much room. */
  "words?": ["string"],
  "files?": "number",
  /** Of json: where the array of items stands. */
  "json_path?": "string",
  /** What in the file holds the items: a table, a sheet; or the query whose rows they are. */
  "within?": "string",
  "query?": "string",
  /** The names of the items' files, or their lines, are part of their hashes, because the processor is given them (`{_file}`, `{_line}`). */
  "file_hashed?": "boolean",
  "line_hashed?": "boolean",
  /** The pictures that these fields name are part of the items' hashes. `folder`: to which paths are relative, null: that of each file. */
  "pictures?": { fields: ["string"], max_bytes: "number", "folder|null": "string" },
  /** The hash of an item includes its number, because the processor receives it (`{#}`). */
  "index_hashed?": "boolean",
  /** All records of the session have `id_json` if the id is not a string: the session was started by an executable that writes it. */
  "id_json?": "boolean",
} as const;
export type InputFacts = Of<typeof INPUT>;

/** How ids appear in an output: not at all; always as text; or with their JSON type in the item. */
export type IdStyle = "none" | "text" | "json";

/** One style for all results of a session, so that equal ids never appear with two types. */
export function idStyle({ id_field: field, id_json: json }: InputFacts): IdStyle {
  if (field === null) return "none";
  return json === true ? "json" : "text";
}

const LOG = {
  bytes: "number",
  records: "number",
  /** `sum` of the last record; of an empty log, the `prev` of its first record. */
  last_sum: "string",
} as const;
export type LogPosition = Of<typeof LOG>;

export const USAGE = { input_tokens: "number", output_tokens: "number", cost: "number" } as const;
export type UsageTotals = Of<typeof USAGE>;

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

const RUN = {
  started_at: "string",
  "ended_at|null": "string",
  pid: "number",
  host: "string",
  attempted: "number",
  succeeded: "number",
  failed: "number",
  active_ms: "number",
  /** Null during the run, and if it was killed. */
  "ended|null": "string" as Word<RunEnd>,
  /** Runs of the first executables have none. */
  "usage?": USAGE as typeof USAGE,
  /** During the run: the number of items that it attempts in all, and results per second over the last 30 s before the commit. */
  "to_do?": "number",
  "rate_per_s?": "number",
} as const;
export type RunEntry = Of<typeof RUN>;
/** The entry of a run of this executable. */
export type OwnRunEntry = RunEntry & { readonly usage: UsageTotals };

/** Failed items with one reason, and one of them as an example. The last group may be `OTHERS`, without an example. */
const ERROR_GROUP = { kind: "string", count: "number", item: "string", message: "string" } as const;
export type ErrorGroup = Of<typeof ERROR_GROUP>;

/** The kind of the entry for all reasons that have no entry of their own. */
export const OTHERS = "others";

/** Answers of one version of a model. The last group may be that of all further versions, without names. */
export const VERSION_COUNT = { model: "string", version: "string", count: "number" } as const;
export type VersionCount = Of<typeof VERSION_COUNT>;

/** Results of one of several endpoints. The last group may be that of all further ones, without a name. */
const ENDPOINT_COUNT = { endpoint: "string", succeeded: "number", failed: "number" } as const;
export type EndpointCount = Of<typeof ENDPOINT_COUNT>;

const TIMELINE = { bucket_ms: "number", counts: ["number"] } as const;
export type Timeline = Of<typeof TIMELINE>;

export const OUTPUT = {
  /** Absolute path; "-" for standard output. */
  path: "string",
  /** 64 hex digits; null before the session has written it, and for a device or a pipe. */
  "sha256|null": "string",
  /** SHA-256 of the file that it replaces: the user agreed to it, or the replacement is in progress. */
  "replaces?": "string",
  /** The user chose this path when asked. A run without `-o` writes there. */
  "chosen?": "boolean",
  /** The options of the command line that say what its rows consist of, by their names; outputs of older executables have no such list. */
  "made_with?": ["string"],
} as const;
export type OutputFacts = Of<typeof OUTPUT>;

/** The part of its input that a job covers; without any key, each item once. Only statuses of version 2 have keys here. */
export const SCOPE = {
  /** Answers wanted per item, from 2. */
  "repeat?": "number",
  /** The items of the input that the job covers, if it does not cover all. */
  "selection?": {
    /** Conditions as typed. An item must meet all of them. */
    where: ["string"],
    /** A sample of this many of those items. */
    "sample?": { count: "number", seed: "string" },
  },
  /** Units that are run again although they have a result, as typed. A unit is pending until it has a record after `to_seq`. */
  "rerun?": { what: ["string"], to_seq: "number" },
  /** The part of the job that this shard covers: `index` from 1, `input_count` items of the whole input. */
  "shard?": { rule: "string", index: "number", count: "number", input_count: "number" },
} as const;
export type JobScope = Of<typeof SCOPE>;
/** Which items of its input a job covers. */
export type Selection = NonNullable<JobScope["selection"]>;

export const PROCESSOR = { kind: "string", shown: "string" } as const;
export const COUNTS = { total: "number", completed: "number", failed: "number" } as const;

/** The state of a session; `running` after a kill, too. */
export type SessionState = "running" | "stopped" | "finished";

const STATUS_OWN = {
  generation: "number",
  session: SESSION as typeof SESSION,
  saved_at: "string",
  state: "string" as Word<SessionState>,
  input: INPUT as typeof INPUT,
  processor: PROCESSOR as typeof PROCESSOR,
  fingerprint: FINGERPRINT as typeof FINGERPRINT,
  /**
   * The command line of `ckpt run` without options that apply to one start only, and the folder in which it was typed. `ckpt run` without arguments
   * resumes with them.
   */
  "words?": ["string"],
  "cwd?": "string",
  batch_size: "number",
  results_saved: "number",
  gone: "number",
  log: LOG as typeof LOG,
  "output|null": OUTPUT as typeof OUTPUT,
  usage: USAGE as typeof USAGE,
  /** Times to the first token; absent without streamed answers. */
  "ttft?": TTFT as typeof TTFT,
  timeline: TIMELINE as typeof TIMELINE,
  /** Which versions of the model have answered, by what answers say. */
  "versions?": [VERSION_COUNT] as readonly [typeof VERSION_COUNT],
  /** Results by endpoint; absent where the job has one. */
  "endpoints?": [ENDPOINT_COUNT] as readonly [typeof ENDPOINT_COUNT],
} as const;
type StatusShape = typeof STATUS_OWN &
  typeof COUNTS &
  typeof SCOPE & {
    readonly runs: readonly [typeof RUN];
    readonly errors: readonly [typeof ERROR_GROUP];
  };
export const STATUS: StatusShape = {
  ...STATUS_OWN,
  ...COUNTS,
  ...SCOPE,
  runs: [RUN],
  errors: [ERROR_GROUP],
};
export type Status = Sealed<"status", typeof STATUS>;

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
