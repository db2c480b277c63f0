// Takes a record's line apart by position, without parsing JSON: for the plan by identity and for export, which read millions of them.
import { type HashWords, readHashWords } from "../../core/record-key.ts";
import { digitsEnd, matches, numberAt } from "./line-bytes.ts";
import { parseRecord } from "./record-codec.ts";
import { readHead, type RecordHead } from "./record-head.ts";

export type RecordSplit = {
  readonly index: number;
  readonly failed: boolean;
  /** JSON text of the id as a string, quotation marks included; null when the record has none. */
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
const ID_JSON = Buffer.from(',"id_json":');

const COMMA = 0x2c;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** What stands in front of the output or error of a record; there is one, valid until the next record is looked at. */
const front = {
  failed: false,
  /** The JSON text of the id; of no length when there is none. */
  idStart: 0,
  idEnd: 0,
  hashStart: 0,
  occurrence: 1,
  bodyStart: 0,
};

/** Reads what stands behind the head of a verified record's line into `front`. False when it is not of the known shape (another program's). */
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
  const counted = matches(line, hashEnd, OCCURRENCE);
  const occurrenceStart = hashEnd + OCCURRENCE.length;
  const occurrenceEnd = counted ? digitsEnd(line, occurrenceStart) : hashEnd + 1;
  if (line[hashEnd] !== QUOTE || !matches(line, occurrenceEnd, FP)) return false;
  const fpEnd = occurrenceEnd + FP.length + FP_DIGITS;
  const key = failed ? ERROR : OUTPUT;
  if (!matches(line, fpEnd, key)) return false;
  front.failed = failed;
  front.occurrence = counted ? numberAt(line, occurrenceStart, occurrenceEnd) : 1;
  front.bodyStart = fpEnd + key.length;
  return true;
}

const ownHead: RecordHead = { seq: 0, index: 0, headEnd: 0 };

/** The head of a line; valid until the next one is read. */
function headOf(line: Buffer): RecordHead {
  readHead(line, ownHead);
  return ownHead;
}

/** JSON text of the id of what is in `front`. */
function frontId(line: Buffer): string | null {
  return front.idEnd === front.idStart ? null : line.toString("utf8", front.idStart, front.idEnd);
}

/** Splits a verified record's line. Null when it is not of the known shape (another program's): parse it instead. */
export function splitRecord(line: Buffer): RecordSplit | null {
  const head = headOf(line);
  if (!readFront(line, head)) return null;
  const { index } = head;
  const { failed, hashStart, occurrence, bodyStart } = front;
  // Inside strings the quotation marks are escaped, and the keys behind `attempts` hold no object with a key of that name:
  // the last place is the record's own.
  const bodyEnd = line.lastIndexOf(ATTEMPTS);
  if (bodyEnd < bodyStart) return null;
  return { index, failed, idJson: frontId(line), hashStart, occurrence, bodyStart, bodyEnd };
}

/** JSON text of an id that is no string; null when the record has none. @param bodyEnd of the split line */
export function idJsonAfter(line: Buffer, bodyEnd: number): string | null {
  // Inside strings the quotation marks are escaped.
  const at = line.indexOf(ID_JSON, bodyEnd);
  if (at === -1) return null;
  const start = at + ID_JSON.length;
  return line.toString("latin1", start, line.indexOf(COMMA, start));
}

/** Where the JSON string that begins at `from` ends: behind its closing quote. */
function stringEnd(line: Buffer, from: number): number {
  let at = from + 1;
  while (at < line.length && line[at] !== QUOTE) at += line[at] === BACKSLASH ? 2 : 1;
  return at + 1;
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

/** Which item a verified record's line belongs to. @param head of that line, where it has been read already */
export function recordIdentity(line: Buffer, head: RecordHead = headOf(line)): RecordIdentity {
  if (readFront(line, head)) {
    const { index } = head;
    const { failed, occurrence, hashStart } = front;
    const idJson = frontId(line);
    const id = idJson === null ? null : (JSON.parse(idJson) as string);
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
