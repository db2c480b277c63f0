// What the page shows and asks for: the contract between the page (lib/view/page) and what gives it data. A server answers over HTTP (lib/view/server); a saved page
// holds the same objects in itself. Types only. Keys are those of docs/live.md and of `info --json` where the thing is the same. Keys may be added.
import type { ErrorGroup, RunEntry, Selection, UsageTotals, VersionCount } from "../core/status.ts";
import type { ItemError, Retry, Usage } from "../core/record.ts";
import type { TtftSummary } from "../core/ttft.ts";
import type { LiveState, LiveStatus } from "./channel/contract.ts";

/** Words of ckpt in both languages: a page can be switched, and a saved one asks nobody. */
export type Said = { readonly en: string; readonly zh: string };

/** Something that can be looked at. The first one of a list is what is shown first. */
export type SourceEntry = {
  /** Made by the server, never a path. It stays the same while the server lives. */
  readonly id: string;
  /**
   * `checkpoint`: the one in place, with its live run; when its session is completed or cleared, the same id shows the last completed session. `completed`,
   * `backup`: a completed session, any other backup. `shards`: a folder of shards as one; `shard`: one of them. `folder`: a checkpoint or backup in a folder that was named.
   */
  readonly kind: "checkpoint" | "completed" | "backup" | "shards" | "shard" | "folder";
  /** The session `20230530_143025`, the name of a backup, `3/16`. */
  readonly name: string;
  readonly created_at: string | null;
  /** As of the last look; null where they cannot be read. */
  readonly total: number | null;
  readonly completed: number | null;
  readonly failed: number | null;
};

/**
 * `finished`: all attempted, some failed. `stopped`: ended early. `interrupted`: killed. `running` also of a run that has no live channel. `empty`: nothing is there now
 * (a cleared checkpoint); a run may come.
 */
export type ViewState = LiveState | "complete" | "finished" | "stopped" | "interrupted" | "empty";

export type Overview = {
  readonly v: 1;
  readonly source: SourceEntry;
  /** Whether a run answers now. What only a run knows is null otherwise. */
  readonly live: boolean;
  readonly state: ViewState;
  readonly session_id: string;
  /** When it was last saved; of a live run: now. */
  readonly saved_at: string | null;
  /** `name`: the name of the file, or what was typed for several. `path`: null in a saved page without `--full`. */
  readonly input: { readonly name: string; readonly path: string | null; readonly count: number };
  /** `shown`: what runs, in words; null in a saved page without `--full`. Of an endpoint, `shown` names model and URL. */
  readonly processor: { readonly kind: string; readonly shown: string | null };
  readonly selection: Selection | null;
  /** Answers wanted of each item. All counts are of answers. */
  readonly repeat: number;
  readonly total: number;
  readonly completed: number;
  readonly failed: number;
  readonly pending: number;
  /** completed / total, cut to a tenth. */
  readonly percent: number;
  /** Of a live run; docs/live.md. */
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
  /** Over the session. */
  readonly usage: UsageTotals;
  /** How much of the log has been read so far, from 0 to 1; null: all of it. What follows is that of the results that have been read. */
  readonly reading: number | null;
  /** Of all results on record; null without any. */
  readonly latency: LiveStatus["latency"];
  /** Null without streamed answers. */
  readonly ttft: TtftSummary | null;
  readonly versions: readonly VersionCount[];
  /** Failures by reason, the largest first. */
  readonly errors: readonly FailureGroup[];
  /** Kinds of failures and remarks on outputs that occur, with how many results have them: what filters offer. */
  readonly kinds: readonly ValueCount[];
  readonly marks: readonly ValueCount[];
  readonly runs: readonly RunEntry[];
  /** Over the whole session, live or not; null without results. */
  readonly timeline: ViewTimeline | null;
  /** Of a folder of shards: each of them, in their order; else null. */
  readonly shards: readonly ShardLine[] | null;
  /** What is wrong with what was read. */
  readonly problems: readonly Said[];
  /** Changes whenever the list of sources does; empty in a saved page. */
  readonly listing: string;
};

/** `group`: for the filter; the same for the same reason. Null of the last group of all others, which is no filter. */
export type FailureGroup = ErrorGroup & { readonly group: string | null };

export type ValueCount = { readonly value: string; readonly count: number };

/** A session over time. Each list has one entry for each piece of time, at most 120. Times in which nothing ran are left out. */
export type ViewTimeline = {
  readonly bucket_ms: number;
  /** When each piece begins, in milliseconds since the epoch. */
  readonly at_ms: readonly number[];
  /** Numbers of the pieces before which time was left out, because nothing ran. */
  readonly breaks: readonly number[];
  readonly ok: readonly number[];
  readonly failed: readonly number[];
  readonly input_tokens: readonly number[];
  readonly output_tokens: readonly number[];
  readonly cost: readonly number[];
  readonly p50_ms: readonly (number | null)[];
  readonly p90_ms: readonly (number | null)[];
  readonly p99_ms: readonly (number | null)[];
  readonly ttft_ms: readonly (number | null)[];
  /** Attempts in flight, on average, of the results that are on record. */
  readonly in_flight: readonly number[];
};

export type ShardLine = {
  /** The id of its source; null: it has none, as in a backup. */
  readonly source: string | null;
  readonly index: number;
  readonly count: number;
  readonly state: ViewState;
  readonly completed: number;
  readonly failed: number;
  readonly total: number;
};

export type Row = {
  /** Opaque: with it, `item` finds the item. */
  readonly ref: string;
  /** Position of the item in the input, from 0. */
  readonly index: number;
  readonly id: string | null;
  /** From 2 answers an item on. */
  readonly repeat?: number;
  readonly status: "ok" | "failed";
  /** Why it failed: the short stable word; null for a success. */
  readonly kind: string | null;
  /** Of a FailureGroup; null for a success. */
  readonly group: string | null;
  /** Remarks on an output that was kept all the same, such as `length`. */
  readonly marks: readonly string[];
  /** The beginning of the output (a text as it is, any other value as JSON) or of the error's message, at most 300 characters. */
  readonly text: string;
  readonly attempts: number;
  readonly started_at: string;
  readonly duration_ms: number;
  /** The record has been damaged since the log was read: nothing but the status may be believed. */
  readonly damaged?: true;
};

/** All that are given must hold. */
export type Filter = {
  /** A text in the id, the output or the error, whatever its case. */
  readonly search?: string;
  readonly status?: "ok" | "failed";
  readonly kind?: string;
  readonly mark?: string;
  /** A FailureGroup's `group`. */
  readonly group?: string;
  /** FIELD=VALUE or FIELD~REGEX, as of --where: a field of the output, `output` for all of it, or else a field of the record, such as `endpoint`. */
  readonly where?: string;
  /** `input` if left out. */
  readonly sort?: "input" | "newest" | "slowest";
};

/** `count` rows from number `from` on, of those that match. While `searched` < `total`, ask again: `matching` may grow. */
export type Rows = {
  /** Valid results, without any filter; while the log is being read, those that are expected. */
  readonly total: number;
  readonly matching: number;
  /** How many of the results have been looked at. */
  readonly searched: number;
  readonly from: number;
  readonly rows: readonly Row[];
};

export type ItemView = {
  readonly row: Row;
  /** JSON text of the item as it stands in the input now (a line of text as a JSON string), digits as written; null where it is not there. */
  readonly input_json: string | null;
  /** Why it is not there; null where it is. A saved page without `--full` does not say more than that it could not be read. */
  readonly input_missing: Said | null;
  /** Whether the item has changed since the result was made. */
  readonly changed: boolean;
  /** JSON text of the output, digits as received; null for a failure. Parse it to show it as a tree; a JSON string is text or Markdown. */
  readonly output_json: string | null;
  readonly error: ItemError | null;
  /** What was tried, the oldest first: retries within a record, and earlier records of the same answer. */
  readonly attempts: readonly AttemptView[];
  readonly usage: Usage | null;
  readonly ttft_ms: number | null;
  readonly endpoint: string | null;
  readonly model_version: string | null;
  readonly request_id: string | null;
  /** Standard error of a command that succeeded. */
  readonly stderr: string | null;
  /** The other answers of the same item, by their refs, where several are wanted: itself among them. */
  readonly repeats: readonly {
    readonly repeat: number;
    readonly ref: string;
    readonly status: Row["status"];
  }[];
  /** The record as it stands in the log, without its line end. */
  readonly record: string;
};

export type AttemptView = {
  /** Null where older executables have not kept it. */
  readonly started_at: string | null;
  readonly duration_ms: number | null;
  readonly status: Row["status"];
  readonly error: (Pick<ItemError, "kind"> & Partial<ItemError>) | null;
  /** How long ckpt then waited; null: no retry followed in this record. */
  readonly waited_ms: Retry["waited_ms"] | null;
  /** Of which record it is, by its number in the log. */
  readonly seq: number;
};

/** What the page uses. A promise is rejected with a PageFault's words; `AbortError` where the signal asked for it. */
export interface PageData {
  /** Null of a served page. `of`: how many results there are. */
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
  /** Calls on each new overview until the signal. `lost`: the connection is gone (code `lost`), or a PageFault was answered. */
  watch(
    source: string,
    on: (overview: Overview) => void,
    lost: (code: string, message: string) => void,
    signal: AbortSignal,
  ): void;
}

/** The body of every answer that is not 200. `message`: in the words of the language. */
export type PageFault = {
  readonly error: { readonly code: string; readonly message: string; readonly field?: keyof Filter };
};

// HTTP. GET / is the page, without data and without token. All others need `Authorization: Bearer TOKEN` and take `lang=en|zh` for the words of faults:
//   /api/sources                                 readonly SourceEntry[]
//   /api/overview?source=                        Overview
//   /api/rows?source=&from=&count=&FILTER…       Rows; the keys of Filter by their names. It answers within about 300 ms: ask again while searched < total
//   /api/item?source=&ref=                       ItemView; 404 `gone` where the record is no longer there
//   /api/events?source=                          server-sent events: `overview` (an Overview) at once, on changes of state and every second while a run lives
// 400 `bad-filter` (with `field`), 401 `token`, 403 `other-origin`, 404 `not-found`, `no-source`, `gone`, 405, 421, 500 `failed`.
