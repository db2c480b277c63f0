// Which row of an import becomes the result of which item (ImportTable), against a rule that is written down plainly.
import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Item } from "../../lib/core/item.ts";
import { FATES, type Fate, ImportTable } from "../../lib/job/imports/import-table.ts";
import type { ImportedRow } from "../../lib/job/imports/imported-row.ts";

type Unit = { readonly index: number; readonly repeat: number };
type Expected = { readonly fate: Fate; readonly unit: Unit | null };

const HASH = "0123456789abcdef0123456789abcdef";
const OUTPUTS = ['"one"', '"two"', null] as const;
const KEYS = { withRepeats: false, withMeta: false };

function itemOf(index: number, id: string | null, n: number): Item {
  const text = JSON.stringify({ n });
  const place = { index, line: index + 1, file: "q.jsonl" };
  return { ...place, id, idIsJson: false, hash: HASH, form: "json", text, value: { n } };
}

function rowOf(id: string | null, repeat: number, n: number | null, outputJson: string | null): ImportedRow {
  const item = n === null ? [] : [{ name: "n", json: String(n) }];
  return { id, repeat, item, keys: KEYS, outputJson, marks: [] };
}

/** What the table makes of the rows. */
function settled(items: readonly Item[], rows: readonly (ImportedRow | null)[], repeats: number): Expected[] {
  const table = new ImportTable("id");
  for (const row of rows) table.add(row, false);
  for (const item of items) table.meet(item, repeats);
  const counts = table.settle();
  const found = rows.map((_, row) => ({ fate: table.fateOf(row), unit: table.unitOf(row) }));
  for (const fate of FATES) expect(counts[fate]).toBe(found.filter((each) => each.fate === fate).length);
  return found;
}

/** Candidates for units, in order: the first ones are taken; where some are left, all outputs have to agree. */
function shared(
  candidates: readonly { readonly at: number; readonly outputJson: string }[],
  units: readonly Unit[],
): ReadonlyMap<number, Expected> {
  const agree = new Set(candidates.map(({ outputJson }) => outputJson)).size === 1;
  const isTooMany = candidates.length > units.length;
  return new Map(
    candidates.map(({ at }, nth): [number, Expected] => {
      const unit = units[nth];
      if (isTooMany && !agree) return [at, { fate: "contradicting", unit: null }];
      return [at, unit === undefined ? { fate: "twice", unit: null } : { fate: "matched", unit }];
    }),
  );
}

/** The rule. @param isOf the rows and items that belong together, and which rows hold an older content */
function expectedOf(
  items: readonly Item[],
  rows: readonly (ImportedRow | null)[],
  repeats: number,
  of: { readonly group: (row: ImportedRow) => string; readonly ofItem: (item: Item) => string },
): Expected[] {
  const expected: Expected[] = rows.map(() => ({ fate: "unreadable", unit: null }));
  const groups = new Set(rows.flatMap((row) => (row === null ? [] : [`${of.group(row)} ${row.repeat}`])));
  for (const group of groups) {
    const own = items.filter((item) => group.startsWith(`${of.ofItem(item)} `));
    const candidates: { at: number; outputJson: string }[] = [];
    const units: Unit[] = [];
    for (const [at, row] of rows.entries()) {
      if (row === null || `${of.group(row)} ${row.repeat}` !== group) continue;
      const isWanted = own.length > 0 && row.repeat <= repeats;
      const isOlder = row.id !== null && row.item.some(({ json }) => json !== String(nOf(own[0])));
      if (!isWanted) expected[at] = { fate: "unmatched", unit: null };
      else if (row.outputJson === null) expected[at] = { fate: "failed", unit: null };
      else if (isOlder) expected[at] = { fate: "differing", unit: null };
      else candidates.push({ at, outputJson: row.outputJson });
      if (units.length === 0) units.push(...own.map(({ index }) => ({ index, repeat: row.repeat })));
    }
    for (const [at, each] of shared(candidates, units)) expected[at] = each;
  }
  return expected;
}

function nOf(item: Item | undefined): unknown {
  return (item?.value as { readonly n: number } | undefined)?.n;
}

const repeat = fc.constantFrom(1, 1, 1, 2, 3);
const n = fc.constantFrom(1, 2, 3);
const output = fc.constantFrom(...OUTPUTS);
const repeats = fc.constantFrom(1, 2);

test("by id: a row is the result of its own item or of none; older contents, doubles and contradictions are told", () => {
  const id = fc.constantFrom("a", "b", "c", "d");
  const row = fc.option(fc.record({ id, repeat, n: fc.option(n), output }), { freq: 8 });
  const item = fc.record({ id, n });
  fc.assert(
    fc.property(
      fc.uniqueArray(item, { selector: (each) => each.id }),
      fc.array(row, { maxLength: 12 }),
      repeats,
      (drawn, drawnRows, wanted) => {
        const items = drawn.map((each, index) => itemOf(index, each.id, each.n));
        const rows = drawnRows.map((each) => each && rowOf(each.id, each.repeat, each.n, each.output));
        const of = { group: (each: ImportedRow) => each.id ?? "", ofItem: (each: Item) => each.id ?? "" };
        expect(settled(items, rows, wanted)).toEqual(expectedOf(items, rows, wanted, of));
      },
    ),
    { numRuns: 2000 },
  );
});

test("by content: of equal items the n-th has the n-th row of its content, whatever order items and rows have", () => {
  const row = fc.option(fc.record({ repeat, n, output }), { freq: 8 });
  fc.assert(
    fc.property(
      fc.array(n, { maxLength: 8 }),
      fc.array(row, { maxLength: 12 }),
      repeats,
      (drawn, drawnRows, wanted) => {
        const items = drawn.map((each, index) => itemOf(index, null, each));
        const rows = drawnRows.map((each) => each && rowOf(null, each.repeat, each.n, each.output));
        const of = {
          group: ({ item: [field] }: ImportedRow) => field?.json ?? "",
          ofItem: (each: Item) => String(nOf(each)),
        };
        expect(settled(items, rows, wanted)).toEqual(expectedOf(items, rows, wanted, of));
      },
    ),
    { numRuns: 2000 },
  );
});
