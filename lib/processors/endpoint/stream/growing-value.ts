// A JSON value that grows by the pieces (deltas) of a stream. Strings are appended with `+=`, which JavaScriptCore does in constant time; a list of pieces to be joined would be no faster.
import { isScalar } from "../../../core/json-text.ts";

export type Growing = { [name: string]: unknown };

/** Values that say what something is. A piece may repeat them, and servers exist that make a new id for each piece: the first one counts. */
const FIRST_COUNTS: ReadonlySet<string> = new Set(["role", "type", "id", "call_id", "format"]);
/** Lists of parts; and the types of those parts that come in pieces. All others (images, encrypted reasoning) come whole. */
const LISTS_OF_PARTS: ReadonlySet<string> = new Set(["content", "thinking", "summary", "reasoning_details"]);
const COMES_IN_PIECES = /text|thinking|summary/;
/** Assumed size of a value that is no string. */
const SCALAR_SIZE = 8;

export class Grower {
  /** Size of everything that was added, in UTF-16 units. */
  size = 0;

  /** Adds a piece. It is not to be used afterwards: its objects become parts of `into`. */
  grow(into: Growing, piece: { readonly [name: string]: unknown }): void {
    for (const name of Object.keys(piece)) {
      const value = piece[name];
      const before = Object.hasOwn(into, name) ? into[name] : undefined;
      if (value !== null && value !== undefined) into[name] = this.#joined(name, before, value);
      else if (before === undefined) into[name] = null;
    }
  }

  /** Sets a field of which only the last value counts; null is none. */
  set(into: Growing, name: string, value: unknown): void {
    const isNew = !Object.hasOwn(into, name);
    if (isNew) this.size += sizeOf(value);
    if (isNew || value !== null) into[name] = value;
  }

  #joined(name: string, before: unknown, value: unknown): unknown {
    if (typeof value === "string") return this.#joinedText(name, before, value);
    if (isScalar(value)) return this.#added(value);
    if (Array.isArray(value)) return this.#joinedList(name, before, value);
    if (!isObject(before)) return this.#added(value);
    this.grow(before, value as Growing);
    return before;
  }

  #joinedText(name: string, before: unknown, value: string): unknown {
    // A text after parts of a content: its next part.
    if (Array.isArray(before)) return this.#joinedList(name, before, [{ type: "text", text: value }]);
    if (typeof before !== "string" || before === "") return this.#added(value);
    if (FIRST_COUNTS.has(name) || (name === "name" && before === value)) return before;
    this.size += value.length;
    return before + value;
  }

  #joinedList(name: string, before: unknown, pieces: readonly unknown[]): unknown {
    const list: unknown[] = Array.isArray(before) ? before : [];
    if (typeof before === "string" && before !== "") list.push({ type: "text", text: before });
    for (const piece of pieces) {
      const partner = isObject(piece) ? partnerIn(name, list, piece) : null;
      if (partner === null) list.push(this.#added(piece));
      else this.grow(partner, piece as Growing);
    }
    return list;
  }

  #added(value: unknown): unknown {
    this.size += sizeOf(value);
    return value;
  }
}

function isObject(value: unknown): value is Growing {
  return !isScalar(value) && !Array.isArray(value);
}

function sizeOf(value: unknown): number {
  if (typeof value === "string") return value.length;
  if (isScalar(value)) return SCALAR_SIZE;
  let size = SCALAR_SIZE;
  for (const part of Object.values(value as object)) size += sizeOf(part);
  return size;
}

/** The element of a list that a piece continues; null when the piece begins a new one. */
function partnerIn(name: string, list: readonly unknown[], piece: Growing): Growing | null {
  if (name === "tool_calls") return callFor(list, piece);
  const last = list.at(-1);
  const { type, index = 0 } = piece;
  const isPiece = LISTS_OF_PARTS.has(name) && typeof type === "string" && COMES_IN_PIECES.test(type);
  if (!isPiece || !isObject(last)) return null;
  return last["type"] === type && (last["index"] ?? 0) === index ? last : null;
}

/**
 * The tool call that a piece continues. Most servers number the calls. Some leave the number out (Gemini: each call comes whole), or number all calls
 * of an answer 0: a name with another id is then a new call. Others (vLLM) make a new id for each piece, but give the name only once.
 */
function callFor(list: readonly unknown[], piece: Growing): Growing | null {
  const { index, id } = piece;
  const isNamed = isFilled((isObject(piece["function"]) ? piece["function"] : piece)["name"]);
  for (let at = list.length - 1; at >= 0; at--) {
    const call = list[at];
    if (!isObject(call)) continue;
    const isOther = isFilled(id) && isFilled(call["id"]) && id !== call["id"];
    if (isOther && isNamed) continue;
    if (typeof index === "number" ? call["index"] === index : !isNamed || isFilled(id)) return call;
  }
  return null;
}

function isFilled(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}
