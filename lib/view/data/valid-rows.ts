// Which result of each unit is the valid one: the newest, but a failure does not replace a success. Results are known by their rows in the index. As long as the input has
// not changed, a unit is known by its position, which takes 4 bytes a unit; otherwise by its identity, which takes some 45.
import { unitKey } from "../../core/record-key.ts";
import { RecordTable } from "../../core/record-table.ts";
import type { FactsVisitor } from "../../checkpoint/results.ts";
import { grown } from "./columns.ts";

export type RecordFacts = Parameters<FactsVisitor>[0];

/** Answers of add() that are no rows. FIRST: the result is the first one of its unit. NOT_VALID: an earlier result stays the valid one. */
export const FIRST = -1;
export const NOT_VALID = -2;

/** `keeps`: whether the earlier one of two results of a unit stays the valid one. */
export type RowRule = { keeps(earlier: number, later: number): boolean };

export interface ValidRows {
  /** Takes the next result. @param unit its position @returns the row that it replaces, FIRST or NOT_VALID */
  add(row: number, unit: number, facts: RecordFacts, rule: RowRule): number;
  /** Writes the wanted rows into `target`, in the order of the input. @returns how many they are */
  inOrder(isWanted: (row: number) => boolean, target: Uint32Array): number;
}

export class RowsByPosition implements ValidRows {
  /** By unit: 1 + its row; 0: no row yet. */
  #rows: Uint32Array;

  constructor(units: number) {
    this.#rows = new Uint32Array(units);
  }

  add(row: number, unit: number, _facts: RecordFacts, rule: RowRule): number {
    if (unit >= this.#rows.length) this.#rows = grown(this.#rows, unit + 1);
    const before = (this.#rows[unit] ?? 0) - 1;
    if (before >= 0 && rule.keeps(before, row)) return NOT_VALID;
    this.#rows[unit] = row + 1;
    return before >= 0 ? before : FIRST;
  }

  inOrder(isWanted: (row: number) => boolean, target: Uint32Array): number {
    const rows = this.#rows;
    let count = 0;
    for (let unit = 0; unit < rows.length; unit++) {
      const row = (rows[unit] ?? 0) - 1;
      if (row >= 0 && isWanted(row)) target[count++] = row;
    }
    return count;
  }
}

export class RowsByIdentity implements ValidRows {
  readonly #table: RecordTable;
  /** By row: the position of its unit in the input, as it was then. */
  #units: Uint32Array;
  #count = 0;

  constructor(expected: number) {
    this.#table = new RecordTable(expected);
    this.#units = new Uint32Array(Math.max(1, expected));
  }

  add(row: number, unit: number, facts: RecordFacts): number {
    if (row >= this.#units.length) this.#units = grown(this.#units, row + 1);
    this.#units[row] = unit;
    this.#count = row + 1;
    const identity = facts.identity();
    const key = unitKey(identity);
    const content = [identity.hash[0] ?? 0, identity.hash[1] ?? 0] as const;
    const before = this.#table.offsetOf(key);
    if (facts.failed && this.#table.hasSuccess(key, content)) return NOT_VALID;
    this.#table.set(key, { offset: row, failed: facts.failed, rejected: false, errorGroup: 0, content });
    return before ?? FIRST;
  }

  inOrder(isWanted: (row: number) => boolean, target: Uint32Array): number {
    const units = this.#units;
    let count = 0;
    let isAscending = true;
    let last = 0;
    for (let row = 0; row < this.#count; row++) {
      if (!isWanted(row)) continue;
      target[count++] = row;
      const unit = units[row] ?? 0;
      if (unit < last) isAscending = false;
      last = unit;
    }
    if (!isAscending) target.subarray(0, count).sort((a, b) => (units[a] ?? 0) - (units[b] ?? 0) || a - b);
    return count;
  }
}
