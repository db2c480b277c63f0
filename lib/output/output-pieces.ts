// Cuts an output file into its pieces without reading it whole: a line, a row of a table, or an object of an array. A piece is found again by the offset at which it
// starts, so this serves a scan as well as reading here and there.
import {
  BACKSLASH,
  CARRIAGE_RETURN,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COMMA,
  LINE_FEED,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  SPACE,
} from "../core/ascii.ts";
import { causeText, CkptError } from "../core/errors.ts";
import { readInto } from "../io/file.ts";
import { type FileSystem, O } from "../io/fs.ts";
import type { TextFormat } from "./output-format.ts";

/** Bytes that are read at once: where the next piece is expected there, and elsewhere. */
const WINDOW_BYTES = 256 << 10;
const APART_BYTES = 4 << 10;
/** A longer piece is not written by ckpt: a quote is not closed. */
const PIECE_BYTES_MAX = 1 << 30;

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** What may stand between two pieces. */
const BETWEEN: { readonly [format in TextFormat]: (byte: number) => boolean } = {
  jsonl: (byte) => byte <= SPACE,
  json: (byte) => byte <= SPACE || byte === COMMA || byte === OPEN_BRACKET || byte === CLOSE_BRACKET,
  csv: isLineEnd,
  tsv: isLineEnd,
};

function isLineEnd(byte: number): boolean {
  return byte === LINE_FEED || byte === CARRIAGE_RETURN;
}

export class OutputPieces {
  readonly #fs: FileSystem;
  readonly #file: string;
  readonly #fd: number;
  readonly #format: TextFormat;
  #window = Buffer.allocUnsafeSlow(WINDOW_BYTES);
  /** Where the window is in the file, and how many of its bytes are filled. */
  #from = 0;
  #filled = 0;
  /** The piece, from `#start` up to `#end` in the window, and where the next one is looked for in the file. */
  #start = 0;
  #end = 0;
  #next = 0;

  /** @throws CkptError `output.missing`, `output.unreadable` */
  constructor(fs: FileSystem, file: string, format: TextFormat) {
    this.#fs = fs;
    this.#file = file;
    this.#format = format;
    this.#fd = this.#orUnreadable(() => fs.openSync(file, O.O_RDONLY));
  }

  /** The offset of the piece in the file. */
  get place(): number {
    return this.#from + this.#start;
  }

  /** The text of the piece. */
  text(): string {
    return this.#window.toString("utf8", this.#start, this.#end);
  }

  /** Goes to the first piece. False when the file has none. */
  first(): boolean {
    this.#fill(0, WINDOW_BYTES);
    const isMarked = this.#filled >= 3 && this.#window.subarray(0, 3).equals(BYTE_ORDER_MARK);
    return this.at(isMarked ? BYTE_ORDER_MARK.length : 0);
  }

  /** Goes to the next piece. False when there is none. */
  next(): boolean {
    return this.at(this.#next);
  }

  /** Goes to the piece at an offset, or the first one behind it. False when there is none. @throws CkptError `output.unreadable` */
  at(offset: number): boolean {
    const isNear = offset >= this.#next && offset - this.#next < WINDOW_BYTES;
    const atLeast = isNear ? WINDOW_BYTES : APART_BYTES;
    if (offset < this.#from || offset >= this.#from + this.#filled) this.#fill(offset, atLeast);
    for (;;) {
      const isLast = this.#filled < this.#asked;
      const found = this.#find(offset - this.#from, isLast);
      if (found !== null) return found;
      const bytes = Math.max(atLeast, (this.#from + this.#filled - offset) * 2);
      if (bytes > PIECE_BYTES_MAX) throw this.#tooLong(offset);
      this.#fill(offset, bytes);
    }
  }

  close(): void {
    this.#fs.closeSync(this.#fd);
  }

  #asked = 0;

  #fill(offset: number, bytes: number): void {
    if (bytes > this.#window.length) this.#window = Buffer.allocUnsafeSlow(bytes);
    this.#from = offset;
    this.#filled = 0; // a read may fail
    this.#asked = bytes;
    const target = this.#window.subarray(0, bytes);
    this.#filled = this.#orUnreadable(() => readInto(this.#fs, this.#fd, target, offset));
  }

  /** Finds the piece in the window: whether there is one; null when more bytes are needed to know. @param isLast the window has the end of the file */
  #find(from: number, isLast: boolean): boolean | null {
    const limit = this.#filled;
    const start = this.#startOf(from, limit);
    if (start === limit) {
      if (isLast) this.#next = this.#from + limit;
      return isLast ? false : null;
    }
    const end = this.#endOf(start, limit);
    if (end === null && !isLast) return null;
    this.#start = start;
    this.#end = end ?? limit;
    this.#next = this.#from + this.#end;
    return true;
  }

  /** The first byte of a piece; `limit` when there is none. */
  #startOf(from: number, limit: number): number {
    const isBetween = BETWEEN[this.#format];
    let at = from;
    while (at < limit && isBetween(this.#window[at] ?? 0)) at++;
    return at;
  }

  #endOf(start: number, limit: number): number | null {
    switch (this.#format) {
      case "jsonl": {
        const end = this.#window.indexOf(LINE_FEED, start);
        return end === -1 || end >= limit ? null : end;
      }
      case "json":
        return elementEnd(this.#window, start, limit);
      case "csv":
      case "tsv":
        return rowEnd(this.#window, start, limit);
    }
  }

  #orUnreadable<T>(call: () => T): T {
    try {
      return call();
    } catch (error) {
      throw new CkptError(
        "output.unreadable",
        { path: this.#file, cause: causeText(error) },
        { cause: error },
      );
    }
  }

  #tooLong(offset: number): CkptError {
    const cause = `no end of the row that begins at byte ${offset}`;
    return new CkptError("output.unreadable", { path: this.#file, cause });
  }
}

/** Behind the object that starts there; behind the line where it is no object. Null: not within the limit. */
function elementEnd(bytes: Buffer, start: number, limit: number): number | null {
  let depth = 0;
  let inString = false;
  for (let at = start; at < limit; at++) {
    const byte = bytes[at] ?? 0;
    if (inString) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++;
    else if ((byte === CLOSE_BRACE || byte === CLOSE_BRACKET) && --depth <= 0) return at + 1;
    else if (byte === LINE_FEED && depth === 0) return at;
  }
  return null;
}

/** The end of the row that starts there: a line feed outside of quotes. Null: not within the limit. */
function rowEnd(bytes: Buffer, start: number, limit: number): number | null {
  let inQuotes = false;
  for (let at = start; at < limit; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) inQuotes = !inQuotes;
    else if (byte === LINE_FEED && !inQuotes) return at;
  }
  return null;
}
