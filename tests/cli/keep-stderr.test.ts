// `--keep-stderr`: what a command wrote to standard error is recorded of a success, too.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import { ckpt, newFolder, type Ran, read, writeLines } from "../helpers/ckpt.ts";

setDefaultTimeout(60_000);

const LOG = "checkpoints/checkpoint_results.jsonl";
const SCRIPT = 'echo "warning of $1" >&2; test "$1" != b || exit 3; echo "out of $1"';
const COMMAND = ["--", "sh", "-c", SCRIPT, "x", "{}"];

function newInput(...lines: readonly string[]): string {
  const folder = fs.realpathSync(newFolder());
  writeLines(folder, "q.txt", lines);
  return folder;
}
const run = (folder: string, ...words: readonly string[]): Promise<Ran> =>
  ckpt(folder, ["run", "q.txt", "-q", "-j", "1", "--limit", "2", ...words]);
type Kept = { readonly v: number; readonly stderr?: string; readonly error?: { readonly stderr?: string } };
const records = (folder: string): Kept[] =>
  read(folder, LOG)
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Kept);

describe.each([
  ["a command", COMMAND],
  ["a shell text", ["--shell", "set -- {}; " + SCRIPT]],
])("of %s", (_, command) => {
  test("successes and failures have it; a success without any has no key", async () => {
    const folder = newInput("a", "b", "c");
    expect((await run(folder, "--keep-stderr", ...command)).code).toBe(4);
    expect(records(folder)).toMatchObject([
      { v: 1, stderr: "warning of a\n" },
      { v: 1, error: { stderr: "warning of b\n" } },
    ]);
    const quiet = newInput("a", "b", "c");
    expect((await run(quiet, "--keep-stderr", "--", "echo", "{}")).code).toBe(4);
    expect(records(quiet).map((record) => Object.hasOwn(record, "stderr"))).toEqual([false, false]);
  });

  test("without the option only failures have it", async () => {
    const folder = newInput("a", "b", "c");
    expect((await run(folder, ...command)).code).toBe(4);
    expect(records(folder).map(({ stderr, error }) => stderr ?? error?.stderr)).toEqual([
      undefined,
      "warning of b\n",
    ]);
  });
});

test("show has it, and outputs do not", async () => {
  const folder = newInput("a", "c", "d");
  expect((await run(folder, "--keep-stderr", ...COMMAND)).code).toBe(4);
  for (const [lang, label] of [
    ["en", "standard error"],
    ["zh", "标准错误"],
  ] as const) {
    const { out } = await ckpt(folder, ["show", "#1", "--lang", lang]);
    expect(out.toLowerCase()).toContain(label);
    expect(out).toContain("  warning of a");
  }
  const shown = await ckpt(folder, ["show", "#1", "--json"]);
  expect(shown.out).toContain('"stderr":"warning of a\\n"');
  const exported = await ckpt(folder, ["export", "--include-meta", "--include-input"]);
  expect(exported.out).not.toContain("warning");
});

test("it is the last 8 KiB, whole characters", async () => {
  const folder = newInput("a");
  const script = 'i=0; while [ $i -lt 1000 ]; do echo "第 $i 行，共一千行" >&2; i=$((i+1)); done';
  expect((await run(folder, "--keep-stderr", "--dir", "d", "-o", "-", "--", "sh", "-c", script)).code).toBe(
    0,
  );
  const [backup = ""] = fs.readdirSync(`${folder}/d/backups`);
  const [record] = read(folder, `d/backups/${backup}/checkpoint_results.jsonl`)
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Kept);
  const { stderr = "" } = record ?? {};
  expect(stderr).toEndWith("第 998 行，共一千行\n第 999 行，共一千行\n");
  expect(stderr).not.toContain("\uFFFD");
  const bytes = Buffer.byteLength(stderr);
  expect(bytes).toBeLessThanOrEqual(8192);
  expect(bytes).toBeGreaterThan(8192 - 4);
});

test("it is no part of the fingerprint, and a retried success has that of its last attempt", async () => {
  const folder = newInput("a", "b", "c");
  expect((await run(folder, ...COMMAND)).code).toBe(4);
  const script = SCRIPT.replace("exit 3", "test -e seen || { touch seen; exit 3; }");
  const other = newInput("a", "b", "c");
  const retried = [
    "--keep-stderr",
    "--retries",
    "1",
    "--retry-delay",
    "1ms",
    "--",
    "sh",
    "-c",
    script,
    "x",
    "{}",
  ];
  expect((await run(other, ...retried)).code).toBe(4);
  expect(records(other)[1]).toMatchObject({ status: "ok", attempts: 2, stderr: "warning of b\n" });
  const more = await ckpt(folder, [
    "run",
    "q.txt",
    "-q",
    "-j",
    "1",
    "--keep-stderr",
    "--failed",
    "keep",
    ...COMMAND,
  ]);
  expect(more).toMatchObject({ code: 3 });
  expect(more.err).not.toContain("changed");
});

test.each([
  ["en", "--module", "together"],
  ["zh", "--model", "不能"],
])("it is refused in %s with %s", async (lang, option, text) => {
  const folder = newInput("a");
  const ran = await run(folder, "--keep-stderr", option, "x.mjs", "--lang", lang);
  expect(ran.code).toBe(2);
  expect(ran.err).toContain("--keep-stderr");
  expect(ran.err).toContain(option);
  expect(ran.err).toContain(text);
});
