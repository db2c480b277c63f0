// Which result of each unit is the valid one, by their rows: the newest, but a failure does not take the place of a success. Where positions of items are those on
// record a unit is known by its position, with 4 bytes of each; otherwise by its identity, with some 45.
import { unitKey } from "../../core/record-key.ts";
import { RecordTable } from "../../core/record-table.ts";
import type { FactsVisitor } from "../../checkpoint/results.ts";
import { grown } from "./columns.ts";

export type Facts = Parameters<FactsVisitor>[0];

/** The first result of its unit; one that does not count. Otherwise a row is replaced. */
export const FIRST = -1;
export const NOT_VALID = -2;

/** Which of two results of a unit is valid, where they are known by their rows. */
export type RowRule = { keeps(before: number, row: number): boolean };

export interface ValidRows {
  /** Takes the next result. @param unit its position @returns the row that it replaces, FIRST or NOT_VALID */
  settle(row: number, unit: number, facts: Facts, rule: RowRule): number;
  /** Rows that are wanted, in the order of the input. */
  inOrder(isWanted: (row: number) => boolean, target: Uint32Array): number;
}

export class RowsByPosition implements ValidRows {
  /** By unit: 1 + the row; 0: none. */
  #rows: Uint32Array;

  constructor(units: number) {
    this.#rows = new Uint32Array(units);
  }

  settle(row: number, unit: number, _facts: Facts, rule: RowRule): number {
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
  /** By row: where its unit stood in the input. */
  #units: Uint32Array;
  #count = 0;

  constructor(expected: number) {
    this.#table = new RecordTable(expected);
    this.#units = new Uint32Array(Math.max(1, expected));
  }

  settle(row: number, unit: number, facts: Facts): number {
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
