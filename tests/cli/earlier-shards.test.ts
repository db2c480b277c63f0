// Folders of shards that earlier executables have left: they are resumed, merged and divided anew; nothing is refused, and no recorded item is run again.
import { describe, expect, test } from "bun:test";
import { ckpt, type Ran, read } from "../helpers/ckpt.ts";
import { earlierJob } from "../helpers/earlier-checkpoint.ts";

const SOLVE = 'echo "$1" >> marks; case "$1" in *" 3?"*) exit 3;; esac; printf %s "$1"';
const ITEMS = 16;

/** Runs a shard with the words that made the fixtures. */
function shard(folder: string, which: string, words: readonly string[] = []): Promise<Ran> {
  const run = ["run", "q.jsonl", "--id", "id", "-j", "1", "--progress", "none", "--shard", which];
  return ckpt(folder, [...run, ...words, "--", "sh", "-c", SOLVE, "x", "{question}"]);
}

/** The number of the item of each attempt. */
const attempts = (folder: string): number[] =>
  read(folder, "marks")
    .trim()
    .split("\n")
    .map((line) => Number(/\d+/.exec(line)?.[0]));

const sorted = (numbers: readonly number[]): number[] => numbers.toSorted((a, b) => a - b);
const ALL = Array.from({ length: ITEMS }, (_, at) => at + 1);

describe("shards of 0.1.0", () => {
  test("unfinished: the missing ones are named; started again, each item is attempted once, and they are merged", async () => {
    const folder = earlierJob("0.1.0", "shards-unfinished");
    const merged = await ckpt(folder, ["merge", "-o", "o.jsonl"]);
    expect(merged.code).toBe(4);
    expect(merged.err).toContain("--array=1,2");
    expect((await ckpt(folder, ["info", "checkpoints", "--missing"])).out).toBe("1,2\n");
    for (const [at, code] of [0, 0, 3, 0].entries())
      expect(await shard(folder, `${at + 1}/4`)).toMatchObject({ code });
    expect(sorted(attempts(folder))).toEqual(ALL);
    expect((await ckpt(folder, ["merge", "-o", "o.jsonl"])).code).toBe(3);
    expect(read(folder, "o.jsonl").trim().split("\n")).toHaveLength(ITEMS);
    expect((await ckpt(folder, ["verify", "--dir", "checkpoints/shard-003-of-004"])).code).toBe(0);
  });

  test("unfinished: another number of shards takes them over", async () => {
    const folder = earlierJob("0.1.0", "shards-unfinished");
    for (const index of [1, 2, 3]) {
      const { code } = await shard(folder, `${index}/3`, ["--dir", "three", "--reshard-from", "checkpoints"]);
      expect([0, 3]).toContain(code);
    }
    expect(sorted(attempts(folder))).toEqual(ALL);
    expect((await ckpt(folder, ["merge", "three", "-o", "o.jsonl"])).code).toBe(3);
  });

  test("another number, input or command is refused", async () => {
    const folder = earlierJob("0.1.0", "shards-unfinished");
    expect((await shard(folder, "1/5")).code).toBe(12);
    const run = ["run", "q.jsonl", "--id", "id", "--shard", "3/4"];
    expect((await ckpt(folder, [...run, "--", "cat"])).code).toBe(12);
    expect((await ckpt(folder, [...run, "--repeat", "2", "--", "cat"])).code).toBe(12);
  });

  test.each(["checkpoints", "four"])("completed, in %s: the merge has the same bytes", async (dir) => {
    const folder = earlierJob("0.1.0", "shards-resharded", ["four"]);
    const before = read(folder, "merged.jsonl");
    expect((await ckpt(folder, ["merge", dir, "-o", "again.jsonl"])).code).toBe(3);
    expect(read(folder, "again.jsonl")).toBe(before);
  });

  test("completed: started again, only the failed item is attempted, and a shard without one does nothing", async () => {
    const folder = earlierJob("0.1.0", "shards-resharded", ["four"]);
    const before = attempts(folder).length;
    expect((await shard(folder, "1/2")).code).toBe(0);
    expect(attempts(folder)).toHaveLength(before);
    expect((await shard(folder, "2/2")).code).toBe(3);
    expect(attempts(folder).slice(before)).toEqual([3]);
  });

  test("completed, and taken over before: taken over again", async () => {
    const folder = earlierJob("0.1.0", "shards-resharded", ["four"]);
    const before = attempts(folder).length;
    const words = ["--dir", "three", "--reshard-from", "checkpoints", "--failed", "keep"];
    for (const index of [1, 2, 3]) await shard(folder, `${index}/3`, words);
    expect(attempts(folder)).toHaveLength(before);
    await ckpt(folder, ["merge", "three", "-o", "three.jsonl"]);
    expect(read(folder, "three.jsonl")).toBe(read(folder, "merged.jsonl"));
  });
});
