// Takes a record's line apart by position, without parsing JSON: for the plan by identity and for export, which read millions of them.
import { parseRecord } from "./record-codec.ts";

export type RecordSplit = {
  readonly index: number;
  readonly failed: boolean;
  /** JSON text of the id, quotation marks included; null when the record has none. */
  readonly idJson: string | null;
  /** 32 hex digits. */
  readonly hash: string;
  readonly occurrence: number;
  /** Where the JSON text of the output, or of the error, stands in the line. */
  readonly bodyStart: number;
  readonly bodyEnd: number;
};

const HEAD =
  /^\{"v":1,"seq":\d+,"index":(\d+)(?:,"line":\d+)?,"status":"(ok|failed)"(?:,"id":("(?:[^"\\]|\\.)*"))?,"hash":"([0-9a-f]{32})"(?:,"n":(\d+))?,"fp":"[0-9a-f]{8}",(?:"output"|"error"):/;
const HEAD_GUESS_BYTES = 512;
const ATTEMPTS_KEY = Buffer.from(',"attempts":');

/** Splits a verified record's line. Null when it is not of the known shape (another program's): parse it instead. */
export function splitRecord(line: Buffer): RecordSplit | null {
  const match =
    HEAD.exec(line.toString("latin1", 0, Math.min(line.length, HEAD_GUESS_BYTES))) ??
    HEAD.exec(line.toString("latin1"));
  if (match === null) return null;
  const [head, index = "", status, id, hash = "", occurrence] = match;
  // Inside strings the quotation marks are escaped, and the keys behind `attempts` hold no object with a key of that name:
  // the last place is the record's own.
  const bodyEnd = line.lastIndexOf(ATTEMPTS_KEY);
  if (bodyEnd < head.length) return null;
  return {
    index: Number(index),
    failed: status === "failed",
    idJson: id === undefined ? null : Buffer.from(id, "latin1").toString("utf8"),
    hash,
    occurrence: occurrence === undefined ? 1 : Number(occurrence),
    bodyStart: head.length,
    bodyEnd,
  };
}

export type RecordIdentity = {
  readonly failed: boolean;
  readonly id: string | null;
  readonly hash: string;
  readonly occurrence: number;
  readonly index: number;
};

/** Which item a verified record's line belongs to. */
export function recordIdentity(line: Buffer): RecordIdentity {
  const split = splitRecord(line);
  if (split !== null) {
    const id = split.idJson === null ? null : (JSON.parse(split.idJson) as string);
    return { failed: split.failed, id, hash: split.hash, occurrence: split.occurrence, index: split.index };
  }
  const record = parseRecord(line);
  if (record === null) throw new Error("a verified record does not parse");
  return {
    failed: record.status === "failed",
    id: record.id ?? null,
    hash: record.hash,
    occurrence: record.n ?? 1,
    index: record.index,
  };
}
