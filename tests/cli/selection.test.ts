// Which items a job is about: `--where` and `--sample`. The total is what was chosen, and another choice keeps what still matches.
// Needs strace.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, newFolder, type Ran, read, writeLines } from "../helpers/ckpt.ts";
import { runTo } from "../helpers/kill.ts";

setDefaultTimeout(120_000);

const COMMAND = ["--", "sh", "note.sh", "{n}"];
const RUN = ["run", "q.jsonl", "-j", "1", "-b", "2"];

/** Items 1 to 12, every third of which is hard. */
function folderOfItems(): string {
  const folder = newFolder();
  writeLines(
    folder,
    "q.jsonl",
    Array.from({ length: 12 }, (_, i) => lineOf(i + 1)),
  );
  writeLines(folder, "note.sh", ['echo "$1" >> marks', 'echo "done $1"']);
  fs.writeFileSync(path.join(folder, "marks"), "");
  return folder;
}

const lineOf = (n: number): string => JSON.stringify({ n, level: n % 3 === 0 ? "hard" : "easy" });
const run = (folder: string, ...more: string[]): Promise<Ran> => ckpt(folder, [...RUN, ...more, ...COMMAND]);
const marks = (folder: string): number[] => read(folder, "marks").split("\n").slice(0, -1).map(Number);

/** Numbers of the items in what was written. */
function written(text: string): number[] {
  const lines = text.split("\n").slice(0, -1);
  return lines.map((line) => Number((JSON.parse(line) as { output: string }).output.slice("done ".length)));
}
const outputOf = (folder: string): number[] => written(read(folder, "q.results.jsonl"));

describe("--where", () => {
  test("says what the job is about: plan, total, output, export and the same command again", async () => {
    const folder = folderOfItems();
    const where = ["--where", "level=hard", "--where", "n~^[3-9]$"];
    const dry = await run(folder, ...where, "--dry-run", "--json");
    expect(JSON.parse(dry.out)).toMatchObject({ plan: { total: 3, fresh: 3 } });
    expect((await run(folder, ...where, "--limit", "1")).code).toBe(4);
    expect(JSON.parse((await ckpt(folder, ["info", "--json"])).out)).toMatchObject({ total: 3, pending: 2 });
    const { code, out } = await ckpt(folder, ["run", "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ total: 3, completed: 3 });
    expect(marks(folder)).toEqual([3, 6, 9]);
    expect(outputOf(folder)).toEqual([3, 6, 9]);
    expect(written((await ckpt(folder, ["export"])).out)).toEqual([3, 6, 9]);
    const again = await run(folder, ...where, "--json");
    expect(JSON.parse(again.out)).toMatchObject({ outcome: "already_complete", total: 3 });
  });

  test("items that are not chosen need not have the fields of a prompt", async () => {
    const folder = newFolder();
    writeLines(folder, "q.jsonl", ['{"status":"failed"}', '{"status":"ok","text":"a"}']);
    const words = "run q.jsonl --model m --prompt {text} --base-url http://127.0.0.1:9/v1 --dry-run".split(
      " ",
    );
    const chosen = await ckpt(folder, [...words, "--where", "status=ok", "--json"]);
    expect(JSON.parse(chosen.out)).toMatchObject({ plan: { total: 1 } });
    const all = await ckpt(folder, words);
    expect([all.code, all.err]).toEqual([2, expect.stringContaining("text")]);
    const none = await ckpt(folder, [...words, "--where", "status=failed"]);
    expect([none.code, none.err]).toEqual([2, expect.stringContaining("text")]);
  });

  test("another choice keeps what still matches, in a checkpoint, from a backup, of either version", async () => {
    const folder = folderOfItems();
    expect((await run(folder, "--limit", "7")).code).toBe(4);
    expect((await run(folder, "--where", "level=hard")).code).toBe(0);
    expect(marks(folder)).toEqual([1, 2, 3, 4, 5, 6, 7, 9, 12]);
    expect(outputOf(folder)).toEqual([3, 6, 9, 12]);
    expect((await run(folder, "--where", "n~^[36]$")).code).toBe(0);
    expect(outputOf(folder)).toEqual([3, 6]);
    expect((await run(folder)).code).toBe(0);
    expect(marks(folder)).toEqual([1, 2, 3, 4, 5, 6, 7, 9, 12, 8, 10, 11]);
    expect(outputOf(folder)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
  });

  test("a kill at any rename leaves a job that the same command ends, each chosen item recorded once", async () => {
    const args = [...RUN, "--where", "level=hard", ...COMMAND];
    for (let when = 1; ; when++) {
      const folder = folderOfItems();
      expect((await run(folder, "--limit", "4")).code).toBe(4);
      const { exitCode } = await runTo(folder, args, { calls: "rename", paths: [], when });
      expect((await ckpt(folder, args)).code).toBe(0);
      expect(outputOf(folder)).toEqual([3, 6, 9, 12]);
      expect(marks(folder).length).toBeLessThanOrEqual(8);
      if (exitCode !== null) break;
    }
  });

  test("a choice without any result of the last one goes on all the same, and what was left out comes back without an attempt", async () => {
    const folder = folderOfItems();
    expect((await run(folder, "--where", "level=hard", "--limit", "2")).code).toBe(4);
    const next = await run(folder, "--where", "level=easy", "--limit", "3");
    expect(next.code).toBe(4);
    expect(next.err).toContain("The choice of items has changed: level=hard → level=easy");
    expect(next.err).toContain("Plan: 8 items: 0 done, 8 new, 2 gone, 8 pending");
    expect(JSON.parse((await ckpt(folder, ["info", "--json"])).out)).toMatchObject({
      total: 8,
      completed: 3,
      gone: 2,
      selection: { where: ["level=easy"] },
    });
    const back = JSON.parse((await run(folder, "--dry-run", "--json")).out);
    expect(back).toMatchObject({
      action: "resume",
      selection: null,
      plan: { total: 12, done: 5, fresh: 7, gone: 0 },
    });
    expect((await run(folder)).code).toBe(0);
    expect(marks(folder).toSorted((x, y) => x - y)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
  });

  test("verify finds no damage where results are not chosen any more, and a repair keeps them apart", async () => {
    const folder = folderOfItems();
    expect((await run(folder)).code).toBe(0);
    expect((await run(folder, "--where", "level=hard", "--rerun", "all", "--limit", "2")).code).toBe(4);
    const checked = await ckpt(folder, ["verify", "--json"]);
    expect(JSON.parse(checked.out)).toMatchObject({ problems: [], records: 14, items: 12 });
    expect(checked.code).toBe(0);
    const log = path.join(folder, "checkpoints/checkpoint_results.jsonl");
    fs.truncateSync(log, fs.statSync(log).size - 1);
    expect((await ckpt(folder, ["verify", "--repair", "--yes"])).code).toBe(0);
    const info = JSON.parse((await ckpt(folder, ["info", "--json"])).out);
    expect(info).toMatchObject({ total: 4, results_saved: 4, gone: 8 });
    expect((await ckpt(folder, ["verify"])).code).toBe(0);
  });

  test("whatever looks at results leaves out those of items that are not chosen", async () => {
    const folder = folderOfItems();
    expect((await run(folder, "--limit", "7")).code).toBe(4);
    fs.cpSync(path.join(folder, "checkpoints"), path.join(folder, "before"), { recursive: true });
    expect((await run(folder, "--where", "level=hard", "--limit", "1")).code).toBe(4);
    expect(written((await ckpt(folder, ["export"])).out)).toEqual([3, 6, 9]);
    const pending = (await ckpt(folder, ["export", "--status", "pending"])).out.trim().split("\n");
    expect(pending.map((line) => JSON.parse(line))).toEqual([{ index: 11, status: "pending" }]);
    const joined = (await ckpt(folder, ["export", "--include-input", "--fields", "n"])).out;
    expect(joined).toBe('{"n":3}\n{"n":6}\n{"n":9}\n');
    const shown = JSON.parse((await ckpt(folder, ["show", "--json"])).out) as { index: number }[];
    expect(shown.map(({ index }) => index + 1)).toEqual([9, 6, 3]);
    expect(JSON.parse((await ckpt(folder, ["diff", "before/", "checkpoints/", "--json"])).out)).toMatchObject(
      {
        only_in_a: 5,
        only_in_b: 1,
        same: 2,
      },
    );
    // One that is asked for by name is shown.
    expect(JSON.parse((await ckpt(folder, ["show", "#1", "--json"])).out)).toMatchObject([{ status: "ok" }]);
  });

  test("ckpt run alone goes on with the choice on record; typed words say what the job is now", async () => {
    const folder = folderOfItems();
    expect((await run(folder, "--where", "level=hard", "--where", "n~^[1-9]$", "--limit", "1")).code).toBe(4);
    const bare = await ckpt(folder, ["run", "--dry-run", "--json"]);
    expect(JSON.parse(bare.out)).toMatchObject({
      selection: { where: ["level=hard", "n~^[1-9]$"] },
      plan: { total: 3, done: 1 },
    });
    const typed = await ckpt(folder, ["run", "--where", "n~^[3-6]$", "--dry-run", "--json"]);
    expect(JSON.parse(typed.out)).toMatchObject({
      selection: { where: ["n~^[3-6]$"] },
      plan: { total: 4, done: 1, fresh: 3 },
    });
  });

  test.each([
    ["en", "Chosen", "level=hard: 4 of 12 items", "q.jsonl (level=hard)"],
    ["zh", "选定", "level=hard：12 个条目中的 4 个", "q.jsonl（level=hard）"],
  ])("is shown by --dry-run, info and list, in %s", async (lang, label, counts, listed) => {
    const folder = folderOfItems();
    const where = ["--where", "level=hard", "--lang", lang];
    expect((await run(folder, ...where, "--dry-run")).out).toMatch(
      new RegExp(`^${label}[:：] ?${counts}$`, "m"),
    );
    expect((await run(folder, ...where, "--limit", "2")).code).toBe(4);
    expect((await ckpt(folder, ["info", "--lang", lang])).out).toMatch(
      new RegExp(`^${label} +${counts}$`, "m"),
    );
    expect((await run(folder, ...where)).code).toBe(0);
    expect((await ckpt(folder, ["list", "--lang", lang])).out).toContain(listed);
    const [backup] = JSON.parse((await ckpt(folder, ["list", "--json"])).out);
    expect(backup).toMatchObject({ total: 4, selection: { where: ["level=hard"] } });
    expect((await ckpt(folder, ["info", "--lang", lang])).out).toContain(counts);
  });

  test("a job that was completed is known with its backup, without it, and with accepted failures", async () => {
    const folder = folderOfItems();
    writeLines(folder, "note.sh", ['echo "$1" >> marks', 'echo "done $1"', '[ "$1" != 6 ] || [ -e mended ]']);
    const where = ["--where", "level=hard", "--retries", "0"];
    expect((await run(folder, ...where, "--failed", "keep")).code).toBe(3);
    expect(marks(folder)).toEqual([3, 6, 9, 12]);
    const again = await run(folder, ...where, "--json");
    expect({ code: again.code, ran: JSON.parse(again.out) }).toMatchObject({
      code: 3,
      ran: { outcome: "already_complete", failed: 1, selection: { where: ["level=hard"] } },
    });
    fs.writeFileSync(path.join(folder, "mended"), "");
    expect((await run(folder, "--no-resume", ...where)).code).toBe(0);
    fs.rmSync(path.join(folder, "checkpoints/backups"), { recursive: true });
    const bare = await run(folder, ...where, "--json");
    expect(JSON.parse(bare.out)).toMatchObject({ outcome: "already_complete", total: 4 });
    expect(marks(folder)).toHaveLength(8);
    // The receipt is that of a part only.
    const whole = await run(folder, "--dry-run", "--json", "-o", "whole.jsonl");
    expect(JSON.parse(whole.out)).toMatchObject({ action: "start", plan: { total: 12, fresh: 12 } });
  });

  test.each([
    ["b.csv", ["id,级别,备注", "1,难,甲", "2,易,乙", "3,难,丙"], "级别=难", "备注~[乙丙]", 1],
    ["b.jsonl", ['{"a":{"b":1.10}}', '{"a":{"b":1.1}}', '{"a.b":1.10}'], "a.b=1.10", "a.b~1$", 0],
    [
      "b.jsonl",
      ['{"n":12345678901234567890}', '{"n":12345678901234567891}'],
      "n=12345678901234567891",
      "n~^1",
      1,
    ],
    ["b.txt", ["good day", "bad day", "night"], "item~day$", "item~^g", 1],
    ["b.json", ["[1, 2, 10]"], "item=10", "item~0", 1],
  ])("%s: fields as they are written: %j with %s", async (name, lines, first, second, both) => {
    const folder = newFolder();
    writeLines(folder, name, lines);
    const plan = async (...where: string[]): Promise<number> => {
      const { out } = await ckpt(folder, ["run", name, ...where, "--dry-run", "--json", "--", "cat"]);
      if (out.includes("input.noneChosen")) return 0;
      return (JSON.parse(out) as { plan: { total: number } }).plan.total;
    };
    expect(await plan("--where", first)).toBeGreaterThan(0);
    expect(await plan("--where", first, "--where", second)).toBe(both);
  });

  test("equal items are told apart, whatever was chosen before, also when the input has grown in front of them", async () => {
    const folder = newFolder();
    const all = (...more: string[]) =>
      ckpt(folder, ["run", "q.txt", ...more, "--", "sh", "-c", 'echo "$1" >> marks', "x", "{}"]);
    writeLines(folder, "q.txt", ["a", "b", "b", "c"]);
    expect((await all("--where", "item=a", "--limit", "1")).code).toBe(0);
    expect((await all("--where", "item~[abc]", "--limit", "2")).code).toBe(4);
    writeLines(folder, "q.txt", ["b", "b", "a", "c"]);
    const dry = JSON.parse((await all("--dry-run", "--json")).out);
    expect(dry).toMatchObject({ plan: { total: 4, done: 3, fresh: 1 } });
    expect((await all()).code).toBe(0);
    expect(read(folder, "marks")).toBe("a\nb\nb\nc\n");
  });

  test("items of several files are chosen by the file in which they stand", async () => {
    const folder = newFolder();
    writeLines(folder, "a.txt", ["same", "same"]);
    writeLines(folder, "b.txt", ["same"]);
    expect(
      (await ckpt(folder, ["run", "a.txt", "b.txt", "--where", "_file=b.txt", "-o", "o.jsonl", "--", "cat"]))
        .code,
    ).toBe(0);
    expect(read(folder, "o.jsonl")).toBe('{"index":2,"status":"ok","output":"same"}\n');
  });

  test.each([
    [
      "en",
      ["no item meets level=odd"],
      ["no item has such a field", "did you mean level?", "n, level"],
      "see character 3, *",
    ],
    ["zh", ["没有条目符合 level=odd"], ["没有条目含有这个字段", "level", "n、level"], "第 3 个字符 *"],
  ])("is refused where nothing can be meant, in %s", async (lang, none, unknown, pattern) => {
    const folder = folderOfItems();
    const refused = async (...args: string[]): Promise<string> => {
      const { code, err } = await run(folder, ...args, "--lang", lang);
      expect(code).toBe(2);
      expect(fs.existsSync(path.join(folder, "checkpoints/processing_status.json"))).toBe(false);
      return err;
    };
    for (const words of none) expect(await refused("--where", "level=odd")).toContain(words);
    const err = await refused("--where", "levl=hard");
    for (const words of unknown) expect(err).toContain(words);
    expect(await refused("--where", "n=1", "--where", "levl=hard", "--sample", "2")).toContain("levl");
    expect(await refused("--where", "n~a**")).toContain(pattern);
    expect(await refused("--where", "level")).toContain("FIELD~REGEX");
    expect(await refused("--seed", "7")).toContain("--sample");
  });
});

describe("--sample", () => {
  test("is the same on every run, and of a longer input as few as possible are displaced", async () => {
    const [folder, other] = [folderOfItems(), folderOfItems()];
    expect((await run(folder, "--sample", "5", "--limit", "2")).code).toBe(4);
    expect((await run(folder, "--sample", "5")).code).toBe(0);
    expect((await run(other, "--sample", "5")).code).toBe(0);
    const first = outputOf(folder);
    expect(first).toHaveLength(5);
    expect(outputOf(other)).toEqual(first);
    expect(marks(folder)).toEqual(first);
    fs.appendFileSync(path.join(folder, "q.jsonl"), `${lineOf(13)}\n${lineOf(14)}\n`);
    expect((await run(folder, "--sample", "5")).code).toBe(0);
    expect(outputOf(folder)).toHaveLength(5);
    expect(outputOf(folder).filter((n) => !first.includes(n) && n < 13)).toEqual([]);
    expect((await run(other, "--sample", "5", "--seed", "7")).code).toBe(0);
    expect(outputOf(other)).not.toEqual(first);
  });

  test("a kill at any write to the log leaves a job whose sample is the same", async () => {
    const args = [...RUN, "--sample", "5", "--where", "n~^1?[0-9]$", ...COMMAND];
    const whole = folderOfItems();
    expect((await ckpt(whole, args)).code).toBe(0);
    for (let when = 1; ; when++) {
      const folder = folderOfItems();
      const paths = [path.join(folder, "checkpoints/checkpoint_results.jsonl")];
      const { exitCode } = await runTo(folder, args, { calls: "write", paths, when });
      expect((await ckpt(folder, args)).code).toBe(0);
      expect(outputOf(folder)).toEqual(outputOf(whole));
      expect(marks(folder).length).toBeLessThanOrEqual(7);
      if (exitCode !== null) break;
    }
  });
});
