// A record: one line of the result log, which stores a result. Grammar: docs/format.md.
import type { FormatVersion } from "./format-version.ts";
import type { AnsweringModel } from "./model-versions.ts";
import type { JsonValue } from "./item.ts";

/** Why an item failed. `kind` is a short stable word (docs/format.md, "Error kinds"); `message` is English. */
export type ItemError = {
  readonly kind: string;
  readonly message: string;
  /** Exit status of a command, HTTP status of an endpoint. */
  readonly status?: number;
  /** The last 8 KiB of standard error, if the processor has one. */
  readonly stderr?: string;
  /** The text of an answer that was not accepted. */
  readonly text?: string;
  /** What an endpoint sent instead of an answer. */
  readonly body?: string;
};

/** What a result is. */
export const STATUSES = ["ok", "failed"] as const;

/** Length limits in UTF-16 units: of the text of a rejected answer, and of the message of a retried attempt. */
export const KEPT_TEXT_MAX = 8192;
export const RETRY_MESSAGE_MAX = 300;
/** A record lists this many retried attempts, the latest ones. `attempts` counts all of them. */
export const RETRIES_MAX = 20;

/** An attempt that was retried: what went wrong, and how long ckpt then waited, in milliseconds. Records of older executables have only these two. */
export type Retry = {
  readonly kind: string;
  readonly waited_ms: number;
  /** Bounded by `RETRY_MESSAGE_MAX`. */
  readonly message?: string;
  /** As that of an ItemError. */
  readonly status?: number;
  /** ISO time. */
  readonly started_at?: string;
  readonly duration_ms?: number;
  readonly usage?: Usage;
};

/** What a processor reports as used: numbers of tokens, and cost in the currency of the given prices. */
export type Usage = {
  readonly input_tokens?: number;
  readonly output_tokens?: number;
  readonly cost?: number;
};

/** A result that was imported from another tool. */
export type Imported = {
  /** Id of the fingerprint that represents that file. */
  readonly fp: string;
  /** Name of the file, without its folder. */
  readonly file: string;
  /** 64 hex digits. */
  readonly sha256: string;
  /** Line of the file on which the result began, from 1. */
  readonly line: number;
};

/** The result of an item after its last attempt. `outputJson` is the JSON text of the output with all digits as received. */
export type Result = {
  readonly attempts: number;
  readonly retries: readonly Retry[];
  /** Milliseconds since the epoch. */
  readonly startedAtMs: number;
  readonly durationMs: number;
  readonly usage?: Usage;
  /** Remarks on an answer that is kept anyway, such as `length` for one that was cut off. */
  readonly marks?: readonly string[];
  /** Milliseconds to the first piece of a streamed answer. */
  readonly ttftMs?: number;
  /** Which endpoint answered, if there are several: its name, else its URL. */
  readonly endpoint?: string;
  /** What the answer says of the model that made it. Recorded (`model_version`) where that is more than what was asked for. */
  readonly answeredBy?: AnsweringModel;
  /** The id under which the endpoint knows the request of the last attempt. */
  readonly requestId?: string;
  /** Standard error of a command that succeeded, if it is kept; at most `KEPT_TEXT_MAX` long. */
  readonly stderr?: string;
  readonly imported?: Imported;
} & (
  | { readonly status: "ok"; readonly outputJson: string }
  | { readonly status: "failed"; readonly error: ItemError }
);

/** The unit of work that a record belongs to. */
export type RecordKey = {
  readonly index: number;
  readonly line: number;
  readonly id: string | null;
  /** As of the item. */
  readonly idIsJson: boolean;
  /** 32 hex digits. */
  readonly hash: string;
  /** Occurrence among items of equal content, from 1. */
  readonly occurrence: number;
  /** Which of the answers wanted for the item, from 1. */
  readonly repeat: number;
};

/** A record as read back with JSON.parse. Code that copies a record copies its bytes, so unknown keys are kept. */
export type ParsedRecord = {
  readonly v: FormatVersion;
  readonly seq: number;
  readonly index: number;
  readonly line?: number;
  readonly status: "ok" | "failed";
  readonly id?: string;
  readonly hash: string;
  readonly n?: number;
  readonly repeat?: number;
  readonly fp: string;
  readonly output?: JsonValue;
  readonly error?: ItemError;
  readonly attempts: number;
  readonly retries?: readonly Retry[];
  readonly marks?: readonly string[];
  readonly usage?: Usage;
  readonly started_at: string;
  readonly duration_ms: number;
  readonly ttft_ms?: number;
  readonly endpoint?: string;
  readonly model_version?: string;
  readonly request_id?: string;
  readonly stderr?: string;
  readonly id_json?: number | boolean;
  readonly import?: Omit<Imported, "fp">;
  /** Session (its nonce) and number of the record that this one was copied from. */
  readonly from?: { readonly session: string; readonly seq: number };
  readonly origin?: number;
  readonly prev: string;
  readonly sum: string;
};
