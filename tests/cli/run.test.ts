// `ckpt run` as people and scripts use it: the compiled executable, in a folder of its own.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, ENV, newFolder, read, start, writeLines } from "../helpers/ckpt.ts";
import { REAL_SETS, writeMadeSets } from "../helpers/question-sets.ts";
import { reading } from "../helpers/reading.ts";
import { until } from "../helpers/until.ts";

setDefaultTimeout(60_000);

const LOG = "checkpoints/checkpoint_results.jsonl";
const questions = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => JSON.stringify({ id: `q${i}`, question: `What is ${i}?` }));
/** Leaves a line in `marks` for each attempt, and answers with the question. */
/** Says that it has begun, and waits for the file `go`. */
const HOLD = "touch started; until [ -e go ]; do sleep 0.05; done";
const MARK = ["--", "sh", "-c", 'echo "$CKPT_ITEM_INDEX" >> marks; printf %s "$1"', "x", "{question}"];
const marks = (folder: string): string[] =>
  fs.existsSync(path.join(folder, "marks")) ? read(folder, "marks").trim().split("\n") : [];

describe("ckpt run", () => {
  test.each([...writeMadeSets(), ...REAL_SETS])(
    "$name: run through a command, one line an item is written, in order",
    async ({ path: file, items }) => {
      const folder = newFolder();
      expect((await ckpt(folder, ["run", file, "-o", "out.jsonl", "--", "cat"])).code).toBe(0);
      const lines = read(folder, "out.jsonl")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
      expect(lines.length).toBe(items);
      expect(lines.map((line) => line.index)).toEqual(Array.from({ length: items }, (_, i) => i));
      expect(fs.existsSync(path.join(folder, LOG))).toBe(false);
    },
  );

  test("the same command again is already complete and attempts nothing", async () => {
    const folder = newFolder();
    writeLines(folder, "q.jsonl", questions(5));
    expect((await ckpt(folder, ["run", "q.jsonl", ...MARK])).code).toBe(0);
    const again = await ckpt(folder, ["run", "q.jsonl", ...MARK]);
    expect(again.code).toBe(0);
    expect(again.err).toContain("Already complete");
    expect(marks(folder).length).toBe(5);
  });

  test("ten rows appended to a completed input: ten are run", async () => {
    const folder = newFolder();
    writeLines(folder, "q.jsonl", questions(30));
    await ckpt(folder, ["run", "q.jsonl", ...MARK]);
    writeLines(folder, "q.jsonl", questions(40));
    expect((await ckpt(folder, ["run", "q.jsonl", ...MARK])).code).toBe(0);
    expect(
      marks(folder)
        .slice(30)
        .map(Number)
        .toSorted((a, b) => a - b),
    ).toEqual([30, 31, 32, 33, 34, 35, 36, 37, 38, 39]);
    expect(read(folder, "q.results.jsonl").trim().split("\n").length).toBe(40);
  });

  test("one line inserted at the top of an unfinished input: just what is new and pending is run", async () => {
    const folder = newFolder();
    writeLines(folder, "q.jsonl", questions(20));
    expect((await ckpt(folder, ["run", "q.jsonl", "--limit", "15", "-j", "1", ...MARK])).code).toBe(4);
    writeLines(folder, "q.jsonl", ['{"question":"new"}', ...questions(20)]);
    expect((await ckpt(folder, ["run", "q.jsonl", "-j", "1", ...MARK])).code).toBe(0);
    expect(marks(folder).slice(15)).toEqual(["0", "16", "17", "18", "19", "20"]);
    const outputs = read(folder, "q.results.jsonl")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).output);
    expect(outputs).toEqual(["new", ...Array.from({ length: 20 }, (_, i) => `What is ${i}?`)]);
  });

  test("one line inserted at the top of a completed input: just that one is run", async () => {
    const folder = newFolder();
    writeLines(folder, "q.jsonl", questions(20));
    expect((await ckpt(folder, ["run", "q.jsonl", ...MARK])).code).toBe(0);
    writeLines(folder, "q.jsonl", ['{"question":"new"}', ...questions(20)]);
    expect((await ckpt(folder, ["run", "q.jsonl", ...MARK])).code).toBe(0);
    expect(marks(folder).slice(20)).toEqual(["0"]);
    const outputs = read(folder, "q.results.jsonl")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).output);
    expect(outputs).toEqual(["new", ...Array.from({ length: 20 }, (_, i) => `What is ${i}?`)]);
  });

  test("a second run at the same time exits 11 and names the first", async () => {
    const folder = newFolder();
    writeLines(folder, "q.jsonl", questions(2));
    const first = start(folder, ["run", "q.jsonl", "-j", "1", "--", "sh", "-c", HOLD]);
    await until(() => fs.existsSync(path.join(folder, "started")));
    const second = await ckpt(folder, ["run", "q.jsonl", "--", "true"]);
    expect(second.code).toBe(11);
    expect(second.err).toContain(String(first.pid));
    first.kill("SIGKILL");
    await first.exited;
    writeLines(folder, "go", []);
  });

  test("failed items: exit 3, the checkpoint stays, and only they are run again", async () => {
    const folder = newFolder();
    writeLines(folder, "q.jsonl", questions(10));
    const command = [
      "--",
      "sh",
      "-c",
      'echo "$1" >> marks; test -e ok || test "$1" != "What is 3?"',
      "x",
      "{question}",
    ];
    expect((await ckpt(folder, ["run", "q.jsonl", ...command])).code).toBe(3);
    expect(JSON.parse(read(folder, "q.results.jsonl").split("\n")[3] ?? "")).toMatchObject({
      status: "failed",
      error: { kind: "exit" },
    });
    fs.writeFileSync(path.join(folder, "ok"), "");
    expect((await ckpt(folder, ["run", "q.jsonl", ...command])).code).toBe(0);
    expect(marks(folder).slice(10)).toEqual(["What is 3?"]);
  });

  test("--failed keep accepts failures: exit 3, and the checkpoint is moved", async () => {
    const folder = newFolder();
    writeLines(folder, "q.jsonl", questions(3));
    const ran = await ckpt(folder, ["run", "q.jsonl", "--failed", "keep", "--", "false"]);
    expect(ran.code).toBe(3);
    expect(fs.existsSync(path.join(folder, LOG))).toBe(false);
  });

  test("accepted failures stay accepted: the same command again does nothing, --failed retry tries them", async () => {
    const folder = newFolder();
    writeLines(folder, "q.jsonl", questions(3));
    const command = ["--", "sh", "-c", "echo x >> marks; exit 1"];
    await ckpt(folder, ["run", "q.jsonl", "--failed", "keep", ...command]);
    const again = await ckpt(folder, ["run", "q.jsonl", ...command]);
    expect({ code: again.code, marks: marks(folder).length }).toEqual({ code: 3, marks: 3 });
    expect((await ckpt(folder, ["run", "q.jsonl", "--failed", "retry", ...command])).code).toBe(3);
    expect(marks(folder).length).toBe(6);
  });

  test("a checkpoint of another job is refused by the name of its input, with a command that works", async () => {
    const folder = newFolder();
    writeLines(folder, "q.jsonl", questions(3));
    writeLines(folder, "other.jsonl", ['{"other":1}']);
    await ckpt(folder, ["run", "q.jsonl", "--limit", "2", "--", "cat"]);
    const refused = await ckpt(folder, ["run", "other.jsonl", "--", "cat"]);
    expect(refused.code).toBe(12);
    expect(refused.err).toContain(`(input ${path.join(folder, "q.jsonl")})`);
    expect(refused.err).toContain("ckpt run other.jsonl --dir checkpoints-other -- cat");
    expect((await ckpt(folder, ["run", "other.jsonl", "--dir", "checkpoints-other", "--", "cat"])).code).toBe(
      0,
    );
  });

  test("none of the first 20 items succeeding stops the run with exit 4", async () => {
    const folder = newFolder();
    writeLines(folder, "q.jsonl", questions(200));
    const ran = await ckpt(folder, [
      "run",
      "q.jsonl",
      "-j",
      "1",
      "--",
      "sh",
      "-c",
      "echo x >> marks; exit 1",
    ]);
    expect(ran.code).toBe(4);
    expect(marks(folder).length).toBe(20);
  });

  test("a command that is not there stops the run with exit 4, and nothing is recorded as failed", async () => {
    const folder = newFolder();
    writeLines(folder, "q.jsonl", questions(5));
    expect((await ckpt(folder, ["run", "q.jsonl", "--", "no-such-command"])).code).toBe(4);
    expect(JSON.parse((await ckpt(folder, ["info", "--json"])).out)).toMatchObject({
      total: 5,
      failed: 0,
      pending: 5,
    });
  });

  test("a changed command is refused with exit 12 without a terminal, and taken with --on-change keep", async () => {
    const folder = newFolder();
    writeLines(folder, "q.jsonl", questions(10));
    await ckpt(folder, ["run", "q.jsonl", "--limit", "4", "--", "echo", "one"]);
    const refused = await ckpt(folder, ["run", "q.jsonl", "--yes", "--", "echo", "two"]);
    expect(refused.code).toBe(12);
    expect((await ckpt(folder, ["run", "q.jsonl", "--on-change", "keep", "--", "echo", "two"])).code).toBe(0);
    const outputs = read(folder, "q.results.jsonl")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).output);
    expect(outputs.filter((output) => output === "one").length).toBe(4);
  });

  test("--no-resume starts over and keeps the earlier checkpoint as a backup", async () => {
    const folder = newFolder();
    writeLines(folder, "q.jsonl", questions(6));
    await ckpt(folder, ["run", "q.jsonl", "--limit", "3", ...MARK]);
    expect((await ckpt(folder, ["run", "q.jsonl", "--no-resume", ...MARK])).code).toBe(0);
    expect(marks(folder).length).toBe(9);
    expect(
      fs
        .readdirSync(path.join(folder, "checkpoints/backups"))
        .some((name) => name.startsWith("auto_start_over_")),
    ).toBe(true);
  });

  test("an output that is not this job's is never overwritten without --force, and nothing is attempted", async () => {
    const folder = newFolder();
    writeLines(folder, "q.jsonl", questions(3));
    writeLines(folder, "q.results.jsonl", ["precious"]);
    expect((await ckpt(folder, ["run", "q.jsonl", ...MARK])).code).toBe(12);
    expect(marks(folder)).toEqual([]);
    expect(read(folder, "q.results.jsonl")).toBe("precious\n");
    expect((await ckpt(folder, ["run", "q.jsonl", "--force", ...MARK])).code).toBe(0);
  });

  test("standard input is kept: a resume needs it no more", async () => {
    const folder = newFolder();
    writeLines(folder, "q.txt", ["a", "b", "c", "d"]);
    const args = ["run", "-", "--format", "txt", "-j", "1"];
    const child = Bun.spawn([path.resolve("dist/ckpt"), ...args, "--limit", "2", "--", "cat"], {
      cwd: folder,
      env: ENV,
      stdin: Bun.file(path.join(folder, "q.txt")),
      stdout: "ignore",
      stderr: "ignore",
    });
    expect(await child.exited).toBe(4);
    expect((await ckpt(folder, [...args, "--", "cat"])).code).toBe(0);
    expect(
      read(folder, "stdin.results.jsonl")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line).output),
    ).toEqual(["a", "b", "c", "d"]);
  });

  test("a long id comes out as it went in, and equal contents are each run once", async () => {
    const folder = newFolder();
    writeLines(folder, "q.jsonl", ['{"n":12345678901234567890}', '{"n":1}', '{"n":1}']);
    expect((await ckpt(folder, ["run", "q.jsonl", "--include-input", "--", "echo", "{n}"])).code).toBe(0);
    const [first, second, third] = read(folder, "q.results.jsonl").split("\n");
    expect(first).toBe('{"index":0,"status":"ok","output":"12345678901234567890","n":12345678901234567890}');
    expect([second, third].map((line) => JSON.parse(line ?? "").output)).toEqual(["1", "1"]);
  });

  test("ids that differ in their last digits alone are different items, and come out as they went in", async () => {
    const folder = newFolder();
    writeLines(folder, "q.jsonl", ['{"id":12345678901234567890}', '{"id":12345678901234567891}']);
    const args = ["run", "q.jsonl", "--id", "id", "-j", "1", "--", "sh", "-c", 'echo "$CKPT_ITEM_ID"; cat'];
    expect((await ckpt(folder, [...args.slice(0, 6), "--limit", "1", ...args.slice(6)])).code).toBe(4);
    expect((await ckpt(folder, args)).code).toBe(0);
    const lines = read(folder, "q.results.jsonl").trim().split("\n");
    for (const [at, line] of lines.entries()) {
      const id = `1234567890123456789${at}`;
      expect(line).toBe(`{"index":${at},"id":${id},"status":"ok","output":"${id}\\n{\\"id\\":${id}}"}`);
    }
  });

  test("a line that is not JSON is a failed item with its line number, and is not retried", async () => {
    const folder = newFolder();
    writeLines(folder, "q.jsonl", ['{"a":1}', "{oops", '{"a":2}']);
    expect((await ckpt(folder, ["run", "q.jsonl", "--", "sh", "-c", "echo x >> marks"])).code).toBe(3);
    expect(JSON.parse(read(folder, "q.results.jsonl").split("\n")[1] ?? "").error).toMatchObject({
      kind: "input",
    });
    expect((await ckpt(folder, ["run", "q.jsonl", "--", "sh", "-c", "echo x >> marks"])).code).toBe(3);
    expect(marks(folder).length).toBe(2);
  });

  test("a module answers, and its absence is exit 2 before anything is run", async () => {
    const folder = newFolder();
    writeLines(folder, "q.jsonl", questions(4));
    writeLines(folder, "m.ts", [
      "export const process = (item: { question: string }) => ({ words: item.question.split(' ').length });",
    ]);
    expect((await ckpt(folder, ["run", "q.jsonl", "--module", "m.ts"])).code).toBe(0);
    expect(JSON.parse(read(folder, "q.results.jsonl").split("\n")[0] ?? "").output).toEqual({ words: 3 });
    expect((await ckpt(newFolder(), ["run", path.join(folder, "q.jsonl"), "--module", "none.ts"])).code).toBe(
      2,
    );
  });

  test("usage errors exit 2 and name the nearest option; words behind -- belong to the command", async () => {
    const folder = newFolder();
    writeLines(folder, "q.jsonl", questions(1));
    const wrong = await ckpt(folder, ["run", "q.jsonl", "--bach-size", "3", "--", "true"]);
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain("--batch-size");
    expect((await ckpt(folder, ["run", "q.jsonl", "--", "sh", "-c", "echo $1", "x", "--help"])).code).toBe(0);
    expect(JSON.parse(read(folder, "q.results.jsonl")).output).toBe("--help");
    for (const args of [
      ["run", "none.jsonl", "--", "true"],
      ["run", ".", "--", "true"],
      ["runn"],
      ["run", "q.jsonl"],
      ["run", "q.jsonl", "-j", "0", "--", "true"],
    ]) {
      expect({ args, code: (await ckpt(folder, args)).code }).toEqual({ args, code: 2 });
    }
  });

  test("SIGINT stops cleanly: what is in flight finishes, the run dies by the signal, and the next run completes", async () => {
    const folder = newFolder();
    writeLines(folder, "q.jsonl", questions(12));
    const command = [
      "run",
      "q.jsonl",
      "-j",
      "2",
      "--",
      "sh",
      "-c",
      'echo "$CKPT_ITEM_INDEX" >> marks; test "$CKPT_ITEM_INDEX" -lt 4 || until [ -e go ]; do sleep 0.05; done; echo done',
    ];
    const child = start(folder, command);
    const errors = reading(child.stderr);
    await until(() => marks(folder).length === 6);
    child.kill("SIGINT");
    await until(() => errors.text.includes("SIGINT"));
    writeLines(folder, "go", []);
    await child.exited;
    expect(child.signalCode).toBe("SIGINT");
    expect(marks(folder).length).toBe(6);
    expect((await ckpt(folder, command)).code).toBe(0);
    expect(
      marks(folder)
        .map(Number)
        .toSorted((a, b) => a - b),
    ).toEqual(Array.from({ length: 12 }, (_, i) => i));
  });
});

describe("ckpt info", () => {
  test("shows the block of the user guide, in Chinese to the letter", async () => {
    const folder = newFolder();
    writeLines(folder, "q.jsonl", questions(100));
    await ckpt(folder, ["run", "q.jsonl", "--limit", "50", "--", "true"]);
    const { out, code } = await ckpt(folder, ["info", "--lang", "zh"]);
    expect(code).toBe(0);
    const block = out
      .split("\n")
      .slice(0, 8)
      .map((line) => line.replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/, "T").replace(/\d{8}_\d{6}/, "S"));
    const rule = "=".repeat(50);
    expect(block).toEqual([
      rule,
      "📊 检查点信息",
      rule,
      "🕒 保存时间: T",
      "🔖 会话ID: S",
      "📈 进度: 50/100 (50.0%)",
      "📦 批处理大小: 10",
      "📝 已保存结果数: 50",
    ]);
  });

  test("without a checkpoint exits 10", async () => {
    expect((await ckpt(newFolder(), ["info"])).code).toBe(10);
  });
});
