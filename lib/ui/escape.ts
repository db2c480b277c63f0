// Makes text that comes from outside (items, ids, paths, error texts) safe to print: nothing in it can move the cursor, change
// the screen, or turn the direction of what follows. What is shown stays readable; it is not meant to be parsed back.
import { cutText } from "../core/cut-text.ts";
import { fitColumns } from "./width.ts";

/** Columns that a value may take in a message, unless the caller says otherwise. */
export const VALUE_COLUMNS = 300;

// Control characters (C0, DEL, C1); marks, embeddings, overrides and isolates of writing direction; line and paragraph
// separators; byte-order mark and annotation marks; surrogates without their other half.
const UNSAFE =
  // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]|\p{Surrogate}/gu;

function shown(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  return code <= 0xff ? `\\x${hex.padStart(2, "0")}` : `\\u{${hex}}`;
}

/** The text with its line ends shown, for what people are to read; `escapeControls` writes all other control characters. */
export function oneLine(text: string): string {
  return text.replaceAll("\n", "↵");
}

/** A pair of surrogates, another character by its number, or any other escape of JSON, which is passed over. */
const JSON_ESCAPE = /\\(?:u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})|u([0-9a-f]{4})|[^u])/gi;

/** JSON text in which characters that are written by their numbers (`\u2019`) stand as they are, where they are safe and the text stays JSON. */
export function readableJson(json: string): string {
  return json.replace(JSON_ESCAPE, (written, ...digits: readonly (string | undefined)[]) => {
    const units = digits.slice(0, 3).filter((unit) => unit !== undefined);
    const character = String.fromCharCode(...units.map((unit) => Number.parseInt(unit, 16)));
    const isPlain = units.length > 0 && character !== '"' && character !== "\\";
    return isPlain && escapeControls(character) === character ? character : written;
  });
}

/** The text with every unsafe character written as `\xNN` or `\u{…}`; its length is not bounded. */
export function escapeControls(text: string): string {
  return text.replace(UNSAFE, shown);
}

/**
 * The text as a message may show it: escaped, on one line (its line ends as `↵`), at most `columns` wide (the end replaced by `…`).
 * Takes time in proportion to `columns`, however long the text is.
 */
export function safeText(text: string, columns: number = VALUE_COLUMNS): string {
  // A character is at most one column narrower than it is long, so the part beyond this bound could not be shown anyway; marks
  // that combine take no column, hence the factor.
  const head = cutText(text, columns * 8);
  const fitted = fitColumns(escapeControls(oneLine(head)), columns);
  return head.length < text.length && !fitted.endsWith("…") ? `${fitColumns(fitted, columns - 1)}…` : fitted;
}

/** The last part of a path is what tells paths apart: a long one is cut in the middle. */
export function safePath(path: string, columns: number = VALUE_COLUMNS): string {
  const text = escapeControls(cutText(path, 8192));
  if (Bun.stringWidth(text) <= columns) return text;
  const slash = text.lastIndexOf("/");
  const tail = fitColumns(text.slice(slash + 1), Math.floor(columns / 2));
  const head = fitColumns(text.slice(0, slash + 1), columns - Bun.stringWidth(tail));
  return head + tail;
}

/** A copy of `params` in which every text, at any depth, is safe. `command` texts keep their whole length: they are to be copied. */
export function safeParams<T>(params: T): T {
  return safeValue(params, "") as T;
}

function safeValue(value: unknown, key: string): unknown {
  if (typeof value === "string") return safeString(value, key);
  if (Array.isArray(value)) return value.map((entry) => safeValue(entry, key));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, safeValue(entry, name)]));
}

function safeString(text: string, key: string): string {
  if (key === "command") return escapeControls(text);
  return key === "path" || key === "dir" ? safePath(text) : safeText(text);
}
