// Which items a job is about: `--where` and `--sample`. The total is what was chosen, and another choice keeps what still matches.
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

  test.each([
    ["en", "no item meets level=odd"],
    ["zh", "没有条目符合 level=odd"],
  ])("that nothing meets, or that is none, is refused, in %s", async (lang, words) => {
    const folder = folderOfItems();
    const { code, err } = await run(folder, "--where", "level=odd", "--lang", lang);
    expect(code).toBe(2);
    expect(err).toContain(words);
    expect((await run(folder, "--where", "level", "--lang", lang)).code).toBe(2);
    expect((await run(folder, "--seed", "7", "--lang", lang)).code).toBe(2);
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
});
