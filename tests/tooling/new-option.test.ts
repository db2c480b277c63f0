// Adding an option to `run` touches its declaration and its use, and nothing else: one is declared in a copy of the tree, and stands in help (both
// languages), in the settings file and in the tables of the docs, and its value reaches the settings.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dir, "../..");
const DECLARATION = "lib/job/arguments/pace-arguments.ts";
const USE = "lib/job/run-settings.ts";
let copy = "";

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), "ckpt-option-"));
  for (const name of [
    "lib",
    "scripts",
    "docs",
    "cli.ts",
    "package.json",
    "tsconfig.json",
    "README.md",
    "README.zh.md",
  ])
    cpSync(join(root, name), join(copy, name), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  edit(
    DECLARATION,
    "  jobs: {",
    `  "warm-up": {\n    type: "string",\n    value: "duration",\n    valueHint: "TIME",\n    group: "pace",\n    complete: "none",\n    description: "a wait before the first attempt",\n    zh: "首次尝试前的等待",\n  },\n  jobs: {`,
  );
  // Its use: here it is only said.
  edit(
    USE,
    "  return {\n    ...settings,",
    "  if (settings.warmUpMs !== null) throw new Error(`warm-up of ${settings.warmUpMs} ms`);\n  return {\n    ...settings,",
  );
});

afterAll(() => {
  rmSync(copy, { recursive: true, force: true });
});

function edit(file: string, from: string, to: string): void {
  const text = readFileSync(join(copy, file), "utf8");
  expect(text).toContain(from);
  writeFileSync(join(copy, file), text.replace(from, to));
}

function run(...words: readonly string[]): { readonly code: number; readonly text: string } {
  const ran = Bun.spawnSync([process.execPath, ...words], {
    cwd: copy,
    env: { PATH: process.env["PATH"], LANG: "C" },
  });
  return { code: ran.exitCode, text: ran.stdout.toString() + ran.stderr.toString() };
}

test.each([
  ["en", "a wait before the first attempt"],
  ["zh", "首次尝试前的等待"],
])("it stands in the help of run, in %s", (language, text) => {
  const help = run("cli.ts", "run", "--help", "--lang", language).text;
  expect(help).toMatch(new RegExp(`--warm-up TIME +${text}`));
});

test("it stands in the tables of the docs", () => {
  expect(run("scripts/reference.ts").code).toBe(0);
  expect(readFileSync(join(copy, "docs/options.md"), "utf8")).toContain(
    "| `--warm-up TIME` | a wait before the first attempt |",
  );
  expect(readFileSync(join(copy, "docs/options.zh.md"), "utf8")).toContain(
    "| `--warm-up TIME` | 首次尝试前的等待 |",
  );
});

test("its value reaches the settings, typed or in a settings file, in milliseconds", () => {
  writeFileSync(join(copy, "q.txt"), "a\n");
  writeFileSync(join(copy, "job.toml"), 'warm-up = "2s"\n');
  expect(run("cli.ts", "run", "q.txt", "--warm-up", "3s", "--", "cat").text).toContain("warm-up of 3000 ms");
  expect(run("cli.ts", "run", "q.txt", "--config", "job.toml", "--", "cat").text).toContain(
    "warm-up of 2000 ms",
  );
  expect(run("cli.ts", "run", "q.txt", "--warm-up", "3", "--", "cat")).toMatchObject({ code: 2 });
});

test("the tree with it is sound to the compiler", () => {
  expect(run("node_modules/.bin/tsc", "--noEmit", "-p", ".").text).toBe("");
}, 120_000);
