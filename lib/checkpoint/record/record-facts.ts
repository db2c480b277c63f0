// The facts of a record that an index keeps, for a million records in less than a second: they are read by position from both ends of the line, whose checksum has been
// verified. A line of another form is parsed.
import { CLOSE_BRACE, CLOSE_BRACKET } from "../../core/ascii.ts";
import type { ItemError, ParsedRecord, Usage } from "../../core/record.ts";
import type { UnitIdentity } from "../../core/record-key.ts";
import { SUM_DIGITS, SUM_END, SUM_KEY } from "../checksum.ts";
import { digitsEnd, matches, numberAt } from "../line-bytes.ts";
import { parseRecord } from "./parse-record.ts";
import { ATTEMPTS, recordIdentity, recordRepeat } from "./read-record.ts";
import { readHead, RecordFrame, STATUS } from "./record-frame.ts";
import { KEY, TAIL_LENGTH } from "./record-format.ts";

const PREV = Buffer.from(KEY.prev);
const SUM = Buffer.from(SUM_KEY);
const END = Buffer.from(SUM_END);
const STARTED_AT = Buffer.from(KEY.startedAt);
const DURATION = Buffer.from(KEY.durationMs);
const TTFT = Buffer.from(KEY.ttftMs);
const USAGE = Buffer.from(KEY.usage);
const MARKS = Buffer.from(KEY.marks);
const [O, F] = [0x6f, 0x66];
/** `2026-11-23T20:00:00.000Z` */
const TIME_LENGTH = 24;
const NO_MARKS: readonly string[] = [];

/** The facts of a line. One object is filled with each line in turn. */
export class RecordFacts {
  readonly head: RecordFrame = new RecordFrame();
  line: Buffer = this.head.line;
  failed: boolean = false;
  /** Milliseconds since the epoch. */
  startedAtMs: number = 0;
  durationMs: number = 0;
  /** To the first token, in milliseconds; null where the answer was not streamed. */
  ttftMs: number | null = null;
  usage: Usage | null = null;
  marks: readonly string[] = NO_MARKS;

  get index(): number {
    return this.head.index;
  }

  get repeat(): number {
    return recordRepeat(this.line, this.head);
  }

  identity(): UnitIdentity {
    return recordIdentity(this.line, this.head);
  }

  /** Why it failed; null for a success, and where that cannot be read. */
  error(): ItemError | null {
    return this.failed ? (parseRecord(this.line)?.error ?? null) : null;
  }
}

/** Reads a line, without its line end. False where it is no whole record: then the facts are those of no record. */
export function readFacts(line: Buffer, facts: RecordFacts): boolean {
  facts.line = line;
  if (!endsAsRecord(line)) return false;
  const { head } = facts;
  readHead(line, head);
  if (head.headEnd === 0 || !matches(line, head.headEnd, STATUS)) return parseFacts(line, facts);
  const first = line[head.headEnd + STATUS.length];
  if (first !== O && first !== F) return false;
  facts.failed = first === F;
  return readTail(line, facts) || parseFacts(line, facts);
}

function endsAsRecord(line: Buffer): boolean {
  const prevAt = line.length - TAIL_LENGTH - PREV.length;
  if (prevAt <= 0 || !matches(line, prevAt, PREV)) return false;
  const sumEnd = line.length - END.length;
  return matches(line, sumEnd, END) && matches(line, sumEnd - SUM_DIGITS - SUM.length, SUM);
}

/** What follows the output, from its end: quotation marks inside strings are escaped, so the last occurrence of a key is the record's own. */
function readTail(line: Buffer, facts: RecordFacts): boolean {
  const durationAt = line.lastIndexOf(DURATION);
  const startedAt = durationAt - 1 - TIME_LENGTH - STARTED_AT.length;
  if (startedAt <= 0 || !matches(line, startedAt, STARTED_AT)) return false;
  const timeAt = startedAt + STARTED_AT.length;
  const durationFrom = durationAt + DURATION.length;
  const durationTo = digitsEnd(line, durationFrom);
  facts.startedAtMs = timeMs(line, timeAt);
  facts.durationMs = numberAt(line, durationFrom, durationTo);
  facts.ttftMs = null;
  if (matches(line, durationTo, TTFT)) {
    const from = durationTo + TTFT.length;
    facts.ttftMs = numberAt(line, from, digitsEnd(line, from));
  }
  return readBefore(line, startedAt, facts);
}

/** Usage and marks, which stand before `end` where there are any. */
function readBefore(line: Buffer, end: number, facts: RecordFacts): boolean {
  facts.usage = null;
  facts.marks = NO_MARKS;
  let at = end;
  if (line[at - 1] === CLOSE_BRACE) {
    const from = line.lastIndexOf(USAGE, at);
    if (from === -1) return false;
    facts.usage = JSON.parse(line.toString("latin1", from + USAGE.length, at)) as Usage;
    at = from;
  }
  if (line[at - 1] === CLOSE_BRACKET) {
    const from = line.lastIndexOf(MARKS, at);
    // Else they are retries; and an output may have a field of that name.
    if (from > line.lastIndexOf(ATTEMPTS, at))
      facts.marks = JSON.parse(line.toString("utf8", from + MARKS.length, at)) as string[];
  }
  return true;
}

function parseFacts(line: Buffer, facts: RecordFacts): boolean {
  const record = parseRecord(line);
  if (record === null) return false;
  const { head } = facts;
  head.headEnd = 0; // what follows it is parsed, too
  head.version = record.v;
  head.seq = record.seq;
  head.index = record.index;
  fill(facts, record);
  return true;
}

function fill(facts: RecordFacts, record: ParsedRecord): void {
  facts.failed = record.status === "failed";
  facts.startedAtMs = Date.parse(record.started_at) || 0;
  facts.durationMs = record.duration_ms;
  facts.ttftMs = record.ttft_ms ?? null;
  facts.usage = record.usage ?? null;
  facts.marks = record.marks ?? NO_MARKS;
}

let lastDay = -1;
let lastDayMs = 0;

/** An ISO time in UTC, by its digits. */
function timeMs(line: Buffer, at: number): number {
  const number = (from: number, digits: number): number => numberAt(line, at + from, at + from + digits);
  const [year, month, day] = [number(0, 4), number(5, 2), number(8, 2)];
  const date = (year * 100 + month) * 100 + day;
  if (date !== lastDay) {
    lastDay = date;
    lastDayMs = Date.UTC(year, month - 1, day);
  }
  const minutes = number(11, 2) * 60 + number(14, 2);
  return lastDayMs + (minutes * 60 + number(17, 2)) * 1000 + number(20, 3);
}
