// Takes a record's line apart by position, without parsing JSON: for the plan by identity and for export, which read millions of them.
import { type HashWords, readHashWords } from "../core/record-key.ts";
import { parseRecord } from "./record-codec.ts";

export type RecordSplit = {
  readonly index: number;
  readonly failed: boolean;
  /** JSON text of the id, quotation marks included; null when the record has none. */
  readonly idJson: string | null;
  /** Where the 32 hex digits of the hash begin in the line. */
  readonly hashStart: number;
  readonly occurrence: number;
  /** Where the JSON text of the output, or of the error, stands in the line. */
  readonly bodyStart: number;
  readonly bodyEnd: number;
};

export const HASH_DIGITS = 32;
const FP_DIGITS = 8;

// What stands between the values, in the order of docs/format.md.
const SEQ = Buffer.from('{"v":1,"seq":');
const INDEX = Buffer.from(',"index":');
const LINE = Buffer.from(',"line":');
const STATUS_OK = Buffer.from(',"status":"ok"');
const STATUS_FAILED = Buffer.from(',"status":"failed"');
const ID = Buffer.from(',"id":"');
const HASH = Buffer.from(',"hash":"');
const OCCURRENCE = Buffer.from('","n":');
const FP = Buffer.from(',"fp":"');
const OUTPUT = Buffer.from('","output":');
const ERROR = Buffer.from('","error":');
const ATTEMPTS = Buffer.from(',"attempts":');

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Splits a verified record's line. Null when it is not of the known shape (another program's): parse it instead. */
export function splitRecord(line: Buffer): RecordSplit | null {
  if (!matches(line, 0, SEQ)) return null;
  const seqEnd = digitsEnd(line, SEQ.length);
  if (!matches(line, seqEnd, INDEX)) return null;
  const indexStart = seqEnd + INDEX.length;
  const indexEnd = digitsEnd(line, indexStart);
  const lineEnd = matches(line, indexEnd, LINE) ? digitsEnd(line, indexEnd + LINE.length) : indexEnd;
  const failed = matches(line, lineEnd, STATUS_FAILED);
  if (!failed && !matches(line, lineEnd, STATUS_OK)) return null;
  const statusEnd = lineEnd + (failed ? STATUS_FAILED : STATUS_OK).length;
  const idStart = statusEnd + ID.length - 1;
  const idEnd = matches(line, statusEnd, ID) ? stringEnd(line, idStart) : statusEnd;
  if (!matches(line, idEnd, HASH)) return null;
  const hashStart = idEnd + HASH.length;
  const hashEnd = hashStart + HASH_DIGITS;
  const counted = matches(line, hashEnd, OCCURRENCE);
  const occurrenceStart = hashEnd + OCCURRENCE.length;
  const occurrenceEnd = counted ? digitsEnd(line, occurrenceStart) : hashEnd + 1;
  if (line[hashEnd] !== QUOTE || !matches(line, occurrenceEnd, FP)) return null;
  const fpEnd = occurrenceEnd + FP.length + FP_DIGITS;
  const key = failed ? ERROR : OUTPUT;
  if (!matches(line, fpEnd, key)) return null;
  // Inside strings the quotation marks are escaped, and the keys behind `attempts` hold no object with a key of that name:
  // the last place is the record's own.
  const bodyStart = fpEnd + key.length;
  const bodyEnd = line.lastIndexOf(ATTEMPTS);
  if (bodyEnd < bodyStart) return null;
  return {
    index: number(line, indexStart, indexEnd),
    failed,
    idJson: idEnd === statusEnd ? null : line.toString("utf8", idStart, idEnd),
    hashStart,
    occurrence: counted ? number(line, occurrenceStart, occurrenceEnd) : 1,
    bodyStart,
    bodyEnd,
  };
}

function matches(line: Buffer, at: number, bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if (line[at + i] !== bytes[i]) return false;
  return true;
}

function digitsEnd(line: Buffer, from: number): number {
  let at = from;
  while (at < line.length && (line[at] ?? 0) >= 0x30 && (line[at] ?? 0) <= 0x39) at++;
  return at;
}

/** Where the JSON string that begins at `from` ends: behind its closing quote. */
function stringEnd(line: Buffer, from: number): number {
  let at = from + 1;
  while (at < line.length && line[at] !== QUOTE) at += line[at] === BACKSLASH ? 2 : 1;
  return at + 1;
}

function number(line: Buffer, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) value = value * 10 + ((line[at] ?? 0) - 0x30);
  return value;
}

export type RecordIdentity = {
  readonly failed: boolean;
  readonly id: string | null;
  /** Valid until the next record is looked at. */
  readonly hash: HashWords;
  readonly occurrence: number;
  readonly index: number;
};

const hashWords: HashWords = new Uint32Array(4);

/** Which item a verified record's line belongs to. */
export function recordIdentity(line: Buffer): RecordIdentity {
  const split = splitRecord(line);
  if (split !== null) {
    const id = split.idJson === null ? null : (JSON.parse(split.idJson) as string);
    const { failed, occurrence, index, hashStart } = split;
    return { failed, id, hash: readHashWords(line, hashStart, hashWords), occurrence, index };
  }
  const record = parseRecord(line);
  if (record === null) throw new Error("a verified record does not parse");
  return {
    failed: record.status === "failed",
    id: record.id ?? null,
    hash: readHashWords(Buffer.from(record.hash), 0, hashWords),
    occurrence: record.n ?? 1,
    index: record.index,
  };
}
