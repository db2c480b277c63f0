// The guard against getting slower: compares ratios with those on record (bench/record.json). It is given ratios of two things that were measured in
// the same run, never those beside a number, which say more of the machine than of the program.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./place.ts";
import type { Row } from "./row.ts";

export type Ratios = Readonly<Record<string, number>>;

/** A ratio may fall by this part of the one on record. */
const TOLERANCE = 1 / 3;
const RECORD = join(ROOT, "bench/record.json");

/** @throws when there is none */
export function readRecord(): Ratios {
  if (!existsSync(RECORD)) throw new Error("no ratios are on record: run once with --quick --record");
  return JSON.parse(readFileSync(RECORD, "utf8")) as Ratios;
}

/** Puts these rows on record; what else stands there stays. */
export function writeRecord(rows: readonly Row[]): void {
  const before = existsSync(RECORD) ? readRecord() : {};
  const ratios = Object.fromEntries(rows.map((row) => [row.id, Math.round(row.ratio.median * 1000) / 1000]));
  writeFileSync(RECORD, `${JSON.stringify({ ...before, ...ratios }, null, 2)}\n`);
}

/** Whether the row's ratio is more than a third worse than the one on record. Where small is good, its inverse is what falls. */
export function isSlower(row: Row, record: Ratios): boolean {
  const before = record[row.id];
  if (before === undefined) return false;
  const kept = row.most === true ? before / row.ratio.median : row.ratio.median / before;
  return kept < 1 - TOLERANCE;
}

/** Rows that nothing on record speaks of: a guard without eyes. */
export function unrecorded(rows: readonly Row[], record: Ratios): string[] {
  return rows.filter((row) => record[row.id] === undefined).map((row) => row.id);
}

/** Of two measurements of one row, the one that is nearer to the record from below: noise makes a ratio worse in one of them, a slower program in both. */
export function betterOf(first: Row, second: Row): Row {
  const firstIsBetter =
    first.most === true
      ? first.ratio.median <= second.ratio.median
      : first.ratio.median >= second.ratio.median;
  return firstIsBetter ? first : second;
}
