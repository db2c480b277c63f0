// `ckpt run --shard --reshard-from`: another number of shards takes over what is done; nothing is run again.
import { describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, newFolder, type Ran, read, start, writeLines } from "../helpers/ckpt.ts";
import { until } from "../helpers/until.ts";

const ITEMS = 120;

function job(): string {
  const folder = newFolder();
  writeLines(
    folder,
    "q.jsonl",
    Array.from({ length: ITEMS }, (_, at) => `{"id":"q${at + 1}","x":${at + 1}}`),
  );
  return folder;
}

/** Every attempt leaves a line in `ran`. */
const COMMAND = ["--shell", "echo {x} >> ran && test {x} -ne 7 && echo a{x}"];
const RUN = ["run", "q.jsonl", "--id", "id", "-q"];

const range = (count: number): number[] => Array.from({ length: count }, (_, at) => at + 1);

function shard(folder: string, which: string, words: readonly string[]): Promise<Ran> {
  return ckpt(folder, [...RUN, "--shard", which, ...words, ...COMMAND]);
}

async function all(folder: string, count: number, words: readonly string[]): Promise<void> {
  for (const index of range(count)) {
    const { code, err } = await shard(folder, `${index}/${count}`, words);
    if (code !== 0 && code !== 3) throw new Error(`shard ${index} of ${count} ended with ${code}: ${err}`);
  }
}

function attempts(folder: string): number[] {
  const file = path.join(folder, "ran");
  if (!fs.existsSync(file)) return [];
  return read(folder, "ran")
    .trim()
    .split("\n")
    .map(Number)
    .toSorted((a, b) => a - b);
}

test("4 shards become 16, and these 6: no item is run again, and the output is that of one machine", async () => {
  const folder = job();
  await ckpt(folder, [...RUN, "--dir", "w", "-o", "whole.jsonl", ...COMMAND]);
  fs.rmSync(path.join(folder, "ran"));
  await all(folder, 4, ["--dir", "four"]);
  const first = attempts(folder);
  expect(first).toEqual(range(ITEMS));
  const keep = ["--failed", "keep"];
  const planned = await shard(folder, "1/16", [
    "--dir",
    "sixteen",
    "--reshard-from",
    "four",
    "--dry-run",
    "--json",
    ...keep,
  ]);
  const { plan } = JSON.parse(planned.out) as { plan: { total: number; done: number; failed: number } };
  expect(plan.done + plan.failed).toBe(plan.total);
  expect(fs.existsSync(path.join(folder, "sixteen"))).toBe(false);
  await all(folder, 16, ["--dir", "sixteen", "--reshard-from", "four", ...keep]);
  await all(folder, 6, ["--dir", "six", "--reshard-from", "sixteen", ...keep]);
  expect(attempts(folder)).toEqual(first);
  for (const dir of ["four", "sixteen", "six"]) {
    expect((await ckpt(folder, ["merge", dir, "-o", `${dir}.jsonl`])).code).toBe(3);
    expect(read(folder, `${dir}.jsonl`)).toBe(read(folder, "whole.jsonl"));
  }
  expect((await ckpt(folder, ["verify", "--dir", "six/shard-001-of-006"])).code).toBe(0);
}, 60_000);

test("what is pending or has failed is run, and nothing else", async () => {
  const folder = job();
  await shard(folder, "1/2", ["--dir", "two"]);
  await shard(folder, "2/2", ["--dir", "two", "--limit", "10"]);
  const before = attempts(folder);
  const failed = before.includes(7) ? [7] : [];
  await all(folder, 3, ["--dir", "three", "--reshard-from", "two"]);
  const since = attempts(folder);
  // Each item once; the one that has failed once more.
  expect(since).toEqual([...range(ITEMS), ...failed].toSorted((a, b) => a - b));
});

test("a copy says where it was made, and keeps everything else", async () => {
  const folder = job();
  await shard(folder, "1/1", ["--dir", "one"]);
  await shard(folder, "2/3", ["--dir", "three", "--reshard-from", "one"]);
  const { session } = JSON.parse(read(folder, "one/shard-001-of-001/processing_status.json")) as {
    session: { nonce: string };
  };
  const records = (dir: string): Map<string, Record<string, unknown>> =>
    new Map(
      read(folder, `${dir}/checkpoint_results.jsonl`)
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Record<string, unknown>)
        .map((record) => [String(record["id"]), record]),
    );
  const [old, now] = [records("one/shard-001-of-001"), records("three/shard-002-of-003")];
  for (const [id, { seq: _seq, prev: _prev, sum: _sum, from, ...copied }] of now) {
    if (id === "q7") continue; // it has failed, and was run again
    const { seq, prev: _before, sum: _old, ...made } = old.get(id) ?? {};
    expect(copied).toEqual(made);
    expect(from).toEqual({ session: session.nonce, seq });
  }
});

test("a checkpoint of one run is taken over, too", async () => {
  const folder = job();
  await ckpt(folder, [...RUN, "--dir", "w", "-o", "o.jsonl", "--limit", "50", ...COMMAND]);
  expect(attempts(folder)).toHaveLength(50);
  await all(folder, 3, ["--dir", "three", "--reshard-from", "w", "--failed", "keep"]);
  expect(attempts(folder)).toEqual(range(ITEMS));
});

describe("is refused", () => {
  test("for results of another command, and where there are none", async () => {
    const folder = job();
    await ckpt(folder, [...RUN, "--shard", "1/2", "--dir", "two", "--", "echo", "{x}"]);
    const other = await shard(folder, "1/3", ["--dir", "three", "--reshard-from", "two"]);
    expect(other.code).toBe(12);
    expect(other.err).toContain("what the results depend on");
    expect((await shard(folder, "1/3", ["--dir", "three", "--reshard-from", "nowhere"])).code).toBe(10);
    expect(attempts(folder)).toEqual([]);
  });

  test("without --shard", async () => {
    expect((await ckpt(job(), [...RUN, "--reshard-from", "x", "--", "cat"])).code).toBe(2);
  });
});

test("a kill during the taking over loses nothing: the next start takes over the rest", async () => {
  const folder = job();
  await shard(folder, "1/1", ["--dir", "one"]);
  fs.rmSync(path.join(folder, "ran"));
  const status = path.join(folder, "two/shard-001-of-002/processing_status.json");
  const child = start(folder, [
    ...RUN,
    "--shard",
    "1/2",
    "--dir",
    "two",
    "--reshard-from",
    "one",
    ...COMMAND,
  ]);
  await until(() => fs.existsSync(status) || child.exitCode !== null);
  child.kill("SIGKILL");
  await child.exited;
  await all(folder, 2, ["--dir", "two", "--reshard-from", "one", "--failed", "keep"]);
  expect(attempts(folder).filter((x) => x !== 7)).toEqual([]);
  expect((await ckpt(folder, ["merge", "two", "-o", "two.jsonl"])).code).toBe(3);
  await ckpt(folder, ["merge", "one", "-o", "one.jsonl"]);
  expect(read(folder, "two.jsonl")).toBe(read(folder, "one.jsonl"));
});
