// Result → the bytes of a record.
import type { RecordKey, Result } from "../../core/record.ts";
import { shortHash, SUM_DIGITS, SUM_END, SUM_KEY } from "../checksum.ts";
import { FORMAT_VERSION } from "../status/seal.ts";
import { inPattern, KEY } from "./record-format.ts";

/** What stands in `prev` of a session's first record. */
export function firstPrev(nonce: string): string {
  return shortHash(nonce);
}

/** The text of a record up to (not including) `prev`. */
export function recordBody(seq: number, key: RecordKey, fp: string, result: Result): string {
  let text = `${KEY.version}${FORMAT_VERSION}${KEY.seq}${seq}${KEY.index}${key.index}`;
  if (result.status === "failed" && result.error.kind === "input") text += KEY.line + key.line;
  text += `${KEY.status}${result.status}"`;
  if (key.id !== null) text += KEY.id + JSON.stringify(key.id);
  text += `${KEY.hash}${key.hash}"`;
  if (key.occurrence > 1) text += KEY.occurrence + key.occurrence;
  text += `${KEY.fp}${fp}"`;
  text += result.status === "ok" ? KEY.output + result.outputJson : KEY.error + JSON.stringify(result.error);
  text += KEY.attempts + result.attempts;
  if (result.retries.length > 0) text += KEY.retries + JSON.stringify(result.retries);
  if (result.marks !== undefined && result.marks.length > 0) text += KEY.marks + JSON.stringify(result.marks);
  if (result.usage !== undefined) text += KEY.usage + JSON.stringify(result.usage);
  text += `${KEY.startedAt}${isoTime(result.startedAtMs)}"${KEY.durationMs}${Math.round(result.durationMs)}`;
  // Behind all that earlier executables find by position.
  return key.idIsJson ? text + KEY.idJson + key.id : text;
}

let lastMs = Number.NaN;
let lastIso = "";

/** `2026-11-23T20:00:00.000Z`; many records have the time of the one before. */
function isoTime(ms: number): string {
  if (ms !== lastMs) {
    lastIso = new Date(ms).toISOString();
    lastMs = ms;
  }
  return lastIso;
}

/** No character (UTF-16 unit) takes more bytes in UTF-8. */
const UNIT_BYTES_MAX = 3;

/**
 * Writes a whole record line into `target` at `offset`.
 * @param prev the 16 digits of the record before
 * @returns the line's length in bytes and its `sum`; null when `target` may be too small
 */
export function encodeRecord(
  target: Buffer,
  offset: number,
  body: string,
  prev: string,
): { readonly length: number; readonly sum: string } | null {
  const head = headOf(body, prev);
  if (target.length - offset < head.length * UNIT_BYTES_MAX + SUM_DIGITS + SUM_END.length + 1) return null;
  const headBytes = target.write(head, offset);
  // The text is hashed as the UTF-8 that was just written; a view of those bytes for each record would cost more than the hash.
  const sum = shortHash(head);
  const tailBytes = target.write(`${sum}${SUM_END}\n`, offset + headBytes, "latin1");
  return { length: headBytes + tailBytes, sum };
}

/** A record up to the digits of its own checksum. */
function headOf(body: string, prev: string): string {
  return `${body}${KEY.prev}${prev}"${SUM_KEY}`;
}

const START = new RegExp(String.raw`^${inPattern(KEY.version)}\d+${KEY.seq}(\d+)`);
const ORIGIN = new RegExp(String.raw`${KEY.origin}\d+$`);

/**
 * The line (with its end) of a record that stands elsewhere now: numbered and linked anew, its old number in `origin`; all else byte for byte.
 * @param line a valid record, without its end
 */
export function relinkRecord(
  line: Buffer,
  seq: number,
  prev: string,
): { readonly bytes: Buffer; readonly sum: string } {
  // latin1 keeps each byte; what is replaced is ASCII.
  const text = line.toString("latin1");
  const [start = "", oldSeq = ""] = START.exec(text) ?? [];
  const rest = text.slice(start.length, text.lastIndexOf(KEY.prev)).replace(ORIGIN, "");
  const body = `${KEY.version}${FORMAT_VERSION}${KEY.seq}${seq}${rest}${KEY.origin}${oldSeq}`;
  const head = headOf(body, prev);
  const sum = shortHash(Buffer.from(head, "latin1"));
  return { bytes: Buffer.from(`${head}${sum}${SUM_END}\n`, "latin1"), sum };
}
