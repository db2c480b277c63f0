// The manual page: sound to mandoc and groff in both languages, whole, and the same bytes at every time.
// Needs mandoc, groff, man.
import { describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { manual, sharedFiles } from "../../scripts/manual.ts";
import { REPOSITORY_URL } from "../../scripts/release/repository.ts";
import { EXIT } from "../../lib/core/errors.ts";
import { ALL_COMMANDS } from "../../lib/start/all-commands.ts";
import { ENV, newFolder } from "../helpers/ckpt.ts";

const ROOT = path.resolve(import.meta.dir, "../..");
const DATE = "2026-11-28";

/** Runs a tool over the page; what it printed to both streams. */
function ran(
  language: "en" | "zh",
  words: readonly string[],
): { readonly code: number; readonly text: string } {
  const file = path.join(newFolder(), "ckpt.1");
  fs.writeFileSync(file, manual(language, DATE));
  const child = Bun.spawnSync([...words, file], { env: { ...ENV, MANWIDTH: "80", LC_ALL: "C.UTF-8" } });
  return { code: child.exitCode, text: child.stdout.toString() + child.stderr.toString() };
}

describe.each(["en", "zh"] as const)("in %s", (language) => {
  test("mandoc finds nothing wrong", () => {
    // It counts a Chinese character as the eight of \[uNNNN]: lines are short, and it takes them for long.
    const { text } = ran(language, ["mandoc", "-Tlint"]);
    expect(text.split("\n").filter((line) => line !== "" && !line.includes("longer than 80 bytes"))).toEqual(
      [],
    );
    if (language === "en") expect(text).toBe("");
  });

  test("groff warns of nothing, and breaks every line in time", () => {
    const { code, text } = ran(language, ["man", "--warnings", "-P", "cat", "-l"]);
    expect(code).toBe(0);
    expect(text).not.toContain("warning");
    const isExample = (line: string): boolean =>
      ALL_COMMANDS.some(({ examples }) => examples.some((each) => each.line === line.trim()));
    expect(text.split("\n").filter((line) => Bun.stringWidth(line) > 80 && !isExample(line))).toEqual([]);
  });

  test("holds every command, option and exit code; examples can be copied", () => {
    const { text } = ran(language, ["man", "-P", "cat", "-l"]);
    for (const { meta, args, examples } of ALL_COMMANDS) {
      expect(text).toContain(`ckpt ${meta.name}`);
      for (const [name, { type }] of Object.entries(args))
        if (type !== "positional") expect(text).toContain(`--${name}`);
      for (const { line } of examples)
        expect(text.replaceAll(/\s+/g, " ")).toContain(line.replaceAll(/\s+/g, " "));
    }
    for (const code of Object.values(EXIT)) expect(text).toMatch(new RegExp(`^ +${code}( |$)`, "m"));
    expect(text).toContain(REPOSITORY_URL);
    expect(text).toContain("CKPT_KEEP_AUTO");
    expect(text).toContain("checkpoints/checkpoint_results.jsonl");
  });
});

test("the script writes what it exports, with the date that it is given", () => {
  const folder = newFolder();
  const write = (): void => {
    const child = Bun.spawnSync([process.execPath, "scripts/manual.ts", folder], {
      cwd: ROOT,
      env: { ...ENV, SOURCE_DATE_EPOCH: String(Date.parse(DATE) / 1000) },
    });
    expect(child.exitCode).toBe(0);
  };
  write();
  const files = sharedFiles(DATE);
  expect([...files.keys()].toSorted()).toEqual([
    "bash-completion/completions/ckpt",
    "fish/vendor_completions.d/ckpt.fish",
    "man/man1/ckpt.1",
    "man/zh_CN/man1/ckpt.1",
    "zsh/vendor-completions/_ckpt",
  ]);
  for (const [name, content] of files) expect(fs.readFileSync(path.join(folder, name), "utf8")).toBe(content);
});
