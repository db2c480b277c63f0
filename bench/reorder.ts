// Puts the records of a checkpoint into another order, as many slow items would have, with right numbers, sums and links: what ckpt refuses to read
// otherwise. Shuffles are seeded, so that each run of the benchmark sees the same.
import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { firstPrev, relinkRecord } from "../lib/checkpoint/record/write-record.ts";
import { encodeStatus } from "../lib/checkpoint/status/status-file.ts";
import type { LogPosition, Status } from "../lib/core/status.ts";
import { writeAll } from "../lib/io/file.ts";
import { realFileSystem } from "../lib/io/fs.ts";
import { seededRandom } from "../tests/helpers/seed.ts";

const NEWLINE = 0x0a;
const LINES_AT_ONCE = 4096;

/** Shuffles the records of log and status in place, within blocks of `window` records. Holds the log in memory. */
export function shuffleCheckpoint(log: string, status: string, window: number): void {
  const before = JSON.parse(readFileSync(status, "utf8")) as Status;
  const bytes = readFileSync(log);
  const lines = lineStarts(bytes);
  const order = shuffled(lines.length - 1, window, 1);
  const position = writeRecords(bytes, lines, order, before.session.nonce, log);
  writeFileSync(status, encodeStatus({ ...before, log: position }));
}

/** Where each line begins, and where the last one ends. */
function lineStarts(bytes: Buffer): number[] {
  const starts = [0];
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) starts.push(at + 1);
  return starts;
}

/** Writes the log anew in this order. @returns where it ends */
function writeRecords(
  bytes: Buffer,
  starts: readonly number[],
  order: Uint32Array,
  nonce: string,
  log: string,
): LogPosition {
  const fd = openSync(log, "w");
  let [written, lastSum] = [0, firstPrev(nonce)];
  let lines: Buffer[] = [];
  order.forEach((from, at) => {
    const line = bytes.subarray(starts[from], (starts[from + 1] ?? 0) - 1);
    const moved = relinkRecord(line, { version: 1, seq: at + 1, prev: lastSum }, "origin");
    lastSum = moved.sum;
    written += moved.bytes.length;
    lines.push(moved.bytes);
    if (lines.length === LINES_AT_ONCE || at === order.length - 1) {
      writeAll(realFileSystem, fd, Buffer.concat(lines));
      lines = [];
    }
  });
  closeSync(fd);
  return { bytes: written, records: order.length, last_sum: lastSum };
}

/** 0 … count - 1, shuffled within blocks of `window`. */
export function shuffled(count: number, window: number, seed: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, at) => at);
  const next = seededRandom(seed);
  for (let from = 0; from < count; from += window) {
    for (let last = Math.min(from + window, count) - 1; last > from; last--) {
      const other = from + Math.floor(next() * (last - from + 1));
      [order[last], order[other]] = [order[other] ?? 0, order[last] ?? 0];
    }
  }
  return order;
}
