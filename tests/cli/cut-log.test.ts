// What is left of a log after a crash: a torn tail is set aside and its items are run again; committed records that are damaged are refused.
// Needs strace.
import { expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { checkpointPaths } from "../../lib/checkpoint/names.ts";
import { ckpt, newFolder, read, writeLines } from "../helpers/ckpt.ts";
import { copyFolder } from "../helpers/copy-folder.ts";
import { runTo } from "../helpers/kill.ts";
import { withStrace } from "../helpers/strace.ts";

const ITEMS = 8;
/** Cuts tried: every so many bytes, and those at both ends of each record. Recovery itself is tried at every byte in tests/checkpoint. */
const STEP_BYTES = 23;

const ARGS = ["run", "q.txt", "-j", "1", "-b", "1000", "--module", "m.ts"];
const questions = Array.from({ length: ITEMS }, (_, i) => `q${i}`);
const MODULE = [
  'import { appendFileSync } from "node:fs";',
  'import { join } from "node:path";',
  "export async function process(item: string, context: { index: number }) {",
  '  appendFileSync(join(import.meta.dir, "marks"), `${context.index}\\n`);',
  "  await Bun.sleep(1);",
  "  return `answer to ${item}, 答案`;",
  "}",
];

function prepare(): string {
  const folder = newFolder();
  writeLines(folder, "q.txt", questions);
  writeLines(folder, "m.ts", MODULE);
  return folder;
}

/** A folder whose log holds four records, of which no commit knows. */
function killedFolder(): Promise<string> {
  return withStrace(async () => {
    const folder = prepare();
    const { log } = checkpointPaths(path.join(folder, "checkpoints"));
    expect((await runTo(folder, ARGS, { calls: "write", paths: [log], when: 5 })).exitCode).toBeNull();
    return folder;
  });
}

function copyOf(folder: string): { readonly copy: string; readonly log: string; readonly dir: string } {
  const copy = newFolder();
  copyFolder(folder, copy);
  const dir = path.join(copy, "checkpoints");
  return { copy, dir, log: checkpointPaths(dir).log };
}

async function uninterrupted(): Promise<string> {
  const folder = prepare();
  expect((await ckpt(folder, ARGS)).code).toBe(0);
  return read(folder, "q.results.jsonl");
}

test("a log cut at any byte of its last two records resumes to the same output, and runs only what was cut off", async () => {
  const folder = await killedFolder();
  const expected = await uninterrupted();
  const whole = fs.readFileSync(checkpointPaths(path.join(folder, "checkpoints")).log);
  const ends = [...whole.entries()].filter(([, byte]) => byte === 0x0a).map(([at]) => at + 1);
  expect(ends.length).toBe(4);
  const start = ends[1] ?? 0;
  for (let cut = start; cut <= whole.length; cut++) {
    if ((cut - start) % STEP_BYTES !== 0 && !ends.some((end) => Math.abs(end - cut) <= 1)) continue;
    const { copy, log, dir } = copyOf(folder);
    fs.truncateSync(log, cut);
    const left = ends.filter((end) => end <= cut).length;
    fs.rmSync(path.join(copy, "marks"));
    expect({ cut, code: (await ckpt(copy, ARGS)).code }).toEqual({ cut, code: 0 });
    expect(read(copy, "q.results.jsonl")).toBe(expected);
    const run = read(copy, "marks").trim().split("\n").map(Number);
    expect(run).toEqual(Array.from({ length: ITEMS - left }, (_, i) => left + i));
    expect(fs.existsSync(path.join(dir, "quarantine"))).toBe(!ends.includes(cut));
    fs.rmSync(copy, { recursive: true });
  }
});

for (const [name, tail] of [
  ["half a record", (log: Buffer) => log.subarray(0, 100)],
  ["zeros, as a file system leaves them", () => Buffer.alloc(4096)],
  ["garbage with line ends", () => Buffer.from("x\n{}\n\0\n\n")],
] as const) {
  test(`${name} behind the records is set aside, and the run goes on`, async () => {
    const folder = await killedFolder();
    const { copy, log } = copyOf(folder);
    fs.appendFileSync(log, tail(fs.readFileSync(log)));
    const ran = await ckpt(copy, ARGS);
    expect({ code: ran.code, output: read(copy, "q.results.jsonl") }).toEqual({
      code: 0,
      output: await uninterrupted(),
    });
  });
}

test("committed records that lack bytes are refused by name with exit 12, and nothing is changed", async () => {
  const folder = prepare();
  expect((await ckpt(folder, [...ARGS, "--limit", "4"])).code).toBe(4);
  const { copy, log } = copyOf(folder);
  fs.truncateSync(log, fs.statSync(log).size - 40);
  const before = fs.readFileSync(log);
  const ran = await ckpt(copy, ARGS);
  expect(ran.code).toBe(12);
  expect(ran.err).toContain("record 4 ");
  expect(fs.readFileSync(log)).toEqual(before);
});
