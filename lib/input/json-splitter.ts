// Cuts one JSON array into its elements, byte by byte, in memory for one element. It finds where an element ends and drops white space
// between tokens; whether an element is JSON, JSON.parse says afterwards, so nothing here may turn what is not JSON into JSON.
import { BACKSLASH, CLOSE_BRACKET, COMMA, LINE_FEED, OPEN_BRACKET, QUOTE } from "../core/ascii.ts";
import { headText } from "../core/utf8.ts";
import { type ReaderContext, badFirst, excerpt, lineTooLong, malformed } from "./format-reader.ts";

/** Takes the bytes of an element (valid during the call) and the line on which it begins. */
export type TakeElement = (bytes: Buffer, line: number) => void;

type Phase = "beforeArray" | "beforeFirst" | "beforeElement" | "inElement" | "afterArray";

/** Enough for an excerpt of the widest characters. */
export const EXCERPT_BYTES = 512;

/** What a byte is to the splitter. A word is a part of a number or a name, or whatever has no business in JSON. */
const WORD = 0;
const SPACE = 1;
const OPEN = 2;
const CLOSE = 3;
const STRING = 4;
const OTHER = 5;
const KIND = new Uint8Array(256);
for (const [kind, characters] of [
  [SPACE, " \t\r\n"],
  [OPEN, "[{"],
  [CLOSE, "]}"],
  [STRING, '"'],
  [OTHER, ",:"],
] as const) {
  for (const character of characters) KIND[character.charCodeAt(0)] = kind;
}

export class JsonSplitter {
  readonly #context: ReaderContext;
  readonly #take: TakeElement;
  #phase: Phase = "beforeArray";
  #line: number;
  readonly #nested: boolean;
  /** The element so far, without white space. */
  #element = Buffer.allocUnsafe(4096);
  #length = 0;
  #elementLine = 1;
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** White space was left out since the last byte that was kept. */
  #spaced = false;

  /**
   * @param line on which the first byte stands
   * @param nested what stands behind the array is somebody else's
   */
  constructor(context: ReaderContext, take: TakeElement, line: number = 1, nested: boolean = false) {
    this.#context = context;
    this.#take = take;
    this.#line = line;
    this.#nested = nested;
  }

  /** The array has come to its end. */
  get isDone(): boolean {
    return this.#phase === "afterArray";
  }

  /** Line of the byte that comes next. */
  get line(): number {
    return this.#line;
  }

  /**
   * Takes the bytes of a block from `from` on; returns where it stopped, which is the end of the block but for a nested array.
   * @throws CkptError `input.badFirst`, `input.malformed`, `input.lineTooLong`; whatever `take` throws
   */
  push(block: Buffer, from: number = 0): number {
    let at = from;
    while (at < block.length && !(this.#nested && this.isDone)) {
      if (this.#phase === "inElement") at = this.#copyElement(block, at);
      else at = this.#between(block, at);
    }
    return at;
  }

  /** To be called after the last block. Returns false when there was nothing but white space. */
  end(): boolean {
    if (this.#phase === "beforeArray") return false;
    if (this.#phase === "afterArray") return true;
    throw malformed(this.#context, this.#line, "the input ends before the array does");
  }

  /** Looks at one byte outside of any element; returns the offset of the next byte to look at. */
  #between(block: Buffer, at: number): number {
    const byte = block[at] ?? 0;
    if (KIND[byte] === SPACE) {
      if (byte === LINE_FEED) this.#line++;
      return at + 1;
    }
    switch (this.#phase) {
      case "beforeArray":
        if (byte !== OPEN_BRACKET) {
          const found = excerpt(headText(block.subarray(at, at + EXCERPT_BYTES)));
          throw badFirst(this.#context, this.#line, `no array: ${found}`);
        }
        this.#phase = "beforeFirst";
        return at + 1;
      case "afterArray":
        throw malformed(
          this.#context,
          this.#line,
          `more after the array: ${excerpt(headText(block.subarray(at, at + EXCERPT_BYTES)))}`,
        );
      default:
        if (byte === CLOSE_BRACKET && this.#phase === "beforeFirst") {
          this.#phase = "afterArray";
          return at + 1;
        }
        if (byte === COMMA || KIND[byte] === CLOSE) {
          const found = `${excerpt(String.fromCharCode(byte))} where a value should be`;
          throw malformed(this.#context, this.#line, found);
        }
        this.#begin();
        return at;
    }
  }

  #begin(): void {
    this.#phase = "inElement";
    this.#length = 0;
    this.#depth = 0;
    this.#spaced = false;
    this.#elementLine = this.#line;
  }

  /** Copies bytes of the element until it or the block ends; returns the offset of the next byte to look at. */
  #copyElement(block: Buffer, from: number): number {
    // At most one byte is added for each one read: a space that keeps two words apart stands for white space that was left out.
    this.#reserve(this.#length + (block.length - from) + 1);
    const element = this.#element;
    let length = this.#length;
    let at = from;
    for (; at < block.length; at++) {
      const byte = block[at] ?? 0;
      if (this.#inString) {
        element[length++] = byte;
        if (this.#escaped) this.#escaped = false;
        else if (byte === BACKSLASH) this.#escaped = true;
        else if (byte === QUOTE) this.#inString = false;
        continue;
      }
      const kind = KIND[byte];
      if (kind === SPACE) {
        if (byte === LINE_FEED) this.#line++;
        this.#spaced = true;
        continue;
      }
      if (this.#depth === 0 && (byte === COMMA || kind === CLOSE)) break;
      // `1 2` must not become `12`.
      if (this.#spaced && kind === WORD && KIND[element[length - 1] ?? 0] === WORD) element[length++] = 0x20;
      this.#spaced = false;
      if (kind === STRING) this.#inString = true;
      else if (kind === OPEN) this.#depth++;
      else if (kind === CLOSE) this.#depth--;
      element[length++] = byte;
    }
    this.#length = length;
    if (length > this.#context.maxPieceBytes) throw lineTooLong(this.#context, this.#elementLine);
    if (at < block.length) this.#finish(block[at] ?? 0);
    return at + 1;
  }

  #finish(byte: number): void {
    if (byte !== COMMA && byte !== CLOSE_BRACKET)
      throw malformed(this.#context, this.#line, '"}" in the array');
    this.#phase = byte === COMMA ? "beforeElement" : "afterArray";
    this.#take(this.#element.subarray(0, this.#length), this.#elementLine);
  }

  #reserve(bytes: number): void {
    if (bytes <= this.#element.length) return;
    const larger = Buffer.allocUnsafe(Math.max(bytes, this.#element.length * 2));
    larger.set(this.#element.subarray(0, this.#length));
    this.#element = larger;
  }
}
