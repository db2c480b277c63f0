// Several answers of each item (`--repeat`): each is a result of its own, which is never made twice.
// Needs python3.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, ENV, EXECUTABLE, newFolder, type Ran, read, writeLines } from "../helpers/ckpt.ts";

setDefaultTimeout(120_000);

const ITEMS = ["a", "b", "c"];

/** Answers with item and number of the answer; notes each attempt; fails those that `bad` lists. */
const MODULE = `
import { appendFileSync, readFileSync } from "node:fs";
export function process(item, { repeat }) {
  const unit = \`\${item.id}\${repeat}\`;
  appendFileSync("attempts", unit + "\\n");
  if (readFileSync("bad", "utf8").split("\\n").includes(unit)) throw new Error("no luck");
  return unit;
}
`;
const RUN = ["run", "q.jsonl", "--id", "id", "-j", "1", "-b", "2", "--module", "answer.ts"];

function folderWith(items: readonly string[] = ITEMS): string {
  const folder = newFolder();
  fs.writeFileSync(path.join(folder, "answer.ts"), MODULE);
  setInput(folder, items);
  fail(folder, []);
  return folder;
}

function setInput(folder: string, items: readonly string[]): void {
  writeLines(
    folder,
    "q.jsonl",
    items.map((id) => JSON.stringify({ id })),
  );
}

/** The answers that fail from now on. */
function fail(folder: string, units: readonly string[]): void {
  writeLines(folder, "bad", units);
}

/** Runs with N answers of each item; without a number, no `--repeat` is given. */
function run(folder: string, repeat: number | null, more: readonly string[] = []): Promise<Ran> {
  const words = repeat === null ? [] : ["--repeat", String(repeat)];
  fs.writeFileSync(path.join(folder, "attempts"), "");
  return ckpt(folder, [...RUN, ...words, ...more]);
}

/** What the last run attempted, in order. */
const attempts = (folder: string): string[] => read(folder, "attempts").split("\n").slice(0, -1);

type Line = {
  readonly id: string;
  readonly repeat?: number;
  readonly output?: string;
  readonly error?: { readonly kind: string };
};

/** The lines of the output: each with its answer, or the kind of its error. */
function output(folder: string): string[] {
  const lines = read(folder, "q.results.jsonl").trimEnd().split("\n");
  return lines.map((line) => {
    const { id, repeat = "-", output: answer, error } = JSON.parse(line) as Line;
    return `${id} ${repeat} ${answer ?? error?.kind}`;
  });
}

/** The same of items of which all answers are good. */
function answersOf(items: readonly string[], repeat: number): string[] {
  return items.flatMap((id) => Array.from({ length: repeat }, (_, at) => `${id} ${at + 1} ${id}${at + 1}`));
}

type Status = {
  readonly v: number;
  readonly repeat?: number;
  readonly total: number;
  readonly completed: number;
  readonly failed: number;
  readonly results_saved: number;
  readonly gone: number;
};

async function info(folder: string): Promise<Status> {
  return JSON.parse((await ckpt(folder, ["info", "--json"])).out) as Status;
}

describe("a completed job", () => {
  test("is topped up by more answers, and never asked for again what it has", async () => {
    const folder = folderWith();
    expect((await run(folder, null)).code).toBe(0);
    expect(attempts(folder)).toEqual(["a1", "b1", "c1"]);
    expect((await run(folder, 3)).code).toBe(0);
    expect(attempts(folder)).toEqual(["a2", "a3", "b2", "b3", "c2", "c3"]);
    expect(output(folder)).toEqual(answersOf(ITEMS, 3));
    expect(await info(folder)).toMatchObject({ total: 9, completed: 9, results_saved: 9, repeat: 3 });
    const again = await run(folder, 3, ["--json"]);
    expect(JSON.parse(again.out)).toMatchObject({ outcome: "already_complete", total: 9, attempted: 0 });
  });

  test("counts answers beyond fewer ones as gone, and has them again when more are wanted", async () => {
    const folder = folderWith();
    const whole = JSON.stringify(answersOf(ITEMS, 3));
    await run(folder, 3);
    expect((await run(folder, 2)).code).toBe(0);
    expect([attempts(folder), output(folder)]).toEqual([[], answersOf(ITEMS, 2)]);
    expect(await info(folder)).toMatchObject({
      total: 6,
      completed: 6,
      results_saved: 6,
      gone: 3,
      repeat: 2,
    });
    expect((await run(folder, null)).code).toBe(0);
    expect([attempts(folder), output(folder)]).toEqual([[], ["a - a1", "b - b1", "c - c1"]]);
    expect(await info(folder)).toMatchObject({ total: 3, completed: 3, gone: 6 });
    expect((await ckpt(folder, ["verify", "latest"])).code).toBe(0);
    expect((await run(folder, 3)).code).toBe(0);
    expect([attempts(folder), JSON.stringify(output(folder))]).toEqual([[], whole]);
    expect((await run(folder, 4)).code).toBe(0);
    expect(attempts(folder)).toEqual(["a4", "b4", "c4"]);
    expect(await info(folder)).toMatchObject({ total: 12, completed: 12, gone: 0 });
  });

  test("of which answers were run again gives fewer answers as they are now", async () => {
    const folder = folderWith();
    await run(folder, null);
    await run(folder, 2);
    fs.writeFileSync(path.join(folder, "answer.ts"), MODULE);
    expect((await run(folder, 2, ["--rerun", "b"])).code).toBe(0);
    expect(attempts(folder)).toEqual(["b1", "b2"]);
    expect((await run(folder, null)).code).toBe(0);
    expect(attempts(folder)).toEqual([]);
    expect((await ckpt(folder, ["show", "b", "--json"])).out.match(/"seq"/g)).toHaveLength(2);
  });

  test("goes on with another input: what matches is kept, answer by answer", async () => {
    const folder = folderWith();
    await run(folder, 2);
    setInput(folder, ["c", "d", "a"]);
    expect((await run(folder, 3)).code).toBe(0);
    expect(attempts(folder)).toEqual(["c3", "d1", "d2", "d3", "a3"]);
    expect(output(folder)).toEqual(answersOf(["c", "d", "a"], 3));
    expect(await info(folder)).toMatchObject({ total: 9, completed: 9, gone: 2 });
  });
});

describe("a job that is not done", () => {
  test("takes more and fewer answers in the middle; the limit and the counts are those of answers", async () => {
    const folder = folderWith();
    const first = await run(folder, 2, ["--limit", "3", "--json"]);
    expect(first.code).toBe(4);
    expect(JSON.parse(first.out)).toMatchObject({
      total: 6,
      completed: 3,
      pending: 3,
      stop: { kind: "limit" },
    });
    expect(attempts(folder)).toEqual(["a1", "a2", "b1"]);
    await run(folder, 3, ["--limit", "2"]);
    expect(attempts(folder)).toEqual(["a3", "b2"]);
    const fewer = await run(folder, 1, ["--dry-run", "--json"]);
    expect(JSON.parse(fewer.out)).toMatchObject({
      plan: { total: 3, done: 2, fresh: 1, gone: 3, pending: 1 },
    });
    expect((await run(folder, 3)).code).toBe(0);
    expect(attempts(folder)).toEqual(["b3", "c1", "c2", "c3"]);
    expect(output(folder)).toEqual(answersOf(ITEMS, 3));
  });

  test("retries the answers that failed, and no other ones", async () => {
    const folder = folderWith();
    fail(folder, ["a2", "c1"]);
    expect((await run(folder, 2)).code).toBe(3);
    expect(output(folder)).toEqual([
      "a 1 a1",
      "a 2 exception",
      "b 1 b1",
      "b 2 b2",
      "c 1 exception",
      "c 2 c2",
    ]);
    const { out } = await ckpt(folder, ["show", "--failures", "--json"]);
    expect(JSON.parse(out)).toMatchObject({ failed: 2, groups: [{ count: 2 }] });
    fail(folder, ["c1"]);
    await run(folder, 2);
    expect(attempts(folder)).toEqual(["a2", "c1"]);
    expect((await run(folder, 2, ["--failed", "keep"])).code).toBe(3);
    expect([attempts(folder), output(folder)[4]]).toEqual([[], "c 1 exception"]);
    fail(folder, []);
    expect((await run(folder, 3, ["--failed", "retry"])).code).toBe(0);
    expect(attempts(folder)).toEqual(["a3", "b3", "c3", "c1"]);
  });

  test("`ckpt run` without an input wants as many answers as before", async () => {
    const folder = folderWith();
    await run(folder, 2, ["--limit", "1"]);
    fs.writeFileSync(path.join(folder, "attempts"), "");
    expect((await ckpt(folder, ["run"])).code).toBe(0);
    expect(attempts(folder)).toEqual(["a2", "b1", "b2", "c1", "c2"]);
  });
});

test("with one answer a checkpoint is of version 1; with several it becomes one of version 2, and its state as of then a backup", async () => {
  const folder = folderWith();
  await run(folder, 1, ["--limit", "2"]);
  const status = (): Status => JSON.parse(read(folder, "checkpoints/processing_status.json")) as Status;
  expect(status()).toMatchObject({ v: 1 });
  expect(status().repeat).toBeUndefined();
  await run(folder, 2, ["--limit", "2"]);
  expect(attempts(folder)).toEqual(["a2", "b2"]);
  expect(status()).toMatchObject({ v: 2, repeat: 2, total: 6 });
  expect(fs.readdirSync(path.join(folder, "checkpoints/backups"))).toEqual([
    expect.stringContaining("auto_raised_"),
  ]);
  await run(folder, 1);
  expect(attempts(folder)).toEqual(["c1"]);
});

test("equal items without ids have answers of their own, also when the input is another one", async () => {
  const folder = folderWith(["x", "x", "y"]);
  const RUN_BY_CONTENT = RUN.filter((word) => word !== "--id" && word !== "id");
  const go = (repeat: number): Promise<Ran> => {
    fs.writeFileSync(path.join(folder, "attempts"), "");
    return ckpt(folder, [...RUN_BY_CONTENT, "--repeat", String(repeat)]);
  };
  await go(2);
  expect(attempts(folder)).toEqual(["x1", "x2", "x1", "x2", "y1", "y2"]);
  setInput(folder, ["y", "x", "x", "x"]);
  expect((await go(3)).code).toBe(0);
  expect(attempts(folder)).toEqual(["y3", "x3", "x3", "x1", "x2", "x3"]);
  const outputs = read(folder, "q.results.jsonl").trimEnd().split("\n");
  expect(outputs.map((line) => (JSON.parse(line) as { output: string }).output)).toEqual(
    ["y", "x", "x", "x"].flatMap((id) => [1, 2, 3].map((repeat) => `${id}${repeat}`)),
  );
});

test("answers of standard input, of several files, and in a random order", async () => {
  const folder = folderWith();
  writeLines(folder, "more.jsonl", ['{"id":"d"}']);
  const words = ["--id", "id", "-j", "1", "--module", "answer.ts", "--repeat", "2"];
  const [several, shuffled] = await Promise.all([
    ckpt(folder, ["run", "q.jsonl", "more.jsonl", "-o", "several.jsonl", "--dir", "several", ...words]),
    ckpt(folder, ["run", "q.jsonl", "-o", "shuffled.jsonl", "--dir", "shuffled", "--shuffle", ...words]),
  ]);
  expect([several.code, shuffled.code]).toEqual([0, 0]);
  const piped = Bun.spawnSync(
    [
      "sh",
      "-c",
      `"$0" run - --format jsonl -o piped.jsonl --dir piped ${words.join(" ")} < q.jsonl`,
      EXECUTABLE,
    ],
    { cwd: folder, env: ENV },
  );
  expect(piped.exitCode).toBe(0);
  expect(read(folder, "several.jsonl").trimEnd().split("\n")).toHaveLength(8);
  expect(read(folder, "shuffled.jsonl")).toBe(read(folder, "piped.jsonl"));
});

test("workers that hold several items at once are kept busy, and none holds two answers of one item", async () => {
  const folder = folderWith(["a", "b", "c", "d", "e", "f", "g", "h"]);
  // Answers only when it holds four items; two answers of one item would be taken for one.
  const worker = `
import json, sys
held = {}
for line in sys.stdin:
    request = json.loads(line)
    assert request["index"] not in held
    held[request["index"]] = request
    if len(held) == 4:
        for index, one in held.items():
            print(json.dumps({"index": index, "output": one["id"] + str(one["repeat"])}), flush=True)
        held = {}
`;
  fs.writeFileSync(path.join(folder, "worker.py"), worker);
  const words = [
    "run",
    "q.jsonl",
    "--id",
    "id",
    "--repeat",
    "3",
    "-j",
    "1",
    "--worker",
    "--worker-inflight",
    "4",
  ];
  const { code, err } = await ckpt(folder, [...words, "--", "python3", "worker.py"]);
  expect([code, err.includes("24")]).toEqual([0, true]);
  expect(output(folder)).toEqual(answersOf(["a", "b", "c", "d", "e", "f", "g", "h"], 3));
});

describe("ckpt show", () => {
  test.each([
    [
      "en",
      ["b (#2): failed", "Error (answer 1)", "Output (answer 2)", "answer 1: failed after 1 attempt"],
      "b (2)",
    ],
    ["zh", ["b（#2）：失败", "错误（第 1 份）", "输出（第 2 份）", "第 1 份：失败，尝试 1 次"], "b（2）"],
  ] as const)("says of each answer which it is, in %s", async (lang, words, label) => {
    const folder = folderWith();
    fail(folder, ["b1"]);
    await run(folder, 2);
    const item = await ckpt(folder, ["show", "b", "--lang", lang]);
    for (const word of words) expect(item.out).toContain(word);
    expect((await ckpt(folder, ["show", "--lang", lang])).out).toContain(label);
  });

  test("has what is wanted, and nothing beyond; an item whose answers are not all there is pending", async () => {
    const folder = folderWith();
    fail(folder, ["c3"]);
    await run(folder, 3);
    await run(folder, 2);
    const count = async (...words: readonly string[]): Promise<number> =>
      (JSON.parse((await ckpt(folder, ["show", "--json", ...words])).out) as unknown[]).length;
    expect([await count(), await count("--status", "failed")]).toEqual([6, 0]);
    const { out } = await ckpt(folder, ["show", "--failures", "--json"]);
    expect(JSON.parse(out)).toMatchObject({ failed: 0 });
    await run(folder, 4, ["--limit", "1"]);
    const items = JSON.parse((await ckpt(folder, ["show", "a", "b", "--json"])).out) as unknown[];
    expect(items).toMatchObject([
      { item: "a", status: "ok", results: [{}, { repeat: 2 }, { repeat: 3 }, { repeat: 4 }] },
      { item: "b", status: "pending" },
    ]);
  });
});

describe.each([
  [
    "en",
    [
      "Plan: 9 answers, 3 of each item: 6 done, 3 new, 3 pending",
      "Plan: 3 items: 3 done, 3 beyond --repeat 1, 0 pending",
      "All 9 answers done.",
      "Answers    9 done, 0 failed, 0 pending; 3 of each item",
    ],
  ],
  [
    "zh",
    [
      "计划：共 9 份结果（每个条目 3 份）：已完成 6，新增 3，待处理 3",
      "计划：共 3 个条目：已完成 3，超出 --repeat 1 而保留 3，待处理 0",
      "全部 9 份结果已完成。",
      "已完成 9，失败 0，待处理 0；每个条目 3 份",
    ],
  ],
] as const)("screens count answers, in %s", (lang, [more, fewer, done, counts]) => {
  test("of a dry run, a run and info", async () => {
    const folder = folderWith();
    await run(folder, 2);
    const before = read(folder, "checkpoints/last_run.json");
    expect((await run(folder, 3, ["--dry-run", "--lang", lang])).out).toContain(more);
    expect((await run(folder, null, ["--dry-run", "--lang", lang])).out).toContain(fewer);
    expect(read(folder, "checkpoints/last_run.json")).toBe(before);
    expect((await run(folder, 3, ["--lang", lang])).err).toContain(done);
    expect((await ckpt(folder, ["info", "--lang", lang])).out).toContain(counts);
    const restored = await ckpt(folder, ["restore", "latest", "-y", "--lang", lang]);
    expect(restored.out + restored.err).toContain(lang === "en" ? "complete, 9 answers done" : "9 份结果");
  });
});

describe("--repeat-as list", () => {
  const lines = (text: string): unknown[] =>
    text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown);

  test("writes one line an item; a completed job writes it again, and runs nothing", async () => {
    const folder = folderWith();
    await run(folder, 2);
    expect((await run(folder, 2, ["--repeat-as", "list"])).code).toBe(0);
    expect(attempts(folder)).toEqual([]);
    expect(lines(read(folder, "q.results.jsonl"))).toEqual(
      ITEMS.map((id, index) => ({ index, id, status: "ok", output: [`${id}1`, `${id}2`] })),
    );
    expect((await run(folder, 2)).code).toBe(0);
    expect([attempts(folder), output(folder)]).toEqual([[], answersOf(ITEMS, 2)]);
  });

  test("marks what failed; export has the same, also of some items, and of what is still pending", async () => {
    const folder = folderWith();
    fail(folder, ["b1"]);
    expect((await run(folder, 2, ["--repeat-as", "list", "--include-meta"])).code).toBe(3);
    const [first, second] = lines(read(folder, "q.results.jsonl"));
    expect(first).toMatchObject({ status: "ok", output: ["a1", "a2"], attempts: [1, 1] });
    expect(first).not.toHaveProperty("error");
    const error = { kind: "exception", message: expect.stringContaining("no luck") as string };
    expect(second).toMatchObject({ status: "failed", output: [null, "b2"], error: [error, null] });
    await run(folder, 3, ["--limit", "1"]);
    const exported = async (...words: readonly string[]): Promise<unknown[]> =>
      lines((await ckpt(folder, ["export", "--repeat-as", "list", ...words])).out);
    expect(await exported("--status", "failed")).toMatchObject([{ id: "b", status: "pending" }]);
    expect(await exported("--limit", "2", "--fields", "id,output.3")).toEqual([
      { id: "a", "output.3": "a3" },
      { id: "b" },
    ]);
    expect(await exported("--where", "output.2=c2", "--include-input")).toMatchObject([
      { id: "c", output: ["c1", "c2", null] },
    ]);
    expect(await exported("--flatten", "--where", "id=b")).toMatchObject([{ id: "b", "output.2": "b2" }]);
  });
});

test.each(["0", "-1", "1.5", "10001", "many", ""])("--repeat %j is refused", async (value) => {
  const { code, err } = await ckpt(folderWith(), [...RUN, `--repeat=${value}`]);
  expect(code).toBe(2);
  expect(err).toContain("--repeat");
});
