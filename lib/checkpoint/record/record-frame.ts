// The frame of a record, which verifies it and its position: checksum, number, and link to the previous record. Read by position, because a scan does
// it for millions of lines.
import { type FormatVersion, isKnownVersion, NEWEST_VERSION } from "../../core/format-version.ts";
import { hasRightSum, SUM_DIGITS, SUM_END } from "../checksum.ts";
import { digitsEnd, matches, numberAt } from "../line-bytes.ts";
import { parseRecord } from "./parse-record.ts";
import { inPattern, KEY, TAIL_LENGTH } from "./record-format.ts";

const VERSION = Buffer.from(KEY.version);
const SEQ = Buffer.from(KEY.seq);
const INDEX = Buffer.from(KEY.index);
export const STATUS: Buffer = Buffer.from(KEY.status);
const [O, F, ZERO] = [0x6f, 0x66, 0x30];
const NO_LINE = Buffer.alloc(0);

/** The head of a line. */
export type RecordHead = Pick<RecordFrame, "version" | "index" | "headEnd">;

/** The frame of a record. A scan creates one and fills it with each line in turn. */
export class RecordFrame {
  version: FormatVersion = 1;
  seq: number = 0;
  /** Position of the item in the input when it was run, from 0. */
  index: number = 0;
  failed: boolean = false;
  /** The offset after `index`; 0 when the line does not follow the grammar and was parsed instead. */
  headEnd: number = 0;
  /** The latest line; the sums are read from it on demand. */
  line: Buffer = NO_LINE;

  get prev(): string {
    const from = this.line.length - TAIL_LENGTH;
    return this.line.toString("latin1", from, from + SUM_DIGITS);
  }

  get sum(): string {
    return this.line.toString("latin1", this.#sumStart, this.#sumStart + SUM_DIGITS);
  }

  /** Writes the digits of `sum` into `target`, as ASCII. */
  copySum(target: Uint8Array): void {
    this.line.copy(target, 0, this.#sumStart, this.#sumStart + SUM_DIGITS);
  }

  /** Whether `prev` of this record is that sum. @param sum its digits, as ASCII */
  follows(sum: Uint8Array): boolean {
    return sum.length === SUM_DIGITS && matches(this.line, this.line.length - TAIL_LENGTH, sum);
  }

  get #sumStart(): number {
    return this.line.length - SUM_END.length - SUM_DIGITS;
  }
}

/**
 * Verifies the checksum of a line (without its line end) and reads its frame into `frame`, which is valid as long as the line.
 * @returns false when it is not a complete, valid record
 */
export function readFrame(line: Buffer, frame: RecordFrame): boolean {
  if (line.length < TAIL_LENGTH + KEY.prev.length || !hasRightSum(line)) return false;
  frame.line = line;
  readHead(line, frame);
  if (frame.headEnd === 0 || !matches(line, frame.headEnd, STATUS)) return parseHead(line, frame);
  const first = line[frame.headEnd + STATUS.length];
  frame.failed = first === F;
  return first === O || first === F;
}

/** Reads version, number and index of a line into `frame`. */
export function readHead(line: Buffer, frame: RecordFrame): void {
  frame.headEnd = 0;
  const version = (line[VERSION.length] ?? 0) - ZERO;
  if (!isKnownVersion(version) || !matches(line, 0, VERSION)) return;
  const seqStart = VERSION.length + 1 + SEQ.length;
  if (!matches(line, VERSION.length + 1, SEQ)) return;
  const seqEnd = digitsEnd(line, seqStart);
  if (!matches(line, seqEnd, INDEX)) return;
  const indexStart = seqEnd + INDEX.length;
  frame.headEnd = digitsEnd(line, indexStart);
  frame.version = version;
  frame.seq = numberAt(line, seqStart, seqEnd);
  frame.index = numberAt(line, indexStart, frame.headEnd);
}

/** The same of a line with other keys between them. */
function parseHead(line: Buffer, frame: RecordFrame): boolean {
  const record = parseRecord(line);
  if (record === null) return false;
  frame.version = record.v;
  frame.seq = record.seq;
  frame.index = record.index;
  frame.failed = record.status === "failed";
  return true;
}

const VERSION_PATTERN = new RegExp(String.raw`^${inPattern(KEY.version)}(\d{1,9})[,}]`);
const VERSION_LENGTH_MAX = 20;

/**
 * The version of a line (without its line end) if it is newer than the known ones, else null. All versions have the same checksum rule: a line with a
 * wrong checksum is damaged, whatever version it states.
 */
export function newerVersion(line: Buffer): number | null {
  const match = VERSION_PATTERN.exec(line.toString("latin1", 0, Math.min(line.length, VERSION_LENGTH_MAX)));
  const version = match === null ? 0 : Number(match[1]);
  return version > NEWEST_VERSION && hasRightSum(line) ? version : null;
}
