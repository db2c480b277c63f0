// Command lines that cannot be meant: every command refuses them, in both languages, and changes nothing.
import { describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { seal } from "../../lib/checkpoint/status/seal.ts";
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
    [["info", "folder", "nonsense"], "nonsense"],
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
    [["export", "kept", "nonsense"], "nonsense"],
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

describe.each(["constructor", "__proto__", "toString", "hasOwnProperty", "valueOf"])(
  "%s is a name like any other",
  (name) => {
    // Nothing here changes it.
    const folder = begun();
    const item = ["run", "q.txt", "--dry-run"];
    const COMMANDS: readonly (readonly [words: readonly string[], code: number])[] = [
      [[name], 2],
      [[name, "--help"], 2],
      [["run", name, "--", "cat"], 2],
      [["run", `--${name}`], 2],
      [[...item, "--format", name, "--", "cat"], 2],
      [[...item, "--encoding", name, "--", "cat"], 2],
      [[...item, "--progress", name, "--", "cat"], 2],
      [[...item, "--timeout", `1${name}`, "--", "cat"], 2],
      [[...item, "--max-output", `1${name}`, "--", "cat"], 2],
      [[...item, "--id", name, "--", "cat"], 2],
      [[...item, "--", "echo", `{${name}}`], 2],
      [["run", "q.txt", "--dir", "other", "--module", name], 2],
      [[...item, "-o", `a.${name}`, "--", "cat"], 2],
      [
        [
          ...item,
          "--dir",
          "other",
          "--model",
          "m",
          "--base-url",
          "http://127.0.0.1:9/v1",
          "--prompt",
          "p",
          "--param",
          `${name}=1`,
        ],
        0,
      ],
      [["info", "--lang", name], 2],
      [["verify", name], 10],
      [["restore", name, "--yes"], 10],
      [["backup", "--delete", name, "--yes"], 10],
    ];

    test.each(COMMANDS)("%j ends with %d, in words", async (words, code) => {
      const ran = await ckpt(await folder, words);
      expect({ code: ran.code, crashed: /internal error|^ +at /m.test(ran.err) }).toEqual({
        code,
        crashed: false,
      });
    });

    test("in a status file: a run's end, a state, a kind of processor", async () => {
      const own = await begun();
      const file = path.join(own, "checkpoints/processing_status.json");
      const { sum: _sum, ...status } = JSON.parse(fs.readFileSync(file, "utf8"));
      const [run] = status.runs;
      const processor = { kind: name, shown: "x" };
      const foreign = { ...status, state: name, processor, runs: [{ ...run, ended: name }] };
      fs.writeFileSync(file, seal(foreign));
      for (const lang of ["en", "zh"]) {
        const { code, out, err } = await ckpt(own, ["info", "--lang", lang]);
        expect({ code, err }).toEqual({ code: 0, err: "" });
        expect(out.match(new RegExp(`\\b${name}`, "g"))).toHaveLength(3);
        expect(out).not.toMatch(/native code|undefined/);
      }
    });
  },
);
