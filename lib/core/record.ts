// A record: one line of the result log, the lasting form of a result. Grammar: docs/format.md.
import type { FormatVersion } from "./format-version.ts";
import type { JsonValue } from "./item.ts";

/** Why an item failed. `kind` is a short stable word (docs/format.md, "Error kinds"); `message` is English. */
export type ItemError = {
  readonly kind: string;
  readonly message: string;
  /** Exit status of a command, HTTP status of an endpoint. */
  readonly status?: number;
  /** The last 8 KiB of standard error, where the processor has one. */
  readonly stderr?: string;
  /** The text of an answer that was not accepted. */
  readonly text?: string;
  /** What an endpoint sent in the place of an answer. */
  readonly body?: string;
};

/** Bounds, in UTF-16 units, of what a record keeps of an answer beside its output, and of why an attempt was made again. */
export const KEPT_TEXT_MAX = 8192;
export const RETRY_MESSAGE_MAX = 300;
/** Attempts that were followed by another which a record names, the last ones; all are counted. */
export const RETRIES_MAX = 20;

/** One attempt that was followed by another: what went wrong, and how long it waited then, in milliseconds. Records of older executables have no more. */
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

/** What a processor reports as spent; counts of tokens, cost in the currency of the prices given. */
export type Usage = {
  readonly input_tokens?: number;
  readonly output_tokens?: number;
  readonly cost?: number;
};

/** A result that another tool has made, and that was taken over. */
export type Imported = {
  /** Id of the fingerprint that stands for that file. */
  readonly fp: string;
  /** Name of the file, without its folder. */
  readonly file: string;
  /** 64 hex digits. */
  readonly sha256: string;
  /** Line of the file on which the result began, from 1. */
  readonly line: number;
};

/** What became of an item after its last attempt. `outputJson` is the JSON text of the output, digits as they were. */
export type Result = {
  readonly attempts: number;
  readonly retries: readonly Retry[];
  /** Milliseconds since the epoch. */
  readonly startedAtMs: number;
  readonly durationMs: number;
  readonly usage?: Usage;
  /** Remarks on an answer that is kept all the same, as `length` for one that was cut off. */
  readonly marks?: readonly string[];
  /** Milliseconds to the first piece of an answer that came in pieces. */
  readonly ttftMs?: number;
  /** Which endpoint answered, where there are several: its name, else its URL. */
  readonly endpoint?: string;
  /** What the answer says of the model that made it. */
  readonly modelVersion?: string;
  /** What a command wrote to standard error though it succeeded, where that is kept; bounded by `KEPT_TEXT_MAX`. */
  readonly stderr?: string;
  readonly imported?: Imported;
} & (
  | { readonly status: "ok"; readonly outputJson: string }
  | { readonly status: "failed"; readonly error: ItemError }
);

/** Which unit of work a record belongs to. */
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

/** A record as read back with JSON.parse. Unknown keys are kept by whoever copies a record: as bytes. */
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
  readonly stderr?: string;
  readonly id_json?: number | boolean;
  readonly import?: Omit<Imported, "fp">;
  /** Session (its nonce) and number of the record that this one was copied from. */
  readonly from?: { readonly session: string; readonly seq: number };
  readonly origin?: number;
  readonly prev: string;
  readonly sum: string;
};
