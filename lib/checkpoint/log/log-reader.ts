// Reads a result log and reports what it finds; the caller decides what it means (recovery, verify, plan, export).
import { LINE_FEED } from "../../core/ascii.ts";
import type { FormatVersion } from "../../core/format-version.ts";
import type { LogPosition } from "../../core/status.ts";
import { readFully } from "../../io/file.ts";
import { type FileSystem, O } from "../../io/fs.ts";
import { newerVersion, readFrame, RecordFrame } from "../record/record-frame.ts";
import type { LogStart } from "./log-start.ts";

const BLOCK_BYTES = 1 << 20;

/** A line of the log: `line` (without its end) is valid only during the call. */
export type LineVisitor = (line: Buffer, offset: number, ended: boolean) => boolean | void;

/**
 * Calls `visit` for each line from `offset` on, until it returns false. `ended` is false for a last line without its newline.
 * Memory: one block, or the longest line.
 * @returns the size of the file in bytes
 */
export function eachLine(fs: FileSystem, fd: number, offset: number, visit: LineVisitor): number {
  let block = Buffer.allocUnsafe(BLOCK_BYTES);
  let base = offset;
  let filled = 0;
  for (;;) {
    const count = fs.readSync(fd, block, filled, block.length - filled, base + filled);
    filled += count;
    let start = 0;
    const searchable = block.subarray(0, filled);
    for (
      let end = searchable.indexOf(LINE_FEED, filled - count);
      end >= 0;
      end = searchable.indexOf(LINE_FEED, start)
    ) {
      if (visit(block.subarray(start, end), base + start, true) === false) return base + filled;
      start = end + 1;
    }
    if (count === 0) {
      if (filled > start) visit(block.subarray(start, filled), base + start, false);
      return base + filled;
    }
    block.copyWithin(0, start, filled);
    base += start;
    filled -= start;
    if (filled === block.length) block = Buffer.concat([block], block.length * 2);
  }
}

export type LogFault = {
  readonly kind: "sum" | "version" | "sequence" | "chain" | "unended" | "newer";
  /** The number that the record should have, from 1. */
  readonly seq: number;
  readonly offset: number;
  /** The version of a line of a newer format. */
  readonly version: number | null;
};

export type LogScan = {
  /** End of the valid records: the offset after the last one, their number, the last `sum`. */
  readonly valid: LogPosition;
  readonly fileBytes: number;
  /** What follows the valid records, if anything. */
  readonly fault: LogFault | null;
};

/** Called for each valid record in order; `line` is valid only during the call. */
export type RecordVisitor = (frame: Readonly<RecordFrame>, line: Buffer, offset: number) => void;

/** Verifies records from `start` on (checksum, version, sequence, chain) until the first fault or the end. */
export function scanLog(
  fs: FileSystem,
  file: string,
  { position, version }: LogStart,
  visit: RecordVisitor,
): LogScan {
  const fd = fs.openSync(file, O.O_RDONLY | O.O_NOFOLLOW);
  try {
    let { bytes, records } = position;
    let fault: LogFault | null = null;
    const frame = new RecordFrame();
    const lastSum = Buffer.from(position.last_sum, "latin1");
    const fileBytes = eachLine(fs, fd, position.bytes, (line, offset, ended) => {
      const kind = lineFault(line, ended, frame) ?? placeFault(frame, version, records + 1, lastSum);
      if (kind !== null) {
        fault = { kind, seq: records + 1, offset, version: kind === "newer" ? newerVersion(line) : null };
        return false;
      }
      records++;
      frame.copySum(lastSum);
      bytes = offset + line.length + 1;
      visit(frame, line, offset);
      return true;
    });
    const size = fault === null ? fileBytes : fs.fstatSync(fd).size;
    return { valid: { bytes, records, last_sum: lastSum.toString("latin1") }, fileBytes: size, fault };
  } finally {
    fs.closeSync(fd);
  }
}

/** The fault of a line as a record; null for a valid record, which fills `frame`. */
function lineFault(line: Buffer, ended: boolean, frame: RecordFrame): LogFault["kind"] | null {
  if (!ended) return "unended";
  if (readFrame(line, frame)) return null;
  return newerVersion(line) === null ? "sum" : "newer";
}

/** The fault of a record in its position, or null. @param prev the digits of the previous sum, as ASCII */
function placeFault(
  frame: RecordFrame,
  version: FormatVersion,
  seq: number,
  prev: Uint8Array,
): LogFault["kind"] | null {
  if (frame.version !== version) return "version";
  if (frame.seq !== seq) return "sequence";
  return frame.follows(prev) ? null : "chain";
}

/** Reads the line at an offset, without its line end. Null when there is no complete line. */
export function readLineAt(fs: FileSystem, fd: number, offset: number): Buffer | null {
  for (let length = 4096; ; length *= 4) {
    const bytes = readFully(fs, fd, offset, length);
    const end = bytes.indexOf(LINE_FEED);
    if (end >= 0) return bytes.subarray(0, end);
    if (bytes.length < length) return null;
  }
}
