// Finds the array of items in JSON, byte by byte: the value itself, or one that stands at a path of names in it. Every other array outside of arrays is
// gone through in the same way, so that memory is that of one element; what is left (names, single values) is kept and parsed at the end, which
// validates it.
import {
  BACKSLASH,
  CARRIAGE_RETURN,
  CLOSE_BRACE,
  COLON,
  COMMA,
  LINE_FEED,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  SPACE,
  TAB,
} from "../core/ascii.ts";
import { CkptError } from "../core/errors.ts";
import { headText } from "../core/utf8.ts";
import { badFirst, excerpt, jsonProblem, malformed, type ReaderContext } from "./format-reader.ts";
import { EXCERPT_BYTES, JsonSplitter, type TakeElement } from "./json-splitter.ts";

/** Bytes outside of arrays: an object of more is no envelope of items. */
const REST_BYTES_MAX = 64 << 20;
const ARRAYS_NAMED_MAX = 20;
const EMPTY_ARRAY = Buffer.from("[]");

export class JsonEnvelope {
  readonly #context: ReaderContext;
  readonly #take: TakeElement;
  #line = 1;
  #firstLine = 1;
  /** Of the value itself, when that is the array. */
  #root: JsonSplitter | null = null;
  /** Of the array that is open now. */
  #splitter: JsonSplitter | null = null;
  readonly #rest: Buffer[] = [];
  #restBytes = 0;
  /** Names that lead to the open object; the last name in it. */
  readonly #names: string[] = [];
  #name = "";
  #depth = 0;
  /** Bytes of the string that is open; null outside of strings. */
  #string: Buffer[] | null = null;
  #escaped = false;
  #expectsName = false;
  /** A value is about to begin. */
  #expectsValue = false;
  #ended = false;
  readonly #arrays: string[] = [];
  /** What stands at the path, `array` where that is one; null while it has not been found. */
  #found: string | null = null;

  constructor(context: ReaderContext, take: TakeElement) {
    this.#context = context;
    this.#take = take;
  }

  /** @throws CkptError `input.badFirst`, `input.malformed`, `input.lineTooLong`, `input.noArray`; whatever `take` throws */
  push(block: Buffer): void {
    let at = 0;
    if (this.#depth === 0 && !this.#ended && this.#root === null) at = this.#begin(block);
    if (this.#root !== null) {
      this.#root.push(block, at);
      return;
    }
    while (at < block.length)
      at = this.#splitter === null ? this.#outside(block, at) : this.#inside(block, at);
  }

  /** To be called after the last block. @throws as push() */
  end(): void {
    if (this.#root !== null) {
      this.#root.end();
      return;
    }
    if (this.#splitter !== null || this.#depth > 0)
      throw malformed(
        this.#context,
        this.#splitter?.line ?? this.#line,
        "the input ends before the value does",
      );
    if (!this.#ended) return;
    try {
      JSON.parse(Buffer.concat(this.#rest).toString("utf8"));
    } catch (error) {
      throw malformed(
        this.#context,
        this.#line,
        `outside of the arrays it is no JSON (${jsonProblem(error)})`,
      );
    }
    if (this.#found !== "array")
      throw this.#noArray(this.#context.jsonPath === null ? "an object" : (this.#found ?? "nothing"));
  }

  /** Looks for the first byte of the value; returns where it stands. */
  #begin(block: Buffer): number {
    let at = 0;
    for (; at < block.length && isSpace(block[at]); at++) if (block[at] === LINE_FEED) this.#line++;
    const byte = block[at];
    this.#firstLine = this.#line;
    if (byte === undefined || byte === OPEN_BRACE) return at;
    if (this.#context.jsonPath !== null && byte === OPEN_BRACKET) throw this.#noArray("nothing");
    this.#root = new JsonSplitter(this.#context, this.#take, this.#line);
    return at;
  }

  /** Goes over bytes outside of arrays up to the next array or the end of the block; returns where it stopped. */
  #outside(block: Buffer, from: number): number {
    let at = from;
    for (; at < block.length; at++) {
      const byte = block[at] ?? 0;
      if (this.#string !== null) {
        at = this.#inString(block, at);
        continue;
      }
      if (isSpace(byte)) {
        if (byte === LINE_FEED) this.#line++;
        continue;
      }
      if (this.#ended) throw this.#moreAfter(block, from, at);
      if (byte === OPEN_BRACKET && this.#expectsValue) break;
      this.#token(byte);
    }
    this.#keep(block.subarray(from, at));
    if (at < block.length) this.#openArray();
    return at;
  }

  #token(byte: number): void {
    if (this.#expectsValue && byte !== COMMA && byte !== COLON) this.#valueBegins(byte);
    switch (byte) {
      case QUOTE:
        this.#string = [];
        return;
      case COLON:
        this.#expectsValue = true;
        return;
      case COMMA:
        this.#expectsName = true;
        return;
      case OPEN_BRACE:
        if (this.#depth++ > 0) this.#names.push(this.#name);
        this.#expectsName = true;
        return;
      case CLOSE_BRACE:
        this.#names.pop();
        this.#expectsName = false;
        this.#ended = --this.#depth <= 0;
        return;
      default:
    }
  }

  /** Reads on in a string, up to its closing quote; returns where that stands, or the last byte of the block. */
  #inString(block: Buffer, from: number): number {
    for (let at = from; at < block.length; at++) {
      const byte = block[at] ?? 0;
      if (this.#escaped) this.#escaped = false;
      else if (byte === BACKSLASH) this.#escaped = true;
      else if (byte === QUOTE) {
        this.#string?.push(Buffer.from(block.subarray(from, at)));
        if (this.#expectsName) this.#name = nameOf(this.#string ?? []);
        this.#expectsName = false;
        this.#string = null;
        return at;
      }
    }
    this.#string?.push(Buffer.from(block.subarray(from)));
    return block.length - 1;
  }

  #path(): string {
    return [...this.#names, this.#name].join(".");
  }

  #valueBegins(byte: number): void {
    this.#expectsValue = false;
    if (this.#found === null && this.#path() === this.#context.jsonPath) this.#found = kindOf(byte);
  }

  #openArray(): void {
    this.#expectsValue = false;
    const path = this.#path();
    const isWanted = path === this.#context.jsonPath;
    if (isWanted && this.#found === "array")
      throw malformed(this.#context, this.#line, `${excerpt(path)} stands there twice`);
    if (isWanted) this.#found = "array";
    if (this.#arrays.length < ARRAYS_NAMED_MAX) this.#arrays.push(path);
    const take = isWanted ? this.#take : this.#validate;
    this.#splitter = new JsonSplitter(this.#context, take, this.#line, true);
  }

  /** Hands bytes to the open array; returns where that ends, or the end of the block. */
  #inside(block: Buffer, from: number): number {
    const splitter = this.#splitter;
    if (splitter === null) return from;
    const at = splitter.push(block, from);
    if (splitter.isDone) {
      this.#line = splitter.line;
      this.#splitter = null;
      this.#keep(EMPTY_ARRAY);
    }
    return at;
  }

  readonly #validate: TakeElement = (bytes, line) => {
    try {
      JSON.parse(bytes.toString("utf8"));
    } catch (error) {
      throw malformed(
        this.#context,
        line,
        `${excerpt(headText(bytes.subarray(0, EXCERPT_BYTES)))} (${jsonProblem(error)})`,
      );
    }
  };

  #keep(bytes: Buffer): void {
    this.#restBytes += bytes.length;
    if (this.#restBytes > REST_BYTES_MAX)
      throw malformed(this.#context, this.#line, `more than ${REST_BYTES_MAX >> 20} MB outside of arrays`);
    if (bytes.length > 0) this.#rest.push(Buffer.from(bytes));
  }

  /** More than one value: without a path most likely JSON lines under another name. */
  #moreAfter(block: Buffer, from: number, at: number): CkptError {
    if (this.#context.jsonPath === null) {
      const head = Buffer.concat([...this.#rest, block.subarray(from)]).subarray(0, EXCERPT_BYTES);
      return badFirst(this.#context, this.#firstLine, `no array: ${excerpt(headText(head))}`);
    }
    const found = excerpt(headText(block.subarray(at, at + EXCERPT_BYTES)));
    return malformed(this.#context, this.#line, `more after the value: ${found}`);
  }

  #noArray(found: string): CkptError {
    const { shownPath: path, jsonPath } = this.#context;
    return new CkptError("input.noArray", { path, jsonPath, found, arrays: this.#arrays });
  }
}

function isSpace(byte: number | undefined): boolean {
  return byte === SPACE || byte === LINE_FEED || byte === CARRIAGE_RETURN || byte === TAB;
}

/** A name as it is meant; what is none is found when all is parsed. */
function nameOf(pieces: readonly Buffer[]): string {
  try {
    return String(JSON.parse(`"${Buffer.concat(pieces).toString("utf8")}"`));
  } catch {
    return "";
  }
}

function kindOf(byte: number): string {
  if (byte === OPEN_BRACE) return "an object";
  if (byte === QUOTE) return "a string";
  return byte === 0x6e ? "null" : byte === 0x74 || byte === 0x66 ? "true or false" : "a number";
}
