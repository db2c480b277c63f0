// Reads a record's line by position, without parsing JSON, for planning by identity and for export, which read millions of records. A line of another
// form (with additional keys) is parsed instead.
import { BACKSLASH, COMMA, QUOTE } from "../../core/ascii.ts";
import { objectFields } from "../../core/object-fields.ts";
import type { ParsedRecord } from "../../core/record.ts";
import type { RecordedResult } from "../../core/result-source.ts";
import { type HashWords, readHashWords, type UnitIdentity } from "../../core/record-key.ts";
import type { IdStyle } from "../../core/status.ts";
import { hasRightSum } from "../checksum.ts";
import { digitsEnd, matches, numberAt } from "../line-bytes.ts";
import { parseRecord } from "./parse-record.ts";
import { FP_DIGITS, HASH_DIGITS, KEY } from "./record-format.ts";
import { readHead, RecordFrame, type RecordHead } from "./record-frame.ts";

// The bytes between the values, in the order of the grammar.
const LINE = Buffer.from(KEY.line);
const STATUS_OK = Buffer.from(`${KEY.status}ok"`);
const STATUS_FAILED = Buffer.from(`${KEY.status}failed"`);
const ID = Buffer.from(`${KEY.id}"`);
const HASH = Buffer.from(KEY.hash);
const OCCURRENCE = Buffer.from(KEY.occurrence);
const REPEAT = Buffer.from(KEY.repeat);
const FP = Buffer.from(KEY.fp);
const OUTPUT = Buffer.from(`"${KEY.output}`);
const ERROR = Buffer.from(`"${KEY.error}`);
export const ATTEMPTS: Buffer = Buffer.from(KEY.attempts);
const ID_JSON = Buffer.from(KEY.idJson);
const IMPORT = Buffer.from(KEY.import);

/** The values before the output or error of a record. One shared object, valid until the next record. */
const front = {
  failed: false,
  /** The JSON text of the id; empty without an id. */
  idStart: 0,
  idEnd: 0,
  hashStart: 0,
  occurrence: 1,
  repeat: 1,
  fpStart: 0,
  bodyStart: 0,
};

/** Reads the values after the head of a verified record into `front`. False for an unknown form. */
function readFront(line: Buffer, { headEnd }: RecordHead): boolean {
  if (headEnd === 0) return false;
  const lineEnd = matches(line, headEnd, LINE) ? digitsEnd(line, headEnd + LINE.length) : headEnd;
  const failed = matches(line, lineEnd, STATUS_FAILED);
  if (!failed && !matches(line, lineEnd, STATUS_OK)) return false;
  const statusEnd = lineEnd + (failed ? STATUS_FAILED : STATUS_OK).length;
  const hasId = matches(line, statusEnd, ID);
  front.idStart = hasId ? statusEnd + ID.length - 1 : statusEnd;
  front.idEnd = hasId ? stringEnd(line, front.idStart) : statusEnd;
  if (!matches(line, front.idEnd, HASH)) return false;
  front.hashStart = front.idEnd + HASH.length;
  const hashEnd = front.hashStart + HASH_DIGITS;
  if (line[hashEnd] !== QUOTE) return false;
  const countedEnd = readCounts(line, hashEnd + 1);
  if (!matches(line, countedEnd, FP)) return false;
  const fpEnd = countedEnd + FP.length + FP_DIGITS;
  const key = failed ? ERROR : OUTPUT;
  if (!matches(line, fpEnd, key)) return false;
  front.failed = failed;
  front.fpStart = fpEnd - FP_DIGITS;
  front.bodyStart = fpEnd + key.length;
  return true;
}

/** Reads occurrence and answer number of a record. Returns the offset after them. */
function readCounts(line: Buffer, from: number): number {
  front.occurrence = 1;
  front.repeat = 1;
  let end = from;
  if (matches(line, end, OCCURRENCE)) {
    const start = end + OCCURRENCE.length;
    end = digitsEnd(line, start);
    front.occurrence = numberAt(line, start, end);
  }
  if (matches(line, end, REPEAT)) {
    const start = end + REPEAT.length;
    end = digitsEnd(line, start);
    front.repeat = numberAt(line, start, end);
  }
  return end;
}

const ownFrame = new RecordFrame();

/** The head of a line; valid until the next one is read. */
function headOf(line: Buffer): RecordHead {
  readHead(line, ownFrame);
  return ownFrame;
}

/** JSON text of the id in `front`, with quotation marks; null without an id. */
function frontId(line: Buffer): string | null {
  return front.idEnd === front.idStart ? null : line.toString("utf8", front.idStart, front.idEnd);
}

/** The offset after the closing quote of the JSON string at `from`. */
function stringEnd(line: Buffer, from: number): number {
  let at = from + 1;
  while (at < line.length && line[at] !== QUOTE) at += line[at] === BACKSLASH ? 2 : 1;
  return at + 1;
}

/** The result in a line of the log, after verifying its checksum; null when it is not a valid record. */
export function readResult(line: Buffer, ids: IdStyle): RecordedResult | null {
  if (!hasRightSum(line)) return null;
  if (!readFront(line, headOf(line))) return parseResult(line, ids);
  const { failed, repeat, hashStart, bodyStart: start } = front;
  // Quotation marks inside strings are escaped, and objects after `attempts` have no key of that name: so the last occurrence is the record's own
  // key.
  const end = line.lastIndexOf(ATTEMPTS);
  if (end < start) return parseResult(line, ids);
  const idJson = (ids === "json" ? idJsonBehind(line, end) : null) ?? frontId(line);
  const hash = line.toString("latin1", hashStart, hashStart + HASH_DIGITS);
  return { failed, repeat, idJson, hash, bytes: line, start, end, details: ownDetails };
}

/** JSON text of an id that is not a string; null when there is none after `from`. */
function idJsonBehind(line: Buffer, from: number): string | null {
  // Quotation marks inside strings are escaped.
  const at = line.indexOf(ID_JSON, from);
  if (at === -1) return null;
  const start = at + ID_JSON.length;
  return line.toString("latin1", start, line.indexOf(COMMA, start));
}

/** The same for a record with reordered or additional keys, from another version of ckpt. */
function parseResult(line: Buffer, ids: IdStyle): RecordedResult | null {
  const fields = objectFields(line.toString("utf8"));
  const failed = fields.get("status") === '"failed"';
  const body = fields.get(failed ? "error" : "output");
  const hash = fields.get("hash");
  if (body === undefined || hash === undefined) return null;
  const bytes = Buffer.from(body);
  const idJson = (ids === "json" ? fields.get("id_json") : undefined) ?? fields.get("id") ?? null;
  const repeat = Number(fields.get("repeat") ?? 1);
  const details = (): ParsedRecord => detailsIn(line);
  return { failed, repeat, idJson, hash: hash.slice(1, -1), bytes, start: 0, end: bytes.length, details };
}

/** Of a result whose bytes are its line: one function for all, since export makes millions of results. */
function ownDetails(this: RecordedResult): ParsedRecord {
  return detailsIn(this.bytes);
}

function detailsIn(line: Buffer): ParsedRecord {
  const record = parseRecord(line);
  if (record === null) throw new Error("a verified record does not parse");
  return record;
}

/** The unit of work of a record, and its outcome. */
export type RecordIdentity = UnitIdentity & {
  readonly failed: boolean;
  readonly index: number;
};

const hashWords: HashWords = new Uint32Array(4);

/** The unit of work of a verified record. @param head of that line, if already read */
export function recordIdentity(line: Buffer, head: RecordHead = headOf(line)): RecordIdentity {
  if (readFront(line, head)) {
    const { index } = head;
    const { failed, occurrence, repeat, hashStart } = front;
    const idJson = frontId(line);
    const id = idJson === null ? null : (JSON.parse(idJson) as string);
    return { failed, id, hash: readHashWords(line, hashStart, hashWords), occurrence, repeat, index };
  }
  const record = detailsIn(line);
  return {
    failed: record.status === "failed",
    id: record.id ?? null,
    hash: readHashWords(Buffer.from(record.hash), 0, hashWords),
    occurrence: record.n ?? 1,
    repeat: record.repeat ?? 1,
    index: record.index,
  };
}

/** The answer number of a verified record, from 1. @param head of that line */
export function recordRepeat(line: Buffer, head: RecordHead): number {
  if (head.version === 1) return 1;
  return readFront(line, head) ? front.repeat : recordIdentity(line, head).repeat;
}

/** JSON text of the output of a verified record, as it was received; null for a failure. @param head of that line */
export function recordedOutput(line: Buffer, head: RecordHead): string | null {
  if (!readFront(line, head)) return objectFields(line.toString("utf8")).get("output") ?? null;
  return front.failed ? null : line.toString("utf8", front.bodyStart, line.lastIndexOf(ATTEMPTS));
}

/** Fingerprint id of a verified record; null for an imported record. */
export function ownFingerprint(line: Buffer): string | null {
  if (readFront(line, headOf(line))) {
    // Quotation marks inside strings are escaped.
    const isImported = line.indexOf(IMPORT, line.lastIndexOf(ATTEMPTS)) !== -1;
    return isImported ? null : line.toString("latin1", front.fpStart, front.fpStart + FP_DIGITS);
  }
  const record = parseRecord(line);
  return record?.import === undefined ? (record?.fp ?? "") : null;
}
