// The fields of a JSON object, and the elements of an array, as written: order, digits and escapes are kept, also for names like `10`, which a JavaScript object would put first.

import { BACKSLASH, COLON, COMMA, QUOTE, SPACE } from "./ascii.ts";

/**
 * The JSON text of each field by its name, in order. A duplicate name keeps its first position and its last value, as with JSON.parse.
 * @param text JSON text of an object; known to be well formed
 */
export function objectFields(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  let at = skipSpace(text, text.indexOf("{") + 1);
  while (text.charCodeAt(at) === QUOTE) {
    const nameEnd = stringEnd(text, at);
    const name = JSON.parse(text.slice(at, nameEnd)) as string;
    at = skipSpace(text, nameEnd);
    if (text.charCodeAt(at) !== COLON) break;
    const start = skipSpace(text, at + 1);
    const end = valueEnd(text, start);
    fields.set(name, text.slice(start, end));
    at = skipSpace(text, end);
    if (text.charCodeAt(at) === COMMA) at = skipSpace(text, at + 1);
  }
  return fields;
}

/** The JSON text of each element of an array. @param text JSON text of an array; known to be well formed */
export function arrayElements(text: string): readonly string[] {
  const elements: string[] = [];
  let at = skipSpace(text, text.indexOf("[") + 1);
  while (at < text.length && text[at] !== "]") {
    const end = valueEnd(text, at);
    elements.push(text.slice(at, end));
    at = skipSpace(text, end);
    if (text.charCodeAt(at) === COMMA) at = skipSpace(text, at + 1);
  }
  return elements;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  // Space, tab, LF and CR are the only characters below `!` between tokens.
  while (at < text.length && text.charCodeAt(at) <= SPACE) at++;
  return at;
}

/** The offset after the closing quote of the JSON string that starts at `from`. */
export function stringEnd(text: string, from: number): number {
  for (let quote = text.indexOf('"', from + 1); quote !== -1; quote = text.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(quote - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return quote + 1;
  }
  return text.length;
}

/** The offset after the value that starts at `from`. */
function valueEnd(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length;) {
    switch (text[at]) {
      case '"':
        at = stringEnd(text, at);
        if (depth === 0) return at;
        continue;
      case "{":
      case "[":
        depth++;
        break;
      case "}":
      case "]":
        if (depth === 0) return at; // a number or a keyword, ended by the enclosing object
        if (--depth === 0) return at + 1;
        break;
      case ",":
      case " ":
      case "\t":
      case "\n":
      case "\r":
        if (depth === 0) return at;
        break;
      default:
    }
    at++;
  }
  return text.length;
}
