// The two tables without objects, each against a Map.
import { expect, test } from "bun:test";
import fc from "fast-check";
import { OccurrenceTable } from "../../lib/core/occurrences.ts";
import { type RecordEntry, RecordTable } from "../../lib/core/record-table.ts";

const word = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom(0xffffffff, 0x80000000));

test("OccurrenceTable counts as a Map does, equal halves and zeros included", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(word, word)), (keys) => {
      const table = new OccurrenceTable();
      const model = new Map<string, number>();
      for (const [high, low] of keys) {
        const count = (model.get(`${high} ${low}`) ?? 0) + 1;
        model.set(`${high} ${low}`, count);
        expect(table.add(high, low)).toBe(count);
      }
    }),
  );
});

test("OccurrenceTable keeps its counts while it grows", () => {
  const table = new OccurrenceTable();
  for (const count of [1, 2, 3]) for (let i = 0; i < 5000; i++) expect(table.add(i, i * 7)).toBe(count);
});

test("OccurrenceTable counts what is seen more often than a byte can hold", () => {
  const table = new OccurrenceTable();
  for (let count = 1; count <= 1000; count++) {
    expect(table.add(7, 1)).toBe(count);
    expect(table.add(7, 2)).toBe(count);
  }
});

type Step = {
  readonly key: number[];
  readonly take: boolean;
  readonly failed: boolean;
  readonly group: number;
};

const step: fc.Arbitrary<Step> = fc.record({
  key: fc.array(word, { minLength: 4, maxLength: 4 }),
  take: fc.boolean(),
  failed: fc.boolean(),
  group: fc.nat(15),
});

test("RecordTable finds, replaces and gives away each record once, as a Map does", () => {
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const table = new RecordTable();
      const model = new Map<string, { entry: RecordEntry; taken: boolean }>();
      for (const [at, { key, take, failed, group }] of steps.entries()) {
        const name = key.join(" ");
        const known = model.get(name);
        if (take) {
          const expected = known === undefined || known.taken ? null : known.entry;
          if (known !== undefined) known.taken = true;
          expect(table.take(Uint32Array.from(key))).toEqual(expected);
        } else if (known?.taken !== true) {
          const errorGroup = failed ? group : 0;
          const entry: RecordEntry = {
            offset: at * 2 ** 33,
            failed,
            rejected: failed && group === 3,
            errorGroup,
            content: [at, 7],
          };
          const replaced = known?.entry.failed === true ? known.entry.errorGroup : null;
          expect(table.set(Uint32Array.from(key), entry)).toBe(replaced);
          model.set(name, { entry, taken: false });
        }
      }
      const left = [...model.values()].filter(({ taken }) => !taken);
      expect([table.size, table.untaken]).toEqual([model.size, left.length]);
      const failures: number[] = [];
      table.eachUntakenFailure((group) => failures.push(group));
      expect(failures.toSorted((a, b) => a - b)).toEqual(
        left
          .filter(({ entry }) => entry.failed)
          .map(({ entry }) => entry.errorGroup)
          .toSorted((a, b) => a - b),
      );
    }),
  );
});

test("RecordTable keeps its records while it grows", () => {
  const table = new RecordTable();
  const keyOf = (i: number): Uint32Array => Uint32Array.from([i, i * 3, i * 5, i * 7]);
  for (let i = 0; i < 5000; i++) {
    table.set(keyOf(i), { offset: i, failed: false, rejected: false, errorGroup: 0, content: [i, i] });
  }
  for (let i = 0; i < 5000; i++) expect(table.take(keyOf(i))?.offset).toBe(i);
});
