// Which result of each item a merge takes, against a model that has all results in memory: whatever shards have recorded, in whatever order, and with gaps.
import { expect, test } from "bun:test";
import fc from "fast-check";
import { Plan } from "../../lib/core/plan.ts";
import type { ItemError } from "../../lib/core/record.ts";
import type { EntryVisitor, ResultEntry } from "../../lib/core/result-source.ts";
import { gapsBetween, intervalOf, shardsOver } from "../../lib/shards/shard-rule.ts";
import { MergedResults } from "../../lib/shards/merged-results.ts";
import { SEED, seeded } from "../helpers/seed.ts";

const RUNS = { numRuns: 1000, seed: SEED };
const ITEMS = 8;

type Entry = { readonly index: number; readonly repeat: number; readonly failed: boolean };

const ERROR: ItemError = { kind: "exit", message: "exit status 1" };

function noMore(): never {
  throw new Error("a merge reads no more of an entry");
}

/** A log of entries, ten bytes each. */
function logOf(
  entries: readonly Entry[],
  missing = 0,
): ConstructorParameters<typeof MergedResults>[0][number] {
  const eachEntry = (visit: EntryVisitor): number => {
    for (const [at, { index, repeat, failed }] of entries.entries()) {
      const entry: ResultEntry = {
        index,
        seq: at + 1,
        failed,
        place: at * 10,
        repeat: () => repeat,
        error: () => (failed ? ERROR : null),
        identity: noMore,
        marks: noMore,
        outputJson: noMore,
        isImported: noMore,
      };
      visit(entry);
    }
    return missing;
  };
  const counts = { total: 0, completed: 0, failed: 0, entries: entries.length + missing };
  const source = {
    eachEntry,
    counts,
    nonce: "",
    resultsFile: "log",
    bytes: entries.length * 10,
    openReader: noMore,
  };
  return { shard: { index: 1, count: 1 }, source };
}

type Kept = { readonly place: number; readonly failed: boolean; readonly log: number };

/** The rule in words: in a log the last success, else the last failure; over all logs the first success, else the first failure. */
function model(
  logs: readonly (readonly Entry[])[],
  unitOf: (entry: Entry) => number | null,
): Map<number, Kept> {
  const kept = new Map<number, Kept>();
  let base = 0;
  for (const [log, entries] of logs.entries()) {
    const own = new Map<number, Kept>();
    for (const [at, entry] of entries.entries()) {
      const unit = unitOf(entry);
      if (unit === null) continue;
      const before = own.get(unit);
      if (before === undefined || before.failed || !entry.failed)
        own.set(unit, { place: base + at * 10, failed: entry.failed, log });
    }
    for (const [unit, result] of own) {
      const before = kept.get(unit);
      if (before === undefined || (before.failed && !result.failed)) kept.set(unit, result);
    }
    base += entries.length * 10;
  }
  return kept;
}

test(
  seeded("a merge takes the result of each unit that the rule names, and finds every pair of successes"),
  () => {
    const entry = fc.record({
      index: fc.nat(ITEMS - 1),
      repeat: fc.integer({ min: 1, max: 3 }),
      failed: fc.boolean(),
    });
    const logs = fc.array(fc.array(entry, { maxLength: 12 }), { maxLength: 5 });
    fc.assert(
      fc.property(logs, fc.integer({ min: 1, max: 2 }), (all, repeats) => {
        const plan = new Plan(ITEMS, { repeats, isPart: false });
        const unitOf = ({ index, repeat }: Entry): number | null => plan.unitOf(index, repeat);
        const results = new MergedResults(all.map((entries) => logOf(entries)));
        const rivals = results.tell(plan);
        const wanted = model(all, unitOf);
        for (let unit = 0; unit < plan.count; unit++) {
          const kept = wanted.get(unit);
          expect(plan.offset(unit)).toBe(kept?.place ?? null);
          if (kept !== undefined) expect(plan.hasFailed(unit)).toBe(kept.failed);
        }
        // Every log but the one whose success counts that has one of the unit, once.
        const successes = all.flatMap((entries, log) =>
          [...new Set(entries.filter(({ failed }) => !failed).map((each) => unitOf(each)))]
            .filter((unit) => unit !== null && wanted.get(unit)?.log !== log)
            .map((unit) => `${unit}`),
        );
        expect(rivals.map(({ unit }) => `${unit}`).toSorted()).toEqual(successes.toSorted());
        for (const { unit, place } of rivals) expect(place).toBe(plan.offset(unit) ?? -1);
      }),
      RUNS,
    );
  },
);

test("a log that lacks what was saved is refused", () => {
  const results = new MergedResults([logOf([{ index: 0, repeat: 1, failed: false }], 2)]);
  expect(() => results.tell(new Plan(1))).toThrow("records-missing");
});

test(seeded("whatever shards are done, the rest are exactly those that are missing"), () => {
  const shard = fc
    .integer({ min: 1, max: 24 })
    .chain((count) => fc.record({ count: fc.constant(count), index: fc.integer({ min: 1, max: count }) }));
  fc.assert(
    fc.property(fc.array(shard, { maxLength: 20 }), fc.integer({ min: 1, max: 24 }), (done, count) => {
      const gaps = gapsBetween(done.map((each) => intervalOf(each)));
      const missing = new Set(gaps.flatMap((gap) => shardsOver(gap, count)));
      for (let index = 1; index <= count; index++) {
        const { from, to } = intervalOf({ index, count });
        // A key of the shard that no other has: looked for at its ends, and at the ends of all others within it.
        const keys = [
          from,
          to - 1,
          ...done.flatMap((each) => [intervalOf(each).from - 1, intervalOf(each).to]),
        ];
        const isLacking = keys.some(
          (key) =>
            key >= from &&
            key < to &&
            !done.some((each) => intervalOf(each).from <= key && key < intervalOf(each).to),
        );
        expect(missing.has(index)).toBe(isLacking);
      }
    }),
    RUNS,
  );
});
