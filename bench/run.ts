// `bun run bench`: runs ckpt and its peers in turn on the same work and prints a table of ratios. Data and checkpoints go into a folder in TMPDIR (up to
// 10 GB with --large), which is removed at the end.
import { parseArgs } from "node:util";
import { type Case, CASES, promptfooCase } from "./cases.ts";
import { type Growth, growth, memoryRows } from "./cases/growth.ts";
import { isSlower, type Ratios, readRecord, unrecorded, writeRecord } from "./guard.ts";
import { machineLine } from "./machine.ts";
import { openPlace, type Place } from "./place.ts";
import { rowLine, TABLE_HEAD, writeReport } from "./report.ts";
import type { Row } from "./row.ts";

const USAGE = `bun run bench [--quick [--record]] [--only NAME[,NAME…]] [--report [--large]] [--promptfoo FOLDER] [--json]
  --quick      small, under two minutes; fails when a ratio is more than a third worse than the one in bench/record.json
  --record     with --quick: puts the ratios on record
  --only       these cases alone: ${CASES.map(({ name }) => name).join(", ")} (rate takes three minutes, and is left out unless named)
  --report     also how cost grows, to 1 000 000 items (--large: 10 000 000); writes docs/performance.md and its plots
  --promptfoo  there is a case promptfoo, too, from this folder; it is installed there when it is missing (0.5 GB)
  --json       one JSON value on standard output`;

const SIZES = [10_000, 100_000, 1_000_000];
const SIZE_LARGE = 10_000_000;
/** A case whose ratio seems to have fallen is measured again so often: noise does not come back, a slower program does. */
const SECOND_LOOKS = 2;

const missing: string[] = [];
const options = readOptions();
const place = openPlace();
process.on("exit", () => place.remove());
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(1));
if (options.quick) await quick(place);
else await full(place);

function readOptions(): {
  readonly quick: boolean;
  readonly record: boolean;
  readonly report: boolean;
  readonly large: boolean;
  readonly json: boolean;
  /** `--only` was given. */
  readonly some: boolean;
  readonly cases: readonly Case[];
} {
  const flag = { type: "boolean", default: false } as const;
  const { values } = parseArgs({
    options: {
      quick: flag,
      record: flag,
      report: flag,
      large: flag,
      json: flag,
      help: flag,
      only: { type: "string" },
      promptfoo: { type: "string" },
    },
  });
  const { promptfoo } = values;
  const all = promptfoo === undefined ? CASES : [...CASES, promptfooCase(promptfoo)];
  const names = values.only?.split(",");
  const unknown = names?.filter((name) => !all.some((one) => one.name === name)) ?? [];
  const senseless =
    (values.report && values.quick) ||
    (values.record && !values.quick) ||
    (values.quick && promptfoo !== undefined);
  if (values.help || unknown.length > 0 || senseless) {
    console.error(unknown.length > 0 ? `no case ${unknown.join(", ")}\n${USAGE}` : USAGE);
    process.exit(values.help ? 0 : 2);
  }
  if (names !== undefined)
    missing.push(
      `left out (--only): ${all.flatMap(({ name }) => (names.includes(name) ? [] : [name])).join(", ")}`,
    );
  if (promptfoo === undefined && !values.quick) missing.push("promptfoo (--promptfoo FOLDER installs it)");
  const chosen = all.filter(({ name, onlyNamed }) => names?.includes(name) ?? onlyNamed !== true);
  return { ...values, some: names !== undefined, cases: chosen };
}

async function full(at: Place): Promise<void> {
  const rows: Row[] = [];
  begin();
  const { report, large } = options;
  if (Bun.which("parallel") === null) missing.push("GNU parallel (Debian: parallel)");
  const found = report ? await growth(at, large ? [...SIZES, SIZE_LARGE] : SIZES) : [];
  const memory = report ? shown(memoryRows(found)) : [];
  const left = options.cases.map(({ name }) => name);
  for (const { name, full: measure } of options.cases) {
    rows.push(...(await attempt(name, () => measure(at))));
    left.shift();
    // After each case: it takes long, and may be stopped.
    const notRun = left.length > 0 ? [`not run: ${left.join(", ")}`] : [];
    if (report) writeReport([...rows, ...memory], found, [...missing, ...notRun]);
  }
  finish([...rows, ...memory], found);
}

async function quick(at: Place): Promise<void> {
  // Without --only the record is written anew; nothing is compared with it.
  const kept = options.record && options.some ? readRecord() : {};
  const record = options.record ? {} : readRecord();
  const rows: Row[] = [];
  begin();
  for (const { name, quick: measure } of options.cases) {
    if (measure === null) continue;
    // Beside a number, small cases say nothing.
    const guarded = async (): Promise<Row[]> => (await measure(at)).filter((row) => row.ideal !== true);
    rows.push(...(await attempt(name, () => lookAgain(guarded, record))));
  }
  if (options.record) writeRecord(rows, kept);
  else guard(rows, record);
  finish(rows, []);
}

/** Measures a case, and again where a ratio seems to have fallen: what has not fallen in one of the looks has not become slower. */
async function lookAgain(measure: () => Promise<Row[]>, record: Ratios): Promise<Row[]> {
  let rows = await measure();
  for (let look = 0; look < SECOND_LOOKS && rows.some((row) => isSlower(row, record)); look++) {
    const again = new Map((await measure()).map((row) => [row.id, row]));
    rows = rows.map((row) => (isSlower(row, record) ? (again.get(row.id) ?? row) : row));
  }
  return rows;
}

/** Fails where something has become slower, and where nothing on record says whether it has. */
function guard(rows: readonly Row[], record: Ratios): void {
  const slower = rows.filter((row) => isSlower(row, record));
  for (const { what, ratio, id } of slower)
    console.error(`slower: ${what}: ${ratio.median.toFixed(2)}, on record ${record[id]?.time ?? ""}`);
  const unknown = unrecorded(rows, record);
  if (unknown.length > 0) console.error(`not recorded (--quick --record): ${unknown.join(", ")}`);
  if (slower.length > 0 || unknown.length > 0) process.exitCode = 1;
}

function begin(): void {
  if (!options.json) console.log(`${machineLine()}\n\n${TABLE_HEAD.join("\n")}`);
}

/** The rows of a case, printed. A case that fails is said to be missing, and the others go on. */
async function attempt(name: string, measure: () => Promise<Row[]>): Promise<Row[]> {
  try {
    return shown(await measure());
  } catch (error) {
    process.exitCode = 1;
    missing.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    return [];
  }
}

function shown(rows: Row[]): Row[] {
  if (!options.json) for (const row of rows) console.log(rowLine(row));
  return rows;
}

function finish(rows: readonly Row[], found: readonly Growth[]): void {
  if (options.json)
    console.log(JSON.stringify({ machine: machineLine(), rows, growth: found, missing }, null, 2));
  for (const what of missing) console.error(`missing: ${what}`);
}
