// `--import`: results of other tools are matched with the items of the input before anything is decided, and become records at the beginning of the run. An item
// that has a good result keeps it: so the same words again import nothing twice, and after a kill they import the rest.
import { CkptError } from "../../core/errors.ts";
import type { Plan } from "../../core/plan.ts";
import { hasGoodResult } from "../../core/unit-state.ts";
import type { Session } from "../../checkpoint/locked-checkpoint.ts";
import type { Input } from "../../input/input.ts";
import { inDialogue } from "../../cli/context.ts";
import { cutText } from "../../core/cut-text.ts";
import { collectGarbage } from "../../io/garbage.ts";
import { safePath, safeText } from "../../ui/escape.ts";
import type { ImportFacts } from "../../ui/messages/imports/en.ts";
import type { RunSetup } from "../run-setup.ts";
import { type ImportFile, openImports, type PlacedRow, rowsOf } from "./import-files.ts";
import { type Fate, ImportTable } from "./import-table.ts";
import type { RowReading } from "./imported-row.ts";

export type Imports = {
  readonly files: readonly ImportFile[];
  readonly reading: RowReading;
  /** Empty once the results are records: a run may be long. */
  table: ImportTable;
  readonly counts: Readonly<Record<Fate, number>>;
  /** What is said of them before anything is run; safe to print. */
  readonly lines: readonly string[];
  /** Some rows are left out that have a result: the user may not expect it. */
  readonly leavesOut: boolean;
};

/** The options that say what is imported. */
export const IMPORT_OPTIONS: readonly string[] = ["import", "import-id", "import-output"];

const ROWS_SHOWN = 3;
const LABEL_LENGTH = 40;
/** Why a row with a result is not imported, in the order in which it is told. */
const LEFT_OUT = [
  "unmatched",
  "differing",
  "twice",
  "contradicting",
  "unreadable",
] as const satisfies readonly Fate[];

/**
 * Matches the files of `--import` with the items of the input that are chosen. Changes nothing.
 * @returns null without `--import`
 * @throws input.*
 */
export async function matchImports(setup: RunSetup, input: Input, plan: Plan): Promise<Imports | null> {
  const { settings, context } = setup;
  if (settings.import.length === 0) return null;
  const files = await openImports(settings.import, context.host);
  const reading = readingOf(setup);
  const table = new ImportTable(settings.id);
  for await (const { row, file } of rowsOf(files, reading, () => true)) {
    table.add(row, file.isTable);
  }
  for await (const items of input.read((index) => plan.unitOf(index, 1) !== null)) {
    for (const item of items) table.meet(item, settings.repeat);
    collectGarbage();
  }
  const counts = table.settle();
  const rows = table.rows;
  const path = settings.import.join(", ");
  if (counts.unreadable === rows) throw new CkptError("input.importUnreadable", { path, rows });
  // A shard may have none of the items of a file that is for all of them.
  const isOfShard = settings.shard !== null;
  if (!isOfShard && counts.matched + counts.failed + counts.contradicting + counts.differing === 0)
    throw new CkptError("input.importNoMatch", { path, rows, idField: settings.id });
  const facts = { files: settings.import.map((file) => safePath(file)), rows, counts };
  const lines = await reportLines(setup, { files, reading, table }, facts);
  const leavesOut = LEFT_OUT.some((fate) => counts[fate] > 0 && !(isOfShard && fate === "unmatched"));
  return { files, reading, table, counts, lines, leavesOut };
}

function readingOf({ settings, checks, context }: RunSetup): RowReading {
  const { processor, importId: id, importOutput: output } = settings;
  const endpoint = processor.kind === "endpoint" ? processor : null;
  return {
    named: id === null || output === null ? null : { id, output },
    withIds: settings.id !== null,
    nowMs: context.host.clock.now(),
    checks,
    answer: endpoint?.answer ?? null,
    parse: settings.parse,
    failOn: endpoint?.failOn ?? [],
    prices: null,
  };
}

type Matched = Readonly<Pick<Imports, "files" | "reading" | "table">>;

async function reportLines(
  { context, settings }: RunSetup,
  matched: Matched,
  facts: ImportFacts,
): Promise<readonly string[]> {
  const { imports: texts } = context.catalogue;
  const isOfSeveral = matched.files.length > 1;
  const examples = await examplesOf(matched, facts, ({ row, text, file, line }) => {
    const label = safeText(cutText(row?.id ?? text, LABEL_LENGTH, "…"));
    return texts.example(label, isOfSeveral ? safePath(file.name) : null, line);
  });
  const leftOut = LEFT_OUT.flatMap((fate) => {
    const count = facts.counts[fate];
    if (count === 0) return [];
    if (fate === "unmatched" && settings.shard !== null) return [texts.elsewhere(count)];
    return [texts.leftOut(fate, count, examples.get(fate) ?? [])];
  });
  return [texts.matched(facts), ...leftOut];
}

/** The first rows of each fate, with their lines. The files are read again where there are any. */
async function examplesOf(
  { files, reading, table }: Matched,
  { rows, counts }: ImportFacts,
  label: (row: PlacedRow) => string,
): Promise<ReadonlyMap<Fate, readonly string[]>> {
  const wanted = new Set<number>();
  for (const fate of LEFT_OUT) {
    for (let row = 0, left = Math.min(ROWS_SHOWN, counts[fate]); row < rows && left > 0; row++) {
      if (table.fateOf(row) !== fate) continue;
      wanted.add(row);
      left--;
    }
  }
  const examples = new Map<Fate, string[]>();
  if (wanted.size === 0) return examples;
  for await (const row of rowsOf(files, reading, (number) => wanted.has(number))) {
    const fate = table.fateOf(row.number);
    examples.set(fate, [...(examples.get(fate) ?? []), label(row)]);
  }
  return examples;
}

/** How many results become records, and how many items have a good result already. */
export type ImportCounts = { readonly imported: number; readonly already: number };

export function countImports({ table }: Imports, plan: Plan): ImportCounts {
  let imported = 0;
  let already = 0;
  for (let row = 0; row < table.rows; row++) {
    if (unitOf(table, row, plan) !== null) imported++;
    else if (table.unitOf(row) !== null) already++;
  }
  return { imported, already };
}

/** Whether there are results that become records. */
export function willImport(imports: Imports | null, plan: Plan): boolean {
  return imports !== null && countImports(imports, plan).imported > 0;
}

/** The unit that gets a row's result; null when there is none, or it has a good result. */
function unitOf(table: ImportTable, row: number, plan: Plan): number | null {
  const found = table.unitOf(row);
  const unit = found === null ? null : plan.unitOf(found.index, found.repeat);
  return unit === null || hasGoodResult(plan.state(unit)) ? null : unit;
}

/** What a dry run shows: the units that would have a result are done. */
export function forecastImports({ table }: Imports, plan: Plan): void {
  for (let row = 0; row < table.rows; row++) {
    const unit = unitOf(table, row, plan);
    if (unit !== null) plan.settled(unit, null, 0);
  }
}

/**
 * Adds the records, which the caller commits. Called once.
 * @param save calls its argument, and waits where the disk is full
 * @throws as Session.write(), input.changedDuringRun
 */
export async function addImports(
  imports: Imports,
  session: Session,
  plan: Plan,
  nowMs: number,
  save: (write: () => void) => Promise<void>,
): Promise<void> {
  const { files, reading, table } = imports;
  imports.table = new ImportTable(null);
  const want = (row: number): boolean => unitOf(table, row, plan) !== null;
  for await (const { number, file, line, row } of rowsOf(files, reading, want)) {
    const unit = unitOf(table, number, plan);
    const found = table.unitOf(number);
    const outputJson = row?.outputJson ?? null;
    if (row === null || unit === null || found === null || outputJson === null) continue;
    const { fp, name, sha256 } = file;
    const identity = { ...table.identityOf(number, row.id), occurrence: plan.occurrence(unit) };
    session.add(
      { ...found, line: 0, ...identity },
      {
        status: "ok",
        outputJson,
        attempts: 0,
        retries: [],
        startedAtMs: nowMs,
        durationMs: 0,
        imported: { fp, file: name, sha256, line },
        ...(row.marks.length === 0 ? {} : { marks: row.marks }),
      },
    );
    if (session.bufferIsFull) await save(() => session.write());
  }
}

/** Whether the user is asked before results are imported. */
export function asksAbout({ context, settings }: RunSetup, { leavesOut }: Imports): boolean {
  return leavesOut && !settings.yes && context.interactive() && settings.progress !== "json";
}

/**
 * Says what matches and what does not. On a terminal, the user decides whether results are left out.
 * @returns whether to go on
 */
export async function confirmImports(setup: RunSetup, imports: Imports): Promise<boolean> {
  const { context, reporter } = setup;
  if (!asksAbout(setup, imports)) {
    reporter.note(imports.lines.join("\n"));
    return true;
  }
  const { askYesNo } = await import("../../ui/prompts.ts");
  const { question } = context.catalogue.imports;
  const answer = await inDialogue(context, (dialogue) => askYesNo(dialogue, imports.lines, question));
  return answer === "yes";
}
