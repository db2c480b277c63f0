import { expect, test } from "bun:test";
import { shuffleCheckpoint, shuffled } from "../../bench/reorder.ts";
import { scanLog } from "../../lib/checkpoint/log/log-reader.ts";
import { logStart } from "../../lib/checkpoint/log/log-start.ts";
import { readStatus } from "../../lib/checkpoint/status/status-file.ts";
import { realFileSystem } from "../../lib/io/fs.ts";
import { makeCheckpoint } from "../helpers/made-checkpoint.ts";
import { temporaryFolder } from "../helpers/result-log.ts";

test("shuffled() holds each number once, and none leaves its window", () => {
  const order = [...shuffled(1000, 64, 1)];
  expect(order.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, at) => at));
  expect(order.every((from, at) => Math.floor(from / 64) === Math.floor(at / 64))).toBe(true);
  expect(order).not.toEqual(order.toSorted((a, b) => a - b));
});

test("shuffleCheckpoint() leaves a checkpoint that verifies, with the same items in another order", () => {
  using folder = temporaryFolder();
  const { paths, status } = makeCheckpoint(folder.path, { records: 100 });
  shuffleCheckpoint(paths.log, paths.status, 100);
  const seen: number[] = [];
  const start = logStart(status);
  const { valid, fault } = scanLog(realFileSystem, paths.log, start, (frame) => seen.push(frame.index));
  expect(fault).toBeNull();
  expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, at) => at));
  expect(seen).not.toEqual(seen.toSorted((a, b) => a - b));
  const after = readStatus(realFileSystem, paths.status);
  expect(after.kind === "good" && after.status.log).toEqual(valid);
});
