// The contract between the page (lib/view/page) and what gives it data: a server, which answers over HTTP (lib/view/server), or the document of a saved page, which holds the
// same objects. Types only. What docs/live.md and `info --json` also have, has the same keys here.
import type { ErrorGroup, RunEntry, Selection, UsageTotals, VersionCount } from "../core/status.ts";
import type { ItemError, Retry, Usage } from "../core/record.ts";
import type { LatencySummary, TtftSummary } from "../core/time-tally.ts";
import type { LiveState, LiveStatus } from "./channel/contract.ts";
import type { TimelineLists } from "./timeline-lists.ts";

/** Words of ckpt in both languages: a page can be switched, and a saved page can ask nobody. */
export type BilingualText = { readonly en: string; readonly zh: string };

/** A source: something that the page can show. The first source of a list is shown first. */
export type SourceEntry = {
  /** Made by the server, never a path. It stays the same as long as the server runs. */
  readonly id: string;
  /**
   * `checkpoint`: the one in place, with its live run; after its session has been completed or cleared, the last completed session. `completed`: the backup of a completed
   * session. `backup`: any other backup. `shards`: all shards of a folder as one. `shard`: one of them. `folder`: a backup that lies elsewhere.
   */
  readonly kind: "checkpoint" | "completed" | "backup" | "shards" | "shard" | "folder";
  /** A session such as `20230530_143025`, the name of a backup, or a shard such as `3/16`. */
  readonly name: string;
  readonly created_at: string | null;
  /** The counts when the list was made; null when they could not be read. */
  readonly total: number | null;
  readonly completed: number | null;
  readonly failed: number | null;
};

/**
 * `finished`: all attempted, some failed. `stopped`: ended early. `interrupted`: killed. `empty`: there is nothing now, as after a clear; a run may come. `running` is also the
 * state of a run that has no live channel.
 */
export type ViewState = LiveState | "complete" | "finished" | "stopped" | "interrupted" | "empty";

export type Overview = {
  readonly v: 1;
  readonly source: SourceEntry;
  /** Whether a run answers now. If not, everything that only a run knows is null. */
  readonly live: boolean;
  readonly state: ViewState;
  readonly session_id: string;
  /** When the checkpoint was last saved; while a run answers, the present time. */
  readonly saved_at: string | null;
  /** `name`: the name of the file; of several files, what was typed. `path`: null in a saved page without `--full`. */
  readonly input: { readonly name: string; readonly path: string | null; readonly count: number };
  /** `shown`: the command, or the model and URL of an endpoint. A command is null in a saved page without `--full`. */
  readonly processor: { readonly kind: string; readonly shown: string | null };
  readonly selection: Selection | null;
  /** Answers wanted of each item. All counts are of answers. */
  readonly repeat: number;
  readonly total: number;
  readonly completed: number;
  readonly failed: number;
  readonly pending: number;
  /** completed / total, rounded down to a tenth. */
  readonly percent: number;
  /** Results on record that are not among these, because their items are no longer in the input, or not wanted any more. */
  readonly gone: number;
  /** This and what follows, down to `endpoints`: what a run says of itself (docs/live.md). */
  readonly in_flight: number | null;
  readonly concurrency: number | null;
  readonly waiting: LiveStatus["waiting"];
  readonly outage: LiveStatus["outage"];
  readonly stop: LiveStatus["stop"];
  readonly rate_per_s: number | null;
  readonly eta_ms: number | null;
  readonly elapsed_ms: number | null;
  readonly tokens_per_s: number | null;
  readonly projected_cost: number | null;
  readonly budgets: LiveStatus["budgets"] | null;
  readonly settings: LiveStatus["settings"] | null;
  readonly endpoints: LiveStatus["endpoints"] | null;
  /** Of the whole session. */
  readonly usage: UsageTotals;
  /** How much of the log has been read so far, from 0 to 1; null: all of it. What follows is about the results that have been read. */
  readonly reading: number | null;
  /** Of all results on record; null without any. */
  readonly latency: LatencySummary | null;
  /** Null without streamed answers. */
  readonly ttft: TtftSummary | null;
  readonly versions: readonly VersionCount[];
  /** Failures by reason, the largest first. */
  readonly errors: readonly FailureGroup[];
  /** The kinds of failures, and the marks of outputs, with the number of results that have each: what filters offer. */
  readonly kinds: readonly ValueCount[];
  readonly marks: readonly ValueCount[];
  readonly runs: readonly RunEntry[];
  /** Of the whole session, live or not; null without results. */
  readonly timeline: ViewTimeline | null;
  /** The shards of a folder, in their order; null for any other source. */
  readonly shards: readonly ShardLine[] | null;
  /** What is wrong with the files. */
  readonly problems: readonly BilingualText[];
  /** The listingOf() the sources as they are now; empty in a saved page. */
  readonly listing: string;
};

/** `group`: what the filter `group` takes; equal for equal reasons. Null for the last group, which is all others: there is no filter for it. */
export type FailureGroup = ErrorGroup & { readonly group: string | null };

export type ValueCount = { readonly value: string; readonly count: number };

/** A session over time, in at most 120 pieces. Times in which nothing ran are left out. */
export type ViewTimeline = TimelineLists & {
  /** How long each piece is. */
  readonly bucket_ms: number;
  /** When each piece begins, in milliseconds since the epoch. */
  readonly at_ms: readonly number[];
  /** Numbers of the pieces before which time was left out, because nothing ran. */
  readonly breaks: readonly number[];
  /** The mean number of attempts in flight, of those whose results are on record. */
  readonly in_flight: readonly number[];
};

export type ShardLine = {
  /** The id of the shard's source; null when it has none, as in a backup. */
  readonly source: string | null;
  readonly index: number;
  readonly count: number;
  readonly state: ViewState;
  readonly completed: number;
  readonly failed: number;
  readonly total: number;
};

/** Why a result does not count for the job as it is now: its item is no longer in the input, has changed since, or is not chosen. */
export type Uncounted = "gone" | "changed" | "unselected";

export type Row = {
  /** Opaque: what `item` takes. */
  readonly ref: string;
  /** Position of the item in the input, from 0. */
  readonly index: number;
  readonly id: string | null;
  /** Which answer, from 1; absent when one answer an item is wanted. */
  readonly repeat?: number;
  readonly status: "ok" | "failed";
  /** Why it failed, as a short stable word; null for a success. */
  readonly kind: string | null;
  /** The `group` of its FailureGroup; null for a success. */
  readonly group: string | null;
  /** Remarks on an output that counts as a success all the same, such as `length`. */
  readonly marks: readonly string[];
  /** The beginning of the output (a text as it is, any other value as JSON) or of the error's message, at most 300 characters. */
  readonly text: string;
  readonly attempts: number;
  readonly started_at: string;
  readonly duration_ms: number;
  readonly uncounted?: Uncounted;
  /** The record has been damaged since the log was indexed. Nothing but `status` and `kind` is known then. */
  readonly damaged?: true;
};

/** A result matches when all conditions that are given hold. */
export type Filter = {
  /** A text in the id, the output or the error, in upper or lower case; `#7` is also the seventh item. */
  readonly search?: string;
  readonly status?: "ok" | "failed";
  readonly kind?: string;
  readonly mark?: string;
  /** A FailureGroup's `group`. */
  readonly group?: string;
  /** FIELD=VALUE or FIELD~REGEX, as in `--where`. FIELD is a field of the output; if the output has none of that name, a field of the record, such as `endpoint` or `output`. */
  readonly where?: string;
  /** Default: `input`. */
  readonly sort?: "input" | "newest" | "slowest";
};

/** The rows from number `from` on, of those that match. While `searched` < `total`, ask again: `matching` may grow. */
export type Rows = {
  /** How many valid results there are, without any filter; while the log is being read, how many are expected. */
  readonly total: number;
  readonly matching: number;
  /** How many of the results have been looked at. */
  readonly searched: number;
  readonly from: number;
  readonly rows: readonly Row[];
};

export type ItemView = {
  readonly row: Row;
  /** JSON text of the item as it stands in the input now (a line of text as a JSON string), with its digits as written; null when it is not there. */
  readonly input_json: string | null;
  /** Why it could not be looked for; null when it could. A saved page without `--full` says only that the input could not be read. */
  readonly input_missing: BilingualText | null;
  /** Whether the item has been changed since the result was made. */
  readonly changed: boolean;
  /** JSON text of the output, with its digits as received; null for a failure. */
  readonly output_json: string | null;
  readonly error: ItemError | null;
  /** All attempts, the oldest first: those of this record, and of earlier records of the same answer. */
  readonly attempts: readonly AttemptView[];
  readonly usage: Usage | null;
  readonly ttft_ms: number | null;
  readonly endpoint: string | null;
  readonly model_version: string | null;
  readonly request_id: string | null;
  /** Standard error of a command that succeeded. */
  readonly stderr: string | null;
  /** All answers of the same item, this one included; empty when one answer is wanted. */
  readonly repeats: readonly {
    readonly repeat: number;
    readonly ref: string;
    readonly status: Row["status"];
  }[];
  /** The record as it stands in the log, without its line end. */
  readonly record: string;
};

export type AttemptView = {
  /** Null when it is not on record: older executables did not keep it. */
  readonly started_at: string | null;
  readonly duration_ms: number | null;
  readonly status: Row["status"];
  readonly error: (Pick<ItemError, "kind"> & Partial<ItemError>) | null;
  /** How long ckpt then waited before the retry; null: no retry followed in this record. */
  readonly waited_ms: Retry["waited_ms"] | null;
  /** The number of its record in the log. */
  readonly seq: number;
};

/** Where the page gets its data from. A promise is rejected with an AskError, or with an AbortError by the signal. */
export interface PageData {
  /** Facts about a saved page: it holds `rows` of `of` results. Null for a served page. */
  readonly saved: null | {
    readonly at: string;
    readonly ckpt: string;
    readonly rows: number;
    readonly of: number;
    /** Whether all failures are among them. */
    readonly has_all_failures: boolean;
  };
  sources(signal?: AbortSignal): Promise<readonly SourceEntry[]>;
  overview(source: string, signal?: AbortSignal): Promise<Overview>;
  /** @param count at most 500 */
  rows(source: string, filter: Filter, from: number, count: number, signal?: AbortSignal): Promise<Rows>;
  item(source: string, ref: string, signal?: AbortSignal): Promise<ItemView>;
  /** Calls `on` with each new overview, until the signal. Calls `lost` when the connection is gone (code `lost`), or the server answers with a PageFault. */
  watch(
    source: string,
    on: (overview: Overview) => void,
    lost: (code: string, message: string) => void,
    signal: AbortSignal,
  ): void;
}

/** The body of every answer that is not 200. `message`: in the language that was asked for. */
export type PageFault = {
  readonly error: { readonly code: string; readonly message: string; readonly field?: keyof Filter };
};

// HTTP. GET / gives the page, which has no data and needs no token. Everything else needs `Authorization: Bearer TOKEN`, and takes `lang=en|zh`, the language of faults:
//   /api/sources                                 readonly SourceEntry[]
//   /api/overview?source=                        Overview
//   /api/rows?source=&from=&count=&FILTER…       Rows; the keys of Filter by their names. It answers within about 300 ms: ask again while searched < total
//   /api/item?source=&ref=                       ItemView; 404 `gone` where the record is no longer there
//   /api/events?source=                          server-sent events: `overview` (an Overview) at once, on changes of state and every second while a run lives; `fault` (a PageFault)
// 400 `bad-filter` (with `field`), `bad-number`; 401 `token`; 403 `other-origin`; 404 `not-found`, `no-source`, `gone`; 405 `wrong-method`; 421 `wrong-host`; 500 `failed`, or the
// code of an error of ckpt; 503 `too-many`.
