// JSON that keeps numbers as written: 64-bit ids lose no digit, 1.10 stays 1.10.
import type { JsonValue } from "./item.ts";

type Raw = { readonly rawJSON: string };
type SourceReviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;
type LosslessJson = {
  rawJSON(text: string): Raw;
  isRawJSON(value: unknown): value is Raw;
  parse(text: string, reviver: SourceReviver): unknown;
};

// ES2026 ("JSON.parse source text access"), which TypeScript's library does not declare yet.
const json = JSON as unknown as LosslessJson;

/** Parses JSON; every number becomes a raw JSON object that JSON.stringify writes back digit by digit. @throws SyntaxError */
export function parseLossless(text: string): unknown {
  return json.parse(text, (_key, value, context) =>
    typeof value === "number" && context.source !== undefined ? json.rawJSON(context.source) : value,
  );
}

/** A number that JavaScript may write otherwise than it stands in a JSON text. Inside strings, it only costs time. */
const UNUSUAL_NUMBER = /[:[,]\s*(?:-?\d+(?:[.eE]|\d{15})|-0)/;

/**
 * Parses JSON: most numbers as such, and as raw JSON objects those that would not be written back digit by digit. Much faster than parseLossless() where
 * there are none. @throws SyntaxError
 */
export function parseExact(text: string): unknown {
  if (!UNUSUAL_NUMBER.test(text)) return JSON.parse(text);
  return json.parse(text, (_key, value, context) =>
    typeof value === "number" && context.source !== undefined && context.source !== String(value)
      ? json.rawJSON(context.source)
      : value,
  );
}

/** Whether a value is neither an object nor a list; a number as it was written is neither. */
export function isScalar(value: unknown): boolean {
  return typeof value !== "object" || value === null || json.isRawJSON(value);
}

/** Follows a path of field names from `value`; undefined when a step is missing. Only own properties count. */
function follow(value: unknown, path: readonly string[]): unknown {
  let at: unknown = value;
  for (const name of path) {
    if (typeof at !== "object" || at === null || json.isRawJSON(at) || !Object.hasOwn(at, name))
      return undefined;
    at = (at as { readonly [key: string]: unknown })[name];
  }
  return at;
}

/**
 * The text of a field of a JSON value: a string as it is, a number as it was written, anything else as JSON.
 * @param text JSON text of the whole value
 * @param value the same, parsed; avoids a second parse when no number is involved
 * @param path field names, outermost first; own properties only
 * @returns undefined when the value has no such field
 */
export function fieldText(text: string, value: JsonValue, path: readonly string[]): string | undefined {
  const quick = follow(value, path);
  if (quick === undefined || typeof quick === "string") return quick;
  if (typeof quick === "boolean" || quick === null) return String(quick);
  return JSON.stringify(follow(parseLossless(text), path));
}

/** JSON text of a field of a JSON value, numbers as written. Parameters and undefined as of `fieldText`. @throws SyntaxError when it is nested too deeply */
export function fieldJson(text: string, value: JsonValue, path: readonly string[]): string | undefined {
  const quick = follow(value, path);
  if (typeof quick === "object" || typeof quick === "number")
    return JSON.stringify(follow(parseLossless(text), path));
  return quick === undefined ? undefined : JSON.stringify(quick);
}

/**
 * A field of a JSON value as a value of its own, in which every number is as it was written; undefined when there is no such field.
 * @param text @param value @param path as above
 */
export function fieldValue(text: string, value: JsonValue, path: readonly string[]): unknown {
  const quick = follow(value, path);
  if (typeof quick === "number" || (typeof quick === "object" && quick !== null))
    return follow(parseLossless(text), path);
  return quick;
}

/** A number, true, false or null, as its text stands. @throws SyntaxError for any other text */
export function rawJson(text: string): unknown {
  return json.rawJSON(text);
}

/** Whether a value of parseLossless() is a number. */
export function isRawJson(value: unknown): boolean {
  return json.isRawJSON(value);
}

/** JSON text without white space between tokens, numbers as written. @throws SyntaxError when `text` is not JSON */
export function compactJson(text: string): string {
  return JSON.stringify(parseLossless(text));
}

/** The same of text that is known to be JSON: most values are strings without escapes, which stay as they are. */
export function compactValue(text: string): string {
  return text.startsWith('"') && !text.includes("\\") ? text : compactJson(text);
}

/** What a JSON value says as a name: the text of a string, anything else as it is written. @param text one JSON value */
export function unquoted(text: string): string {
  return text.startsWith('"') ? String(JSON.parse(text)) : text;
}

/** JSON text that is the same for equal values: keys in one order, no white space, numbers as written. @throws SyntaxError when `text` is not JSON */
export function canonicalJson(text: string): string {
  return JSON.stringify(sorted(parseLossless(text)));
}

function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null || json.isRawJSON(value)) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(fields.map(([name, inner]) => [name, sorted(inner)]));
}
