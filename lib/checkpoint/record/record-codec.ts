// Record ↔ bytes. The grammar is in docs/format.md; keys stand in one order, `prev` and `sum` last, so that both ends are found by position.
import type { ParsedRecord, RecordKey, Result } from "../../core/record.ts";
import { matches } from "./line-bytes.ts";
import { readHead, type RecordHead } from "./record-head.ts";
import { FORMAT_VERSION, hasRightSum, SUM_DIGITS, shortHash } from "../status/seal.ts";

const PREV_KEY = ',"prev":"';
const SUM_KEY = '","sum":"';
/** What stands in `prev` of a session's first record. */
export function firstPrev(nonce: string): string {
  return shortHash(nonce);
}

/** The text of a record up to (not including) `prev`. */
export function recordBody(seq: number, key: RecordKey, fp: string, result: Result): string {
  let text = `{"v":${FORMAT_VERSION},"seq":${seq},"index":${key.index}`;
  if (result.status === "failed" && result.error.kind === "input") text += `,"line":${key.line}`;
  text += `,"status":"${result.status}"`;
  if (key.id !== null) text += `,"id":${JSON.stringify(key.id)}`;
  text += `,"hash":"${key.hash}"`;
  if (key.occurrence > 1) text += `,"n":${key.occurrence}`;
  text += `,"fp":"${fp}"`;
  text +=
    result.status === "ok" ? `,"output":${result.outputJson}` : `,"error":${JSON.stringify(result.error)}`;
  text += `,"attempts":${result.attempts}`;
  if (result.retries.length > 0) text += `,"retries":${JSON.stringify(result.retries)}`;
  if (result.marks !== undefined && result.marks.length > 0)
    text += `,"marks":${JSON.stringify(result.marks)}`;
  if (result.usage !== undefined) text += `,"usage":${JSON.stringify(result.usage)}`;
  const startedAt = isoTime(result.startedAtMs);
  text += `,"started_at":"${startedAt}","duration_ms":${Math.round(result.durationMs)}`;
  // Behind all that earlier executables find by position.
  return key.idIsJson ? `${text},"id_json":${key.id}` : text;
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

const digest = new Uint8Array(32);
const sumBytes = digest.subarray(0, SUM_DIGITS / 2);
const LINE_END = Buffer.from("\n");

/**
 * Writes a whole record line into `target` at `offset`.
 * @param prev the 16 digits of the record before
 * @returns the line's length in bytes and its `sum`; null when `target` may be too small (3 bytes a character are needed for certain)
 */
export function encodeRecord(
  target: Buffer,
  offset: number,
  body: string,
  prev: string,
): { readonly length: number; readonly sum: string } | null {
  const head = `${body}${PREV_KEY}${prev}${SUM_KEY}`;
  if (target.length - offset < head.length * 3 + SUM_DIGITS + 3) return null;
  const headBytes = target.write(head, offset);
  // The text is hashed as the UTF-8 that was just written; a view of those bytes for each record would cost more than the hash.
  Bun.SHA256.hash(head, digest);
  const sum = sumBytes.toHex();
  const tailBytes = target.write(`${sum}"}\n`, offset + headBytes, "latin1");
  return { length: headBytes + tailBytes, sum };
}

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
  const bodyEnd = text.lastIndexOf(PREV_KEY);
  const [head = "", oldSeq = ""] = /^\{"v":\d+,"seq":(\d+)/.exec(text) ?? [];
  const rest = text.slice(head.length, bodyEnd).replace(/,"origin":\d+$/, "");
  const body = `{"v":${FORMAT_VERSION},"seq":${seq}${rest},"origin":${oldSeq}${PREV_KEY}${prev}${SUM_KEY}`;
  const sum = shortHash(Buffer.from(body, "latin1"));
  return { bytes: Buffer.from(`${body}${sum}"}\n`, "latin1"), sum };
}

/** What is in the fixed places of a record, read without parsing JSON. */
export class RecordFrame implements RecordHead {
  seq: number = 0;
  index: number = 0;
  headEnd: number = 0;
  failed: boolean = false;
  /** The line that was read last; the sums are taken from it when they are asked for. */
  line: Buffer = NO_LINE;

  get prev(): string {
    const from = this.line.length - TAIL_LENGTH;
    return this.line.toString("latin1", from, from + SUM_DIGITS);
  }

  get sum(): string {
    const to = this.line.length - 2;
    return this.line.toString("latin1", to - SUM_DIGITS, to);
  }

  /** Whether this record names that sum as the one before it. @param sum its digits, as ASCII */
  follows(sum: Uint8Array): boolean {
    return sum.length === SUM_DIGITS && matches(this.line, this.line.length - TAIL_LENGTH, sum);
  }
}

/**
 * Checks a line (without its end) by its own checksum and reads its frame into `frame`, which is valid as long as the line.
 * @returns false when it is not a whole, valid record
 */
export function readFrame(line: Buffer, frame: RecordFrame): boolean {
  if (!hasOwnSum(line)) return false;
  frame.line = line;
  return readFields(line, frame);
}

const NO_LINE = Buffer.alloc(0);
const SUM_KEY_BYTES = Buffer.from(SUM_KEY);
/** `<16>","sum":"<16>"}`, behind `,"prev":"` */
const TAIL_LENGTH = SUM_DIGITS + SUM_KEY.length + SUM_DIGITS + 2;

/** Whether a line (without its end) ends like a record, and has the checksum that stands there. */
export function hasOwnSum(line: Buffer): boolean {
  const sumAt = line.length - 2 - SUM_DIGITS;
  if (line.length < TAIL_LENGTH + PREV_KEY.length) return false;
  if (line[line.length - 1] !== 0x7d || line[line.length - 2] !== 0x22) return false;
  if (!matches(line, sumAt - SUM_KEY.length, SUM_KEY_BYTES)) return false;
  Bun.SHA256.hash(line.subarray(0, sumAt), digest);
  for (let i = 0; i < SUM_DIGITS / 2; i++) {
    const high = hexDigit(line[sumAt + 2 * i]);
    const low = hexDigit(line[sumAt + 2 * i + 1]);
    if (high < 0 || low < 0 || high * 16 + low !== digest[i]) return false;
  }
  return true;
}

function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  return byte >= 0x61 && byte <= 0x66 ? byte - 0x57 : -1;
}

const STATUS = Buffer.from(',"status":"');

/** Reads seq, index and status by position; a line with other keys between them is parsed instead. */
function readFields(line: Buffer, frame: RecordFrame): boolean {
  readHead(line, frame);
  if (frame.headEnd === 0 || !matches(line, frame.headEnd, STATUS)) return parseFields(line, frame);
  const first = line[frame.headEnd + STATUS.length];
  if (first !== 0x6f && first !== 0x66) return false;
  frame.failed = first === 0x66;
  return true;
}

function parseFields(line: Buffer, frame: RecordFrame): boolean {
  const record = parseRecord(line);
  if (record === null) return false;
  frame.seq = record.seq;
  frame.index = record.index;
  frame.failed = record.status === "failed";
  return true;
}

/** A record's line as an object; null when it is not one of this format version. The checksum is not looked at. */
export function parseRecord(line: Buffer): ParsedRecord | null {
  try {
    const record = JSON.parse(line.toString("utf8")) as ParsedRecord;
    const good =
      record.v === FORMAT_VERSION &&
      Number.isSafeInteger(record.seq) &&
      Number.isSafeInteger(record.index) &&
      (record.status === "ok" || record.status === "failed") &&
      typeof record.hash === "string";
    return good ? record : null;
  } catch {
    // Not JSON; the caller decides what that means.
    return null;
  }
}

/**
 * The version above this one that a line (without its end) is of, or null. The rule of the checksum is that of all versions: a line without the right
 * one is damaged, whatever version it says.
 */
export function newerVersion(line: Buffer): number | null {
  const match = /^\{"v":(\d{1,9})[,}]/.exec(line.toString("latin1", 0, Math.min(line.length, 20)));
  const version = match === null ? 0 : Number(match[1]);
  return version > FORMAT_VERSION && hasRightSum(Buffer.concat([line, LINE_END])) ? version : null;
}
