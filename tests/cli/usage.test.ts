// Command lines that cannot be meant: every command refuses them, in both languages, and changes nothing.
import { describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, newFolder, writeLines } from "../helpers/ckpt.ts";
import { tree } from "../helpers/in-process.ts";

const CODE_USAGE = 2;

/** Makes a folder with a checkpoint and a backup `kept`. */
async function begun(): Promise<string> {
  const folder = newFolder();
  writeLines(folder, "q.txt", ["a", "b"]);
  await ckpt(folder, ["run", "q.txt", "--limit", "1", "-q", "-j", "1", "--", "cat"]);
  await ckpt(folder, ["backup", "kept", "-q"]);
  return folder;
}

describe("a word too many is an error", () => {
  const COMMANDS: readonly (readonly [words: readonly string[], extra: string])[] = [
    [["run", "q.txt", "more.txt", "--", "cat"], "more.txt"],
    [["info", "nonsense"], "nonsense"],
    [["info", "--", "nonsense"], "--"],
    [["clear", "nonsense", "--yes"], "nonsense"],
    [["clear", "--yes", "--"], "--"],
    [["backup", "one", "two"], "two"],
    [["backup", "one", "--", "two"], "--"],
    [["list", "nonsense"], "nonsense"],
    [["list", "--"], "--"],
    [["restore", "kept", "two", "--yes"], "two"],
    [["restore", "kept", "--yes", "--", "two"], "--"],
    [["verify", "kept", "two"], "two"],
    [["verify", "--", "two"], "--"],
    [["export", "nonsense"], "nonsense"],
    [["export", "-o", "a.csv", "--", "nonsense"], "--"],
    [["--", "nonsense"], "nonsense"],
  ];

  test.each(COMMANDS)("%j", async (words, extra) => {
    const folder = await begun();
    const before = tree(folder);
    for (const [lang, text] of [
      ["en", `unexpected argument "${extra}"`],
      ["zh", `多余的参数“${extra}”`],
    ] as const) {
      const ran = await ckpt(folder, words, { CKPT_LANG: lang });
      expect({ code: ran.code, out: ran.out }).toEqual({ code: CODE_USAGE, out: "" });
      expect(ran.err).toContain(text);
    }
    expect(tree(folder)).toEqual(before);
  });
});

test("--json promises one value, and -o - the results: a run takes one of the two", async () => {
  const folder = await begun();
  const words = ["run", "q.txt", "-o", "-", "--json", "--", "sh", "-c", "echo x >> marks"];
  const ran = await ckpt(folder, words);
  expect({ code: ran.code, marks: fs.existsSync(path.join(folder, "marks")) }).toEqual({
    code: CODE_USAGE,
    marks: false,
  });
  expect(JSON.parse(ran.out).error).toMatchObject({ code: "usage.conflict" });
});
