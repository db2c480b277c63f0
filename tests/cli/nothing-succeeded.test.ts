// A command that is corrected before anything has succeeded: there is nothing to protect, which is said, and the run goes on with the new one.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, newFolder, type Ran, read, writeLines } from "../helpers/ckpt.ts";

setDefaultTimeout(60_000);

const LANGUAGES = [
  ["en", /Nothing has succeeded so far, so there is nothing to protect: .*\(command\)/],
  ["zh", /此前没有一个条目成功，没有需要保护的结果：.*（命令）/],
] as const;
const FAILS = ["-j", "1", "--", "sh", "-c", "echo old >> marks; exit 1"];
const WORKS = ["-j", "1", "--", "sh", "-c", "echo new >> marks; echo done"];
const items = (count: number): string[] => Array.from({ length: count }, (_, i) => `item ${i}`);
const marks = (folder: string): string[] => read(folder, "marks").trim().split("\n");
const backups = (folder: string): string[] => {
  const all = path.join(folder, "checkpoints/backups");
  return fs.existsSync(all) ? fs.readdirSync(all).map((name) => name.replace(/_\d.*$/, "")) : [];
};

/** A folder in which the command has failed for all that it was given. */
async function failed(count: number): Promise<string> {
  const folder = newFolder();
  writeLines(folder, "q.txt", items(count));
  expect((await ckpt(folder, ["run", "q.txt", ...FAILS])).code).toBe(count < 20 ? 3 : 4);
  return folder;
}

describe.each(LANGUAGES)("a corrected command, nothing having succeeded, in %s", (lang, said) => {
  const corrected = (folder: string, ...options: readonly string[]): Promise<Ran> =>
    ckpt(folder, ["run", "q.txt", "--lang", lang, ...options, ...WORKS]);

  test("all had failed: it is reported, all are retried, and the session continues", async () => {
    const folder = await failed(5);
    const { session_id: before } = JSON.parse((await ckpt(folder, ["info", "--json"])).out) as {
      session_id: string;
    };
    const ran = await corrected(folder, "--json");
    expect(JSON.parse(ran.out)).toMatchObject({ outcome: "complete", session_id: before, failed: 0 });
    expect(ran.err).toMatch(said);
    expect(marks(folder)).toEqual([...Array<string>(5).fill("old"), ...Array<string>(5).fill("new")]);
    expect(backups(folder)).toEqual(["auto_completed"]);
  });

  test("it was stopped after the first twenty: the rest is run, and those are retried", async () => {
    const folder = await failed(25);
    const ran = await corrected(folder);
    expect({ code: ran.code, attempts: marks(folder).length }).toEqual({ code: 0, attempts: 45 });
    expect(ran.err).toMatch(said);
  });

  test("one item had succeeded: refused as ever, exit 12", async () => {
    const folder = newFolder();
    writeLines(folder, "q.txt", items(5));
    const command = ["-j", "1", "--", "sh", "-c", 'test "$1" = "item 3"', "x", "{}"];
    expect((await ckpt(folder, ["run", "q.txt", ...command])).code).toBe(3);
    const ran = await corrected(folder);
    expect(ran.code).toBe(12);
    expect(ran.err).not.toMatch(said);
  });

  test("--on-change refuse is heeded", async () => {
    const folder = await failed(5);
    expect((await corrected(folder, "--on-change", "refuse")).code).toBe(12);
    expect(marks(folder).length).toBe(5);
  });
});

test("what lacked a field of the old command is retried with the new one", async () => {
  const folder = newFolder();
  writeLines(folder, "q.jsonl", ['{"a":1}', '{"b":2}', "no JSON"]);
  expect((await ckpt(folder, ["run", "q.jsonl", "--", "sh", "-c", "exit 1", "x", "{a}"])).code).toBe(3);
  const ran = await ckpt(folder, ["run", "q.jsonl", "--json", "--", "cat"]);
  expect(JSON.parse(ran.out)).toMatchObject({ exit_code: 3, completed: 2, failed: 1, attempted: 3 });
});

test("--failed keep keeps failures of the new command, not those of the old one", async () => {
  const folder = await failed(4);
  const words = ["-j", "1", "--", "sh", "-c", 'echo new >> marks; test "$1" != "item 2"', "x", "{}"];
  const ran = await ckpt(folder, ["run", "q.txt", "--failed", "keep", "--json", ...words]);
  expect(JSON.parse(ran.out)).toMatchObject({ exit_code: 3, completed: 3, failed: 1, attempted: 4 });
  expect(backups(folder)).toEqual(["auto_completed"]);
});

test.each([
  ["en", "belongs to another job, but nothing has succeeded in it"],
  ["zh", "但其中没有一个条目成功"],
])(
  "failures of another job are no reason to refuse this one: they become a backup (%s)",
  async (lang, said) => {
    const folder = await failed(3);
    writeLines(folder, "other.txt", ["a", "b"]);
    const ran = await ckpt(folder, ["run", "other.txt", "--lang", lang, ...WORKS]);
    expect(ran.code).toBe(0);
    expect(ran.err).toContain(said);
    expect(backups(folder).toSorted()).toEqual(["auto_completed", "auto_start_over"]);
  },
);
