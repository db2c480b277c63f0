// A small job for the sweeps: five items, batches of two, one at a time. Its module notes each item that it is given, and waits where a commit has to
// come first, so that each run makes the same calls.
import * as fs from "node:fs";
import * as path from "node:path";
import { ENV, EXECUTABLE, type Ran, read, writeLines } from "../helpers/ckpt.ts";
import { copyFolder } from "../helpers/copy-folder.ts";
import { memoryFolder } from "../helpers/memory.ts";

export const ITEMS = 5;
/** The output of the job with this many items. */
export function outputOf(items: number): string {
  const line = (index: number): string => `{"index":${index},"status":"ok","output":"answer to q${index}"}\n`;
  return Array.from({ length: items }, (_, i) => line(i)).join("");
}

/** The output as it stands; null without one. */
export function writtenOutput(folder: string): string | null {
  const file = path.join(folder, WORK, "out.jsonl");
  return fs.existsSync(file) ? fs.readFileSync(file, "utf8") : null;
}

/** What the tracer watches, below the job's folder: the checkpoint's folder and the output are in it, input and module are not. */
export const WORK = "work";

const WHERE = ["--dir", "work/checkpoints"];
const OUTPUT = ["-o", "work/out.jsonl"];
const HOW = ["-j", "1", "-b", "2", "--progress", "json", "--module", "answer.ts"];

export const RUN: readonly string[] = ["run", "q.txt", ...WHERE, ...OUTPUT, ...HOW];
/** With the results of writeImport(). */
export const RUN_IMPORT: readonly string[] = [...RUN, "--import", "old.jsonl"];
export const RUN_STDIN: readonly string[] = ["run", "-", "--format", "txt", ...WHERE, ...OUTPUT, ...HOW];

/** A run of one shard. */
export function shardWords(which: string, ...words: readonly string[]): readonly string[] {
  return ["run", "q.txt", ...WHERE, "--shard", which, ...words, ...HOW];
}

/** The only shard of 1, with the results of those in `old`. */
export const RESHARD: readonly string[] = shardWords("1/1", "--reshard-from", "work/old");
export const MERGE: readonly string[] = ["merge", "work/checkpoints", ...OUTPUT];

/** A command about the job's checkpoint. */
export function about(...words: readonly string[]): readonly string[] {
  return [...words, ...WHERE];
}

/** How long an item waits for a commit: longer than batches are joined for. */
const WAIT_MS = 1500;

const MODULE = [
  'import { appendFileSync, readFileSync } from "node:fs";',
  'import { join } from "node:path";',
  "const at = (name: string) => join(import.meta.dir, name);",
  'const needs = JSON.parse(readFileSync(at("needs.json"), "utf8"));',
  "function committed() {",
  // By another name than the one that is watched.
  '  try { return JSON.parse(readFileSync(at("peep/processing_status.json"), "utf8")).log.records; } catch { return 0; }',
  "}",
  "export async function process(item: string, context: { index: number }) {",
  '  appendFileSync(at("marks"), `${context.index}\\n`);',
  "  await Bun.sleep(1);",
  `  const until = performance.now() + ${WAIT_MS};`,
  "  while (committed() < (needs[context.index] ?? 0) && performance.now() < until) await Bun.sleep(2);",
  "  return `answer to ${item}`;",
  "}",
];

/** With two automatic backups that are no completed sessions, one more makes the oldest go. */
export const JOB_ENV: Readonly<Record<string, string>> = { ...ENV, CKPT_KEEP_AUTO: "2" };

/** Item by item: how many records have to be committed before it is answered. */
export type Needs = Readonly<Record<number, number>>;

function newFolder(): string {
  return fs.realpathSync(memoryFolder("ckpt-sweep-"));
}

export function newJob(): string {
  const folder = newFolder();
  fs.mkdirSync(path.join(folder, WORK));
  fs.symlinkSync(path.join(WORK, "checkpoints"), path.join(folder, "peep"));
  writeItems(folder, ITEMS);
  writeLines(folder, "answer.ts", MODULE);
  fs.writeFileSync(path.join(folder, "marks"), "");
  wait(folder, {});
  return folder;
}

export function writeItems(folder: string, count: number): void {
  writeLines(
    folder,
    "q.txt",
    Array.from({ length: count }, (_, i) => `q${i}`),
  );
}

/** Results of these items, as an output of ckpt has them. */
export function writeImport(folder: string, items: readonly number[]): void {
  const row = (index: number): object => ({
    index,
    status: "ok",
    output: `answer to q${index}`,
    item: `q${index}`,
  });
  writeLines(
    folder,
    "old.jsonl",
    items.map((index) => JSON.stringify(row(index))),
  );
}

export function wait(folder: string, needs: Needs): void {
  fs.writeFileSync(path.join(folder, "needs.json"), JSON.stringify(needs));
}

/** A job in the state of another one. */
export function copyJob(from: string): string {
  const folder = newFolder();
  copyFolder(from, folder);
  return folder;
}

/** The items that have been given to the module, in order. */
export function marks(folder: string): number[] {
  return read(folder, "marks").split("\n").filter(Boolean).map(Number);
}

/** What a command of a job has on its standard input. */
export function stdinOf(folder: string, args: readonly string[]): Bun.BunFile | "ignore" {
  return args === RUN_STDIN ? Bun.file(path.join(folder, "q.txt")) : "ignore";
}

/** Runs a command undisturbed. */
export async function runPlain(folder: string, args: readonly string[]): Promise<Ran> {
  const stdin = stdinOf(folder, args);
  const child = Bun.spawn([EXECUTABLE, ...args], {
    cwd: folder,
    env: JOB_ENV,
    stdin,
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return { code, out, err };
}

/** The same. @throws when its exit code is another than `code` */
export async function mustRun(folder: string, args: readonly string[], code = 0): Promise<void> {
  const ran = await runPlain(folder, args);
  if (ran.code !== code) throw new Error(`${args.join(" ")}: exit ${ran.code}: ${ran.err}`);
}
