// Cuts UTF-8 blocks into lines without looking at each byte, and without making an object of each line: one cursor goes over them.
import { isAscii } from "node:buffer";
import { CARRIAGE_RETURN, LINE_FEED, type NUL, SPACE, TAB } from "../core/ascii.ts";
import { type ReaderContext, lineTooLong } from "./format-reader.ts";
import type { Utf8Source } from "./utf8-source.ts";

/** What ends a line: a line feed, alone or behind a CR, or a zero byte. */
export type Separator = typeof LINE_FEED | typeof NUL;

/**
 * The lines of a source, as a cursor that stands before the first line of a region of whole lines. Go over all of them with `next` before
 * the next region is asked for. A line may be of any length up to the limit: its parts are kept as they come and joined once.
 * @param separator a line feed by default
 * @throws CkptError `input.lineTooLong`
 */
export async function* lineRegions(
  source: Utf8Source,
  context: ReaderContext,
  separator: Separator = LINE_FEED,
): AsyncGenerator<LineCursor, void> {
  const cursor = new LineCursor(context, separator);
  let parts: Buffer[] = [];
  let partBytes = 0;
  const keep = (part: Buffer): void => {
    if (part.length === 0) return;
    parts.push(Buffer.from(part));
    partBytes += part.length;
    if (partBytes > context.maxPieceBytes + 2) throw lineTooLong(context, cursor.line + 1);
  };
  for await (const block of source) {
    const first = block.indexOf(separator);
    if (first === -1) {
      keep(block);
      continue;
    }
    let from = 0;
    if (partBytes > 0) {
      from = first + 1;
      yield cursor.over(Buffer.concat([...parts, block.subarray(0, from)]));
      parts = [];
      partBytes = 0;
    }
    const end = block.lastIndexOf(separator) + 1;
    if (end > from) yield cursor.over(block.subarray(from, end));
    keep(block.subarray(end));
  }
  if (partBytes > 0) yield cursor.over(Buffer.concat(parts));
}

/** Stands on a line of `bytes`: from `start` to `end`, without its line end (LF, CR LF or NUL). `line` is its number, from 1. */
export class LineCursor {
  bytes: Buffer = Buffer.alloc(0);
  start = 0;
  end = 0;
  line = 0;
  #next = 0;
  readonly #context: ReaderContext;
  readonly #separator: Separator;

  constructor(context: ReaderContext, separator: Separator) {
    this.#context = context;
    this.#separator = separator;
  }

  /** The region as text, where a character is a byte: a piece of it costs less than decoding each line. Null where it is not so. */
  #ascii: string | null | undefined;

  /** Puts the cursor before the first line of the next region. */
  over(bytes: Buffer): this {
    this.bytes = bytes;
    this.#ascii = undefined;
    this.#next = 0;
    return this;
  }

  /** Goes to the next line; false when there is none. */
  next(): boolean {
    const { bytes } = this;
    if (this.#next >= bytes.length) return false;
    this.start = this.#next;
    this.line++;
    const found = bytes.indexOf(this.#separator, this.start);
    const stop = found === -1 ? bytes.length : found;
    this.#next = stop + 1;
    const endsInCr =
      this.#separator === LINE_FEED && found > this.start && bytes[found - 1] === CARRIAGE_RETURN;
    this.end = endsInCr ? found - 1 : stop;
    if (this.end - this.start > this.#context.maxPieceBytes) throw lineTooLong(this.#context, this.line);
    return true;
  }

  /** Whether the line has nothing in it but white space. */
  isBlank(): boolean {
    for (let at = this.start; at < this.end; at++) {
      const byte = this.bytes[at] ?? 0;
      if (byte !== SPACE && (byte < TAB || byte > CARRIAGE_RETURN)) return false;
    }
    return true;
  }

  /** The line's bytes; valid as long as the region. */
  lineBytes(): Buffer {
    return this.bytes.subarray(this.start, this.end);
  }

  text(): string {
    if (this.#ascii === undefined) this.#ascii = isAscii(this.bytes) ? this.bytes.toString("latin1") : null;
    if (this.#ascii !== null) return this.#ascii.slice(this.start, this.end);
    return this.bytes.toString("utf8", this.start, this.end);
  }
}
