// What is said of failures: by reason, with an item that fails now and its present message, in the summary, in info and in JSON.
// Needs tmux.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import type { ErrorGroup } from "../../lib/core/status.ts";
import { ckpt, newFolder, type Ran, writeLines } from "../helpers/ckpt.ts";
import { Terminal } from "../helpers/terminal.ts";

setDefaultTimeout(60_000);

const RUN = ["run", "q.txt", "-j", "1"];
const FAIL = ["--", "sh", "fail.sh", "{}"];

/** Items 1 to 8 of which each fails with what stands in `reason-N`, or else is answered. */
function folderWith(reasonOf: (item: number) => string | null, items = 8): string {
  const folder = newFolder();
  writeLines(
    folder,
    "q.txt",
    Array.from({ length: items }, (_, i) => String(i + 1)),
  );
  writeLines(folder, "fail.sh", [
    'test -f "reason-$1" || { echo "$1"; exit 0; }',
    'cat "reason-$1" >&2',
    "exit 1",
  ]);
  for (let item = 1; item <= items; item++) setReason(folder, item, reasonOf(item));
  return folder;
}

function setReason(folder: string, item: number, reason: string | null): void {
  const file = path.join(folder, `reason-${item}`);
  if (reason === null) fs.rmSync(file, { force: true });
  else fs.writeFileSync(file, `${reason}\n`);
}

const errorsOf = ({ out }: Ran): readonly ErrorGroup[] =>
  (JSON.parse(out) as { readonly errors: readonly ErrorGroup[] }).errors;
const infoErrors = async (folder: string): Promise<readonly ErrorGroup[]> =>
  errorsOf(await ckpt(folder, ["info", "--json"]));
const failed = (count: number, item: string, reason: string): ErrorGroup => ({
  kind: "exit",
  count,
  item,
  message: `exit status 1: ${reason}`,
});

describe.each([
  ["en", "e.g. item"],
  ["zh", "例如条目"],
])("in %s", (lang, example) => {
  const line = (count: number, item: string, reason: string): string =>
    lang === "zh"
      ? `命令失败（exit）× ${count}，${example} ${item}：退出状态 1：${reason}`
      : `exit × ${count}, ${example} ${item}: exit status 1: ${reason}`;

  test("each reason has a line of its own, the largest group first, on the screen of a run and in info", async () => {
    const folder = folderWith((item) => (item <= 3 ? `timeout talking to db after ${item} ms` : "bad input"));
    const args = [...RUN, "--lang", lang, ...FAIL];
    await using terminal = new Terminal(folder, args, { columns: 120 });
    expect(await terminal.exitCode()).toBe(3);
    const lines = [line(5, "#4", "bad input"), line(3, "#1", "timeout talking to db after 1 ms")];
    expect(terminal.screen()).toContain(lines.map((text) => `  - ${text}`).join("\n"));
    const { out } = await ckpt(folder, ["info", "--lang", lang]);
    const shown = out.split("\n").filter((text) => /exit[ ）]× /.test(text));
    expect(shown.map((text) => text.replace(/^\S* */, ""))).toEqual(lines);
  });

  test("after a retry that failed for another reason, that one is said, of an item that fails now", async () => {
    const folder = folderWith(() => "timeout talking to db");
    expect((await ckpt(folder, [...RUN, ...FAIL])).code).toBe(3);
    setReason(folder, 1, null);
    for (const item of [2, 3]) setReason(folder, item, "disk quota exceeded");
    const args = [...RUN, "--limit", "3", "--lang", lang, "--resume", ...FAIL];
    await using terminal = new Terminal(folder, args, { columns: 120 });
    expect(await terminal.exitCode()).toBe(4);
    const lines = [line(5, "#4", "timeout talking to db"), line(2, "#2", "disk quota exceeded")];
    expect(terminal.screen()).toContain(lines.map((text) => `  - ${text}`).join("\n"));
    const { out } = await ckpt(folder, ["info", "--lang", lang]);
    for (const text of lines) expect(out).toContain(text);
  });

  test("beyond sixteen reasons the others are counted together", async () => {
    const words = "abcdefghijklmnopqrst".split("");
    const folder = folderWith(
      (item) => (item <= 2 ? "common" : `because of ${words[item - 3]?.repeat(3)}`),
      19,
    );
    const ran = await ckpt(folder, [...RUN, "--lang", lang, ...FAIL]);
    const shown = ran.err.split("\n").filter((text) => text.startsWith("  - "));
    expect([shown.length, shown.at(0), shown.at(-1)]).toEqual([
      17,
      `  - ${line(2, "#1", "common")}`,
      lang === "zh" ? "  - 其他原因 × 2" : "  - other reasons × 2",
    ]);
  });
});

test("run --json and info --json have the same groups; their counts add up to the failed items", async () => {
  const words = "abcdefghijklmnopqrstuvwxyz".split("");
  const folder = folderWith((item) => `because of ${words[item % 26]?.repeat(3)}`, 30);
  const errors = errorsOf(await ckpt(folder, [...RUN, "--max-failures", "30", "--json", ...FAIL]));
  expect(errors).toEqual(await infoErrors(folder));
  expect(errors.at(-1)).toMatchObject({ kind: "others", item: "", message: "" });
  const { failed: count } = JSON.parse((await ckpt(folder, ["info", "--json"])).out) as {
    readonly failed: number;
  };
  expect(errors.reduce((sum, group) => sum + group.count, 0)).toBe(count);
});

describe.each([
  ["the input is the same", (): void => {}],
  ["the input has grown", (folder: string): void => fs.appendFileSync(path.join(folder, "q.txt"), "9\n")],
])("reasons are counted again from the log, when %s", (_when, change) => {
  test("and a later run says what fails now", async () => {
    const folder = folderWith((item) => (item % 2 === 0 ? "timeout talking to db" : "bad input"));
    expect((await ckpt(folder, [...RUN, ...FAIL])).code).toBe(3);
    change(folder);
    // The first example of each reason, and one more, are mended or fail otherwise.
    setReason(folder, 1, null);
    setReason(folder, 2, "disk quota exceeded");
    setReason(folder, 3, "disk quota exceeded");
    const grown = fs.readFileSync(path.join(folder, "q.txt"), "utf8").includes("9") ? 1 : 0;
    const limit = ["--limit", String(3 + grown)];
    const ran = await ckpt(folder, [...RUN, ...limit, "--json", ...FAIL]);
    const expected = [
      failed(3, "#4", "timeout talking to db"),
      failed(2, "#5", "bad input"),
      failed(2, "#2", "disk quota exceeded"),
    ];
    expect(errorsOf(ran)).toEqual(expected);
    expect(await infoErrors(folder)).toEqual(expected);
    // All of one reason are mended.
    for (const item of [3, 4, 6, 8]) setReason(folder, item, null);
    const last = await ckpt(folder, [...RUN, "--json", ...FAIL]);
    expect(errorsOf(last)).toEqual([failed(2, "#5", "bad input"), failed(1, "#2", "disk quota exceeded")]);
    expect(await infoErrors(folder)).toEqual(errorsOf(last));
  });
});

test("an item is called by its present number, when lines were put in front of it", async () => {
  const folder = folderWith((item) => (item === 2 ? "bad input" : null), 3);
  expect((await ckpt(folder, [...RUN, ...FAIL])).code).toBe(3);
  writeLines(folder, "q.txt", ["x", "y", "1", "2", "3"]);
  const ran = await ckpt(folder, [...RUN, "--limit", "1", "--json", ...FAIL]);
  expect(errorsOf(ran)).toEqual([failed(1, "#4", "bad input")]);
});

test("a repaired checkpoint says what fails in it", async () => {
  const folder = folderWith((item) => (item <= 4 ? "timeout talking to db" : "bad input"));
  expect((await ckpt(folder, [...RUN, ...FAIL])).code).toBe(3);
  setReason(folder, 1, null);
  await ckpt(folder, [...RUN, "--limit", "1", ...FAIL]);
  fs.unlinkSync(path.join(folder, "checkpoints/processing_status.json"));
  expect((await ckpt(folder, ["verify", "--repair", "--yes"])).code).toBe(0);
  expect(await infoErrors(folder)).toEqual([
    failed(4, "#5", "bad input"),
    failed(3, "#2", "timeout talking to db"),
  ]);
});

test("an error of several lines is shown on one", async () => {
  const folder = newFolder();
  writeLines(folder, "q.txt", ["a"]);
  writeLines(folder, "m.ts", ["export function process() {", '  throw "first\\nsecond";', "}"]);
  const ran = await ckpt(folder, ["run", "q.txt", "--module", "m.ts"]);
  expect(ran.err).toContain("item #1: first↵second (thrown, not an Error)\n");
});
