// kill -9 in every phase, again and again, over whole question sets: the output is that of a run never interrupted, and no item whose record was in
// the log is run again. CKPT_TEST_KILLS=50 kills that often in each of all combinations (ten minutes).
// Needs strace.
import { afterAll, expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, newFolder, read, writeLines } from "../helpers/ckpt.ts";
import { KilledRun, type Phase, PHASES } from "../helpers/killed-run.ts";
import { type QuestionSet, REAL_SETS, writeMadeSets } from "../helpers/question-sets.ts";
import { SEED, seeded, seededRandom } from "../helpers/seed.ts";
import { withStrace } from "../helpers/strace.ts";

const KILLS = process.env["CKPT_TEST_KILLS"];

const MADE_SETS = writeMadeSets();
const KINDS = ["command", "module"] as const;
const WINDOWS = [1, 8].flatMap((jobs) => [1, 10, 1000].map((batch) => ({ jobs, batch })));

type Case = {
  readonly set: QuestionSet;
  readonly kind: (typeof KINDS)[number];
  readonly jobs: number;
  readonly batch: number;
};

const PAIRS = MADE_SETS.flatMap((set) => KINDS.map((kind) => ({ set, kind })));
/** Real sets have the same shapes: each is run once, through one kind. */
const REAL_PAIRS = REAL_SETS.map((set, at) => ({ set, kind: KINDS[at % 2] ?? "command" }));
/** By default each set and kind once, and each window at least once; else all of them. */
const CASES: readonly Case[] = [...PAIRS, ...REAL_PAIRS].flatMap((pair, at) => {
  const windows = KILLS === undefined ? WINDOWS.slice((at * 5) % 6).slice(0, 1) : WINDOWS;
  return windows.map(({ jobs, batch }) => Object.assign({ jobs, batch }, pair));
});

const COMMAND = ["--", "sh", "-c", 'echo "$CKPT_ITEM_INDEX" >> marks; printf "answer to %s" "$1"', "x", "{}"];
const MODULE = [
  'import { appendFileSync } from "node:fs";',
  'import { join } from "node:path";',
  "export async function process(item: unknown, context: { index: number }) {",
  '  appendFileSync(join(import.meta.dir, "marks"), `${context.index}\\n`);',
  "  await Bun.sleep(1);",
  "  return { answerTo: item };",
  "}",
];

function prepare(kind: Case["kind"]): { readonly folder: string; readonly words: readonly string[] } {
  const folder = newFolder();
  if (kind === "command") return { folder, words: COMMAND };
  writeLines(folder, "answer.ts", MODULE);
  return { folder, words: ["--module", "answer.ts"] };
}

const references = new Map<string, string>();

/** The output of a run that nobody interrupted, with other jobs and batches. */
async function reference(file: string, kind: Case["kind"]): Promise<string> {
  const known = references.get(`${file} ${kind}`);
  if (known !== undefined) return known;
  const { folder, words } = prepare(kind);
  const args = ["run", file, "-j", "4", "-b", "25", "-o", "out.jsonl", ...words];
  expect((await ckpt(folder, args)).code).toBe(0);
  const output = read(folder, "out.jsonl");
  references.set(`${file} ${kind}`, output);
  fs.rmSync(folder, { recursive: true });
  return output;
}

const total: Record<Phase, number> = { attempt: 0, save: 0, commit: 0, recovery: 0, output: 0, move: 0 };
let between = 0;
const table: string[] = [];

function note(name: string, run: KilledRun): void {
  for (const phase of PHASES) total[phase] += run.counts[phase];
  between += run.between;
  table.push(row(name, run.counts, run.between));
}

function row(name: string, counts: Readonly<Record<Phase, number>>, inBetween: number): string {
  const numbers = [...PHASES.map((phase) => counts[phase]), inBetween];
  return name.padEnd(48) + numbers.map((count) => String(count).padStart(10)).join("");
}

afterAll(() => {
  const head = "kills by phase".padEnd(48) + [...PHASES, "between"].map((word) => word.padStart(10)).join("");
  console.log(["", head, ...table, row("all", total, between)].join("\n"));
});

/** Kills the job of one case until it has had its share; its output must be that of a run never interrupted. */
async function performMove(name: string, { set, kind, jobs, batch }: Case, seed: number): Promise<void> {
  const { folder, words } = prepare(kind);
  const windows = ["-j", `${jobs}`, "-b", `${batch}`];
  const args = ["run", set.path, ...windows, "-o", "out.jsonl", ...words];
  const [kills, random] = [Number(KILLS ?? 10), seededRandom(seed)];
  const job = { folder, args, output: "out.jsonl", items: set.items, jobs, batch, kills, random };
  const run = new KilledRun(job);
  await run.performMove();
  note(name, run);
  expect(read(folder, "out.jsonl")).toBe(await reference(set.path, kind));
  expect(fs.existsSync(path.join(folder, "checkpoints/checkpoint_results.jsonl"))).toBe(false);
  fs.rmSync(folder, { recursive: true });
}

for (const [at, one] of CASES.entries()) {
  const name = `${one.set.name} ${one.kind} -j ${one.jobs} -b ${one.batch}`;
  test(
    seeded(`${name}: killed in every phase`),
    () => withStrace(() => performMove(name, one, SEED + at)),
    180_000,
  );
}

test("there were kills in every phase, and at least fifty between the first and the last record", () => {
  for (const phase of PHASES) expect({ phase, kills: total[phase] }).not.toEqual({ phase, kills: 0 });
  expect(between).toBeGreaterThanOrEqual(50);
});
