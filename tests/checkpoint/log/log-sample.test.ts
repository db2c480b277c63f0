// A sample of a log: all of a short one, some of every part of a long one, and never a record that is not whole.
import { expect, test } from "bun:test";
import * as fs from "node:fs";
import { sampleLog } from "../../../lib/checkpoint/log/log-sample.ts";
import { recordIdentity } from "../../../lib/checkpoint/record/read-record.ts";
import { realFileSystem } from "../../../lib/io/fs.ts";
import { addAll, newPaths, openSession } from "../../helpers/checkpoint.ts";

async function logOf(count: number): Promise<string> {
  const paths = newPaths();
  const session = openSession(paths, { total: count });
  await session.begin();
  addAll(
    session,
    Array.from({ length: count }, (_, i) => i),
  );
  await session.commit();
  session.close();
  return paths.log;
}

/** The words of a sampled record's hash tell its item. */
function sampled(log: string): number[] {
  const found = new Set<number>();
  sampleLog(realFileSystem, log, (frame, line) => found.add(recordIdentity(line, frame).hash[3] ?? -1));
  return [...found].toSorted((a, b) => a - b);
}

test("all records of a short log", async () => {
  expect(sampled(await logOf(100))).toEqual(Array.from({ length: 100 }, (_, i) => i));
});

test("of a long log some of its beginning, its end, and of what lies between", async () => {
  const count = 30_000;
  const log = await logOf(count);
  expect(fs.statSync(log).size).toBeGreaterThan(4 << 20);
  const found = sampled(log);
  expect(found.length).toBeLessThan(count / 3);
  for (let part = 0; part < 10; part++)
    expect(found.some((item) => item >= (part * count) / 10 && item < ((part + 1) * count) / 10)).toBe(true);
  expect([found[0], found.at(-1)]).toEqual([0, count - 1]);
});

test("no record that is damaged or cut off, and none of an empty log", async () => {
  const log = await logOf(3);
  const lines = fs.readFileSync(log, "utf8").split("\n");
  fs.writeFileSync(log, [lines[0], lines[1]?.replace("answer", "Answer"), lines[2]?.slice(0, -9)].join("\n"));
  expect(sampled(log)).toEqual([0]);
  fs.writeFileSync(log, "");
  expect(sampled(log)).toEqual([]);
});
