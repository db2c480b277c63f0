// Budgets of a job of shards: all shards together spend no more, however often it is divided anew. A result that is taken over brings with it what it has cost.
// Needs python3.
import { expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, newFolder, type Ran, read, start, writeLines } from "../helpers/ckpt.ts";
import { openGate } from "../helpers/live-run.ts";
import { until } from "../helpers/until.ts";

const ITEMS = 60;
/** Of each attempt. */
const TOKENS = 10;
const SPEND = [
  "import json, os, sys, time",
  "for line in sys.stdin:",
  '    while os.path.exists("gated") and not os.path.exists("open"): time.sleep(0.01)',
  "    x = json.loads(line)",
  '    open("ran", "a").write(str(x["index"]) + "\\n")',
  '    print(json.dumps({"index": x["index"], "output": "a", "usage": {"input_tokens": 8, "output_tokens": 2, "cost": 0.5}}), flush=True)',
].join("\n");

function job(): string {
  const folder = newFolder();
  const lines = Array.from({ length: ITEMS }, (_, at) => `{"id":"q${at + 1}","x":${at + 1}}`);
  writeLines(folder, "q.jsonl", lines);
  return folder;
}

function shard(folder: string, which: string, words: readonly string[]): Promise<Ran> {
  const run = ["run", "q.jsonl", "--id", "id", "-j", "1", "--shard", which, ...words];
  return ckpt(folder, [...run, "--worker", "--", "python3", "-c", SPEND]);
}

async function all(folder: string, count: number, words: readonly string[]): Promise<readonly Ran[]> {
  const runs: Ran[] = [];
  for (let index = 1; index <= count; index++) runs.push(await shard(folder, `${index}/${count}`, words));
  return runs;
}

const attempts = (folder: string): number =>
  fs.existsSync(path.join(folder, "ran")) ? read(folder, "ran").trim().split("\n").length : 0;

type Info = { readonly usage: { input_tokens: number; output_tokens: number; cost: number } };
async function tokensOf(folder: string, dir: string): Promise<number> {
  const { usage } = JSON.parse((await ckpt(folder, ["info", dir, "--json"])).out) as Info;
  expect(usage.cost).toBeCloseTo((usage.input_tokens + usage.output_tokens) / (2 * TOKENS));
  return usage.input_tokens + usage.output_tokens;
}

test("what the old shards have spent counts in the budget of the new ones; with a larger one they go on", async () => {
  const folder = job();
  const budget = 300;
  const half = await all(folder, 2, ["--dir", "two", "--max-tokens", String(budget)]);
  expect(half.map(({ code }) => code)).toEqual([4, 4]);
  const spent = attempts(folder) * TOKENS;
  // A shard notices that its part is spent when it is: the last attempt may go beyond it.
  expect(spent).toBeGreaterThanOrEqual(budget - 2 * TOKENS);
  expect(spent).toBeLessThanOrEqual(budget + 2 * TOKENS);

  const again = ["--dir", "five", "--reshard-from", "two"];
  await all(folder, 5, [...again, "--max-tokens", String(budget)]);
  expect(attempts(folder) * TOKENS).toBeLessThanOrEqual(budget + 7 * TOKENS);
  expect(await tokensOf(folder, "five")).toBe(attempts(folder) * TOKENS);

  const enough = await all(folder, 5, [...again, "--max-tokens", String(ITEMS * TOKENS * 2)]);
  expect(enough.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0]);
  expect(attempts(folder)).toBe(ITEMS);
  expect(await tokensOf(folder, "five")).toBe(ITEMS * TOKENS);

  // Nothing counts twice when these are divided anew.
  await all(folder, 3, ["--dir", "three", "--reshard-from", "five", "--reshard-from", "two"]);
  expect(attempts(folder)).toBe(ITEMS);
  expect(await tokensOf(folder, "three")).toBe(ITEMS * TOKENS);
});

test.each([
  ["en", "Taken over from other shards: ITEMS results (TOKENS tokens, cost COST)"],
  ["zh", "已从其他分片接收结果 ITEMS 个（TOKENS 个 token，费用 COST）"],
])("it is said what the results that are taken over have cost, in %s", async (lang, words) => {
  const folder = job();
  await shard(folder, "1/1", ["--dir", "one"]);
  const { err } = await shard(folder, "1/1", ["--dir", "again", "--reshard-from", "one", "--lang", lang]);
  const said = words
    .replace("ITEMS", String(ITEMS))
    .replace("TOKENS", String(ITEMS * TOKENS))
    .replace("COST", (ITEMS / 2).toFixed(2));
  expect(err).toContain(said);
});

test("a running shard that gets another budget or rate gets its part of it; on record is that of the whole job", async () => {
  const folder = job();
  fs.writeFileSync(path.join(folder, "gated"), "");
  const limits = ["--rpm", "60000", "--max-tokens", "100000"];
  const words = ["run", "q.jsonl", "--id", "id", "-j", "1", "--shard", "1/2", ...limits];
  const child = start(folder, [...words, "--worker", "--", "python3", "-c", SPEND]);
  const budget = 200;
  const change = ["set", "--dir", "checkpoints/shard-001-of-002", "--max-tokens", String(budget), "--json"];
  let set: Ran | null = null;
  await until(async () => {
    set = await ckpt(folder, [...change, "--rpm", "30000"]);
    return set.code === 0 || child.exitCode !== null;
  }, "a run that can be changed");
  expect(set).toMatchObject({ code: 0 });
  const { settings } = JSON.parse(set?.["out"] ?? "{}") as { settings: object };
  expect(settings).toMatchObject({ rpm: 30_000, max_tokens: budget });
  openGate(folder);
  expect(await child.exited).toBe(4);
  // About half of the items are in this shard.
  expect(attempts(folder) * TOKENS).toBeLessThanOrEqual(0.75 * budget);
  const file = "checkpoints/shard-001-of-002/processing_status.json";
  const { words: recorded } = JSON.parse(read(folder, file)) as { words: readonly string[] };
  expect(recorded.join(" ")).toContain("--rpm 30000");
  expect(recorded.join(" ")).toContain(`--max-tokens ${budget}`);
});

test("running shards that get a budget as one folder spend it once, each its part", async () => {
  const folder = job();
  fs.writeFileSync(path.join(folder, "gated"), "");
  const children = ["1/2", "2/2"].map((which) => {
    const words = ["run", "q.jsonl", "--id", "id", "-j", "1", "--shard", which, "--max-tokens", "100000"];
    return start(folder, [...words, "--worker", "--", "python3", "-c", SPEND]);
  });
  const budget = 200;
  let set: readonly { readonly settings: { readonly max_tokens: number } }[] = [];
  await until(async () => {
    const { code, out } = await ckpt(folder, ["set", "--max-tokens", String(budget), "--json"]);
    if (code === 0) ({ shards: set } = JSON.parse(out) as { shards: typeof set });
    return set.length === children.length || children.some(({ exitCode }) => exitCode !== null);
  }, "two shards that can be changed");
  expect(set.map(({ settings }) => settings.max_tokens)).toEqual([budget, budget]);
  openGate(folder);
  expect(await Promise.all(children.map(({ exited }) => exited))).toEqual([4, 4]);
  // The last attempt of each may go beyond its part.
  const spent = attempts(folder) * TOKENS;
  expect(spent).toBeGreaterThanOrEqual(budget - 2 * TOKENS);
  expect(spent).toBeLessThanOrEqual(budget + 2 * TOKENS);
});

test.each([
  [
    "en",
    "The shard's part of the budget: 300 of 600 tokens",
    "The shard's part of the pace, of 3 shards at once (--parallel-shards): 20,000 requests a minute",
  ],
  [
    "zh",
    "本分片的预算：300 个 token（总计 600）",
    "本分片的速率，按同时运行 3 个分片计（--parallel-shards）：每分钟 20,000 次请求",
  ],
])("a shard says its part of the budget and of the pace, in %s", async (lang, budget, pace) => {
  const folder = newFolder();
  // Equal items are in one shard: three in one, three in another.
  writeLines(
    folder,
    "q.jsonl",
    Array.from({ length: 6 }, (_, at) => `{"x":${1 + (at % 2) * 4}}`),
  );
  const run = ["run", "q.jsonl", "-j", "1", "--max-tokens", "600", "--rpm", "60000", "--lang", lang];
  const shown: string[] = [];
  for (const index of [1, 2, 3, 4]) {
    const words = ["--shard", `${index}/4`, "--parallel-shards", "3"];
    shown.push((await ckpt(folder, [...run, ...words, "--worker", "--", "python3", "-c", SPEND])).err);
  }
  expect(shown.every((err) => err.includes(pace))).toBe(true);
  expect(shown.some((err) => err.includes(budget))).toBe(true);
});
