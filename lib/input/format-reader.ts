// The interface of input formats, and shared helpers.
import { cutText } from "../core/cut-text.ts";
import { causeText, CkptError } from "../core/errors.ts";
import type { Item } from "../core/item.ts";
import type { InputSpec, Want } from "./input.ts";
import type { ScanCollector } from "./scan-collector.ts";
import type { Utf8Source } from "./utf8-source.ts";

export type ReaderContext = Omit<InputSpec, "path" | "compression" | "encoding"> & {
  /** Limit of one line, element or row in bytes. */
  readonly maxPieceBytes: number;
};

/**
 * Contract: both process the same pieces in the same order, for any block size. `scan` gives each to the collector; `read` yields those that are
 * wanted in arrays of at most ITEMS_PER_ARRAY, their indices counted from `first`, and returns the index behind the last piece. What is wrong with
 * the input as a whole is thrown as `input.*`.
 */
export type FormatReader = {
  /** A zero byte is no sign of a file that is not text. */
  readonly allowsNul?: true;
  scan(source: Utf8Source, context: ReaderContext, collector: ScanCollector): Promise<void>;
  read(
    source: Utf8Source,
    context: ReaderContext,
    want: Want,
    first: number,
  ): AsyncGenerator<readonly Item[], number>;
};

export const ITEMS_PER_ARRAY = 256;

const EXCERPT_LENGTH_MAX = 61;
const PROBLEM_LENGTH_MAX = 201;

/** The start of a text, quoted, for messages. */
export function excerpt(text: string): string {
  return JSON.stringify(cutText(text, EXCERPT_LENGTH_MAX, "…"));
}

/** The message of a JSON.parse error, without the engine's prefix and with limited length. */
export function jsonProblem(error: unknown): string {
  const message = causeText(error).replace(/^JSON Parse error: /, "");
  return cutText(message, PROBLEM_LENGTH_MAX, "…");
}

export function lineTooLong(context: ReaderContext, line: number): CkptError {
  return new CkptError("input.lineTooLong", {
    path: context.shownPath,
    line,
    maxBytes: context.maxPieceBytes,
  });
}

export function malformed(context: ReaderContext, line: number, found: string): CkptError {
  return new CkptError("input.malformed", { path: context.shownPath, line, found });
}

export function badFirst(
  context: ReaderContext,
  line: number,
  found: string,
  looksLike: CkptError<"input.badFirst">["params"]["looksLike"] = null,
): CkptError {
  return new CkptError("input.badFirst", {
    path: context.shownPath,
    format: context.format,
    line,
    found,
    looksLike,
  });
}
