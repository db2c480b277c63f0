// Splits CSV text into rows. Papa's low-level parser handles the grammar. This file adds what it lacks: text in pieces, mixed line ends, line numbers
// of rows, and malformed quotes, which are refused, not guessed.
import { CELL_QUOTE, quotedEnd } from "../core/delimiter.ts";
import { type ReaderContext, lineTooLong, malformed } from "./format-reader.ts";

export type Row = {
  /** First line of the row, from 1; line breaks inside quotes count. */
  readonly line: number;
  readonly cells: readonly string[];
};

type PapaError = {
  readonly code: "MissingQuotes" | "InvalidQuotes";
  readonly row: number;
  readonly index: number;
};
type PapaResult = {
  readonly data: readonly (readonly string[])[];
  readonly errors: readonly PapaError[];
  readonly meta: { readonly cursor: number };
};
/** The part of papaparse 5.7.1 that its types omit. With `ignoreLastRow` it stops after the last row that is certainly complete. */
export type PapaParser = {
  readonly Parser: new (config: { readonly delimiter: string; readonly newline: string }) => {
    parse(input: string, baseIndex: number, ignoreLastRow: boolean): PapaResult;
  };
};

export class CsvRows {
  readonly #papa: PapaParser;
  readonly #delimiter: string;
  readonly #context: ReaderContext;
  /** Text from the start of a row. */
  #pending = "";
  /** First line of `#pending`. */
  #line = 1;
  /** Parsing is tried again only at this length: a row over many pieces is parsed each time it has doubled, not for each piece. */
  #retryLength = 0;

  constructor(papa: PapaParser, delimiter: string, context: ReaderContext) {
    this.#papa = papa;
    this.#delimiter = delimiter;
    this.#context = context;
  }

  /** The rows that are complete now. Empty lines are left out. @throws CkptError `input.malformed`, `input.lineTooLong` */
  push(text: string): Row[] {
    this.#pending += text;
    const tooLong = this.#pending.length > this.#context.maxPieceBytes;
    if (this.#pending.length < this.#retryLength && !tooLong) return [];
    // A CR at the end may be the first half of a line end.
    const held = this.#pending.endsWith("\r") ? "\r" : "";
    const rows = this.#cut(this.#pending.slice(0, this.#pending.length - held.length), held, false);
    this.#retryLength = rows === null ? this.#pending.length * 2 : 0;
    if (this.#pending.length > this.#context.maxPieceBytes) throw lineTooLong(this.#context, this.#line);
    return rows ?? [];
  }

  /** The remaining rows, after the last text. @throws CkptError `input.malformed` */
  end(): Row[] {
    return this.#cut(this.#pending, "", true) ?? [];
  }

  /** Removes complete rows from the front and leaves the rest in `#pending`; null when there is no complete row. */
  #cut(written: string, held: string, last: boolean): Row[] | null {
    const uniform = uniformNewline(written);
    const text = uniform === null ? unifyLineEnds(written, this.#delimiter) : written;
    const parser = new this.#papa.Parser({ delimiter: this.#delimiter, newline: uniform ?? "\n" });
    const { data, errors, meta } = parser.parse(text, 0, !last);
    // Errors about an incomplete row may be wrong.
    const error = errors.find(({ row }) => last || row < data.length);
    if (error !== undefined) {
      const line = this.#line + lineBreaks(text, error.index);
      if (error.code === "MissingQuotes")
        throw malformed(this.#context, line, "a quote that is never closed");
      throw malformed(this.#context, line, "text behind the closing quote of a cell");
    }
    if (data.length === 0) return null;
    this.#pending = text.slice(meta.cursor) + held;
    return this.#numbered(data, text.includes(CELL_QUOTE));
  }

  #numbered(data: PapaResult["data"], quoted: boolean): Row[] {
    const rows: Row[] = [];
    for (const cells of data) {
      if (cells.length > 1 || cells[0] !== "") rows.push({ line: this.#line, cells });
      this.#line++;
      // Only a quoted cell can hold a line break.
      if (quoted) for (const cell of cells) this.#line += lineBreaks(cell, cell.length);
    }
    return rows;
  }
}

/** Number of line breaks (LF, CR LF or CR) in the first `length` characters. */
function lineBreaks(text: string, length: number): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at !== -1 && at < length; at = text.indexOf("\n", at + 1)) count++;
  for (let at = text.indexOf("\r"); at !== -1 && at < length; at = text.indexOf("\r", at + 1)) {
    if (text[at + 1] !== "\n") count++;
  }
  return count;
}

/** The line end of a text if it has only one kind, as nearly all texts do; else null. */
function uniformNewline(text: string): "\n" | "\r" | "\r\n" | null {
  const firstCr = text.indexOf("\r");
  if (firstCr === -1) return "\n";
  if (!text.includes("\n")) return "\r";
  for (let cr = firstCr; cr !== -1; cr = text.indexOf("\r", cr + 1)) {
    if (text[cr + 1] !== "\n") return null;
  }
  for (let lf = text.indexOf("\n"); lf !== -1; lf = text.indexOf("\n", lf + 1)) {
    if (text[lf - 1] !== "\r") return null;
  }
  return "\r\n";
}

/** Replaces each line end outside of quotes by an LF. `text` starts at the start of a row. */
function unifyLineEnds(text: string, delimiter: string): string {
  let unified = "";
  let at = 0;
  for (;;) {
    const open = openingQuote(text, at, delimiter);
    const outsideEnd = open === -1 ? text.length : open;
    unified += text.slice(at, outsideEnd).replaceAll(/\r\n?/g, "\n");
    if (open === -1) return unified;
    at = quotedEnd(text, open);
    unified += text.slice(open, at);
  }
}

/** The next quote that starts a cell; a quote in the middle of an unquoted cell is an ordinary character. */
function openingQuote(text: string, from: number, delimiter: string): number {
  let quote = text.indexOf(CELL_QUOTE, from);
  while (quote > 0 && !isCellStart(text[quote - 1], delimiter)) quote = text.indexOf(CELL_QUOTE, quote + 1);
  return quote;
}

function isCellStart(before: string | undefined, delimiter: string): boolean {
  return before === delimiter || before === "\n" || before === "\r";
}
