// Makes text from outside (items, ids, paths, error texts) safe to print: it cannot move the cursor, change the screen, or change the writing
// direction of what follows. The result is readable, but not meant to be parsed.
import { cutText } from "../core/cut-text.ts";
import { fitColumns } from "./width.ts";

/** Default maximum width of a value in a message, in columns. */
export const VALUE_COLUMNS = 300;

// Control characters (C0, DEL, C1); marks, embeddings, overrides and isolates of writing direction; line and paragraph
// separators; byte-order mark and annotation marks; surrogates without their other half.
const UNSAFE =
  // oxlint-disable-next-line no-control-regex -- it matches control characters
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]|\p{Surrogate}/gu;

function shown(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  return code <= 0xff ? `\\x${hex.padStart(2, "0")}` : `\\u{${hex}}`;
}

/** The text with its line ends shown as `↵`. `escapeControls` escapes all other control characters. */
export function oneLine(text: string): string {
  return text.replaceAll("\n", "↵");
}

/** A surrogate pair, another numeric escape, or any other JSON escape, which is skipped. */
const JSON_ESCAPE = /\\(?:u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})|u([0-9a-f]{4})|[^u])/gi;

/** JSON text in which numeric escapes (`\u2019`) are replaced by their characters, if these are safe and the text stays JSON. */
export function readableJson(json: string): string {
  return json.replace(JSON_ESCAPE, (written, ...digits: readonly (string | undefined)[]) => {
    const units = digits.slice(0, 3).filter((unit) => unit !== undefined);
    const character = String.fromCharCode(...units.map((unit) => Number.parseInt(unit, 16)));
    const isPlain = units.length > 0 && character !== '"' && character !== "\\";
    return isPlain && escapeControls(character) === character ? character : written;
  });
}

/** The text with every unsafe character written as `\xNN` or `\u{…}`. Its length is unlimited. */
export function escapeControls(text: string): string {
  return text.replace(UNSAFE, shown);
}

/**
 * The text for a message: escaped, on one line (line ends as `↵`), at most `columns` wide (the end replaced by `…`). Takes time proportional to
 * `columns` for any length of text.
 */
export function safeText(text: string, columns: number = VALUE_COLUMNS): string {
  // Text beyond this length cannot be shown anyway. The factor allows for combining marks, which take no column.
  const head = cutText(text, columns * 8);
  const fitted = fitColumns(escapeControls(oneLine(head)), columns);
  return head.length < text.length && !fitted.endsWith("…") ? `${fitColumns(fitted, columns - 1)}…` : fitted;
}

/** The end of a path distinguishes it, so a long path is cut in the middle. */
export function safePath(path: string, columns: number = VALUE_COLUMNS): string {
  const text = escapeControls(cutText(path, 8192));
  if (Bun.stringWidth(text) <= columns) return text;
  const slash = text.lastIndexOf("/");
  const tail = fitColumns(text.slice(slash + 1), Math.floor(columns / 2));
  const head = fitColumns(text.slice(0, slash + 1), columns - Bun.stringWidth(tail));
  return head + tail;
}

/** A copy of `params` in which every text, at any depth, is safe to print. `command` texts keep their full length, because they are to be copied. */
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
