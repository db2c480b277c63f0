// The guard against getting slower: compares ratios with those on record (bench/record.json). It is given ratios of two things that were measured in
// the same run, never those beside a number, which say more of the machine than of the program.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./place.ts";
import type { Row } from "./row.ts";

/** What is on record of a row: the ratio of times, and that of times on a processor. */
type OnRecord = { readonly time: number; readonly cpu: number };
export type Ratios = Readonly<Record<string, OnRecord>>;

/** A ratio may fall by this part of the one on record. */
const TOLERANCE = 1 / 3;
/** Where others have more than this part of all processors, ckpt waits its turn more often than a peer with less to do, whatever its own speed. */
const OTHERS_PART_MAX = 1 / 3;
const RECORD = join(ROOT, "bench/record.json");

/** @throws when there is none */
export function readRecord(): Ratios {
  if (!existsSync(RECORD)) throw new Error("no ratios are on record: run once with --quick --record");
  return JSON.parse(readFileSync(RECORD, "utf8")) as Ratios;
}

/** Puts these rows on record. @param kept what is on record of other rows and stays there */
export function writeRecord(rows: readonly Row[], kept: Ratios): void {
  const rounded = (value: number): number => Math.round(value * 1000) / 1000;
  const ratios = rows.map(({ id, ratio, cpuRatio = ratio.median }) => [
    id,
    { time: rounded(ratio.median), cpu: rounded(cpuRatio) },
  ]);
  writeFileSync(RECORD, `${JSON.stringify({ ...kept, ...Object.fromEntries(ratios) }, null, 2)}\n`);
}

/**
 * Whether the row's ratio is more than a third worse than the one on record. On a busy machine the ratio of times on a processor has to be, too: the
 * other one says little then.
 */
export function isSlower(row: Row, record: Ratios): boolean {
  const before = record[row.id];
  if (before === undefined) return false;
  const slower = hasFallen(row, row.ratio.median, before.time);
  const busy = (row.othersPart ?? 0) > OTHERS_PART_MAX && row.cpuRatio !== undefined;
  return slower && (!busy || hasFallen(row, row.cpuRatio, before.cpu));
}

/** Where small is good, it is the inverse that falls. */
function hasFallen({ most }: Row, ratio: number, before: number): boolean {
  const kept = most === true ? before / ratio : ratio / before;
  return kept < 1 - TOLERANCE;
}

/** Rows that nothing on record speaks of: a guard without eyes. */
export function unrecorded(rows: readonly Row[], record: Ratios): string[] {
  return rows.filter((row) => record[row.id] === undefined).map((row) => row.id);
}
