// A record: one line of the result log, the lasting form of a result. Grammar: docs/format.md.
import type { JsonValue } from "./item.ts";

/** Why an item failed. `kind` is a short stable word (docs/format.md, "Error kinds"); `message` is English. */
export type ItemError = {
  readonly kind: string;
  readonly message: string;
  /** Exit status of a command, HTTP status of an endpoint. */
  readonly status?: number;
  /** The last 8 KiB of standard error, where the processor has one. */
  readonly stderr?: string;
};

/** One attempt that was followed by another: what went wrong and how long it waited, in milliseconds. */
export type Retry = { readonly kind: string; readonly waited_ms: number };

/** What a processor reports as spent; counts of tokens, cost in the currency of the prices given. */
export type Usage = {
  readonly input_tokens?: number;
  readonly output_tokens?: number;
  readonly cost?: number;
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
} & (
  | { readonly status: "ok"; readonly outputJson: string }
  | { readonly status: "failed"; readonly error: ItemError }
);

/** Which item a record belongs to. */
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
};

/** A record as read back with JSON.parse. Unknown keys are kept by whoever copies a record: as bytes. */
export type ParsedRecord = {
  readonly v: number;
  readonly seq: number;
  readonly index: number;
  readonly line?: number;
  readonly status: "ok" | "failed";
  readonly id?: string;
  readonly hash: string;
  readonly n?: number;
  readonly fp: string;
  readonly output?: JsonValue;
  readonly error?: ItemError;
  readonly attempts: number;
  readonly retries?: readonly Retry[];
  readonly marks?: readonly string[];
  readonly usage?: Usage;
  readonly started_at: string;
  readonly duration_ms: number;
  readonly id_json?: number | boolean;
  readonly origin?: number;
  readonly prev: string;
  readonly sum: string;
};
