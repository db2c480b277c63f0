// What a provider's endpoint has been seen to send, and what ckpt makes of it: the words in which the rows of this folder are written.
import type { Mark, RuleAction } from "../../../lib/processors/endpoint/endpoint-rules.ts";

/** What ckpt makes of what came. */
export type Meaning =
  | {
      readonly text: string;
      readonly marks?: readonly Mark[];
      readonly tokens: readonly [input: number, output: number];
    }
  | {
      readonly kind: string;
      readonly action: RuleAction;
      /** How long it asks to be left alone. */
      readonly waitMs?: number;
    };

export type Row = {
  readonly what: string;
  /** Where the form is shown: a page, a file, or an issue (`owner/name#1`). Texts are shortened, ids and keys made up. */
  readonly source: string;
  /** Default: 200. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON, a text as it is. */
  readonly body: object | string;
  /** No answer has come with this key before. */
  readonly isFirst?: true;
  readonly means: Meaning;
};

type Rows = readonly [Row, ...Row[]];

/** A provider, with at least one row of each sort. */
export type Provider = {
  readonly name: string;
  /** It has answered. */
  readonly success: Rows;
  /** The key, the model or the text is refused. */
  readonly refusal: Rows;
  /** Of a rate, of money, or of length. */
  readonly limit: Rows;
  /** Nobody is served for now. */
  readonly outage: Rows;
  /** Anything else that goes wrong. */
  readonly error: Rows;
};

export const pause = (kind: string): Meaning => ({ kind, action: "pause" });
export const fail = (kind: string): Meaning => ({ kind, action: "fail" });
export const wait = (waitMs?: number, kind = "http_429"): Meaning => ({
  kind,
  action: "wait",
  ...(waitMs === undefined ? {} : { waitMs }),
});
export const retry = (kind: string, waitMs?: number): Meaning => ({
  kind,
  action: "retry",
  ...(waitMs === undefined ? {} : { waitMs }),
});
