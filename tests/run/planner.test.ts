// The plan against a naive model: whatever is inserted, deleted, changed or doubled, an item with a record of its content is not run again.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { ErrorTally } from "../../lib/core/error-tally.ts";
import { Plan } from "../../lib/core/plan.ts";
import type { ItemError } from "../../lib/core/record.ts";
import type { Input } from "../../lib/input/input.ts";
import { contentKey, idKey, readHashWords } from "../../lib/core/record-key.ts";
import type { ErrorGroup } from "../../lib/core/status.ts";
import { STATE, type State } from "../../lib/core/unit-state.ts";
import {
  type ItemFilter,
  IdentityJoin,
  IndexJoin,
  type PlannedRecord,
  type ScannedPlan,
  type WantedUnits,
} from "../../lib/run/planner.ts";
import { specOf } from "../helpers/inputs.ts";
import { rejection } from "../helpers/rejection.ts";

type Thing = { readonly id: string | null; readonly content: string };
type Made = Thing & { readonly error: ItemError | null; readonly repeats?: number };

const SPEC = specOf("/q", { shownPath: "q" });

function digestOf(content: string): Uint8Array {
  return Bun.SHA256.hash(content) as Uint8Array;
}

/** An input of which only `scan` is there. */
function inputOf(things: readonly Thing[], withIds: boolean): Input {
  const absent = (): never => {
    throw new Error("not part of this test");
  };
  return {
    spec: { ...SPEC, idField: withIds ? "id" : null },
    moved: absent,
    sizeBytes: absent,
    parts: [],
    ofSeveral: false,
    hash: absent,
    read: absent,
    scan: async (visit) => {
      for (const [index, { id, content }] of things.entries())
        visit(index, index + 1, digestOf(content), id, "q", null);
      return {
        sizeBytes: 0,
        sha256: "",
        count: things.length,
        missingPaths: [],
        lacking: null,
        knownFields: [],
      };
    },
  };
}

function hashOf(content: string): Uint32Array {
  return readHashWords(Buffer.from(Buffer.from(digestOf(content)).toString("hex")), 0, new Uint32Array(4));
}

/** The records that a run over `made` leaves, in that order: of each item as many answers as are said to have been made. */
function recordsOf(made: readonly Made[]): PlannedRecord[] {
  const seen = new Map<string, number>();
  return made.flatMap(({ id, content, error, repeats = 1 }, index) => {
    const count = (seen.get(content) ?? 0) + 1;
    seen.set(content, count);
    const [hash, occurrence] = [hashOf(content), id === null ? count : 1];
    return Array.from({ length: repeats }, (_, at) => {
      const offset = index * 100 + at * 10;
      // Answers of one item come out differently.
      return { id, hash, occurrence, repeat: at + 1, offset, error: at % 2 === 0 ? error : null };
    });
  });
}

function joined(
  input: Input,
  records: readonly PlannedRecord[],
  wanted: WantedUnits = { repeats: 1, chosen: null },
): Promise<ScannedPlan> {
  const join = new IdentityJoin(input, 0, wanted);
  for (const record of records) join.add(record);
  return join.finish();
}

function groupsOf(errors: ErrorTally): ErrorGroup[] {
  return errors.list(() => ({ item: "", message: "" }));
}

function stateOf(record: PlannedRecord): State {
  if (record.error === null) return STATE.done;
  return record.error.kind === "input" ? STATE.rejected : STATE.failed;
}

type Expected = {
  /** Of each unit, in their order. */
  readonly units: { readonly index: number; readonly repeat: number; readonly occurrence: number }[];
  readonly states: State[];
  readonly offsets: (number | null)[];
  readonly gone: number;
  /** Those of items that the plan has. */
  readonly beyond: number;
};

/** As many answers as any record is of. */
const ANSWERS_MAX = 10;

/** What the plan has to be, found by looking at everything. @param part indices of the items that it is of; null: all */
function model(
  things: readonly Thing[],
  records: readonly PlannedRecord[],
  repeats: number = 1,
  part: readonly number[] | null = null,
): Expected {
  const latest = new Map<string, PlannedRecord>();
  const name = (id: string | null, hash: string, occurrence: number, repeat: number): string =>
    `${repeat} ${id === null ? `content ${hash} ${occurrence}` : `id ${id}`}`;
  for (const record of records) {
    const { id, hash, occurrence, repeat, error } = record;
    const key = name(id, String(hash), occurrence, repeat);
    const before = latest.get(key);
    const isGood = before !== undefined && before.error === null && String(before.hash) === String(hash);
    if (error === null || !isGood) latest.set(key, record);
  }
  const seen = new Map<string, number>();
  const expected: Expected = { units: [], states: [], offsets: [], gone: 0, beyond: 0 };
  let beyond = 0;
  for (const [index, { id, content }] of things.entries()) {
    const hash = String(hashOf(content));
    const count = (seen.get(hash) ?? 0) + 1;
    seen.set(hash, count);
    if (part !== null && !part.includes(index)) continue;
    for (let repeat = 1; repeat <= ANSWERS_MAX; repeat++) {
      const occurrence = id === null ? count : 1;
      const key = name(id, hash, occurrence, repeat);
      if (repeat > repeats) {
        if (latest.has(key)) beyond++;
        continue;
      }
      const record = latest.get(key);
      latest.delete(key);
      const same = String(record?.hash) === hash;
      expected.units.push({ index, repeat, occurrence });
      expected.states.push(record === undefined ? STATE.fresh : same ? stateOf(record) : STATE.changed);
      expected.offsets.push(record !== undefined && same ? record.offset : null);
    }
  }
  return { ...expected, gone: latest.size, beyond };
}

function expectPlan({ plan }: Pick<ScannedPlan, "plan">, expected: Expected): void {
  const units = expected.units.map((_, unit) => unit);
  expect(plan.count).toBe(units.length);
  const found = units.map((unit) => ({
    index: plan.indexOf(unit),
    repeat: plan.repeatOf(unit),
    occurrence: plan.occurrence(unit),
  }));
  expect(found).toEqual(expected.units);
  expect(units.map((unit) => plan.state(unit))).toEqual(expected.states);
  expect(units.map((unit) => plan.offset(unit))).toEqual(expected.offsets);
  expect([plan.gone, plan.beyond]).toEqual([expected.gone, expected.beyond]);
  const failed = expected.states.filter((state) => state === STATE.failed || state === STATE.rejected);
  expect(groupsOf(plan.errors).reduce((sum, { count }) => sum + count, 0)).toBe(failed.length);
  const numberOf = (state: State): number => expected.states.filter((one) => one === state).length;
  expect(plan.counts(true)).toMatchObject({
    total: units.length,
    done: numberOf(STATE.done),
    failed: failed.length,
    retry: numberOf(STATE.failed),
    fresh: numberOf(STATE.fresh),
    changed: numberOf(STATE.changed),
  });
}

const ERRORS: readonly (ItemError | null)[] = [
  null,
  null,
  { kind: "exit", message: "exit 1" },
  { kind: "input", message: "not JSON" },
];
const contents = fc.integer({ min: 0, max: 12 }).map((n) => `content ${n}`);
const without = fc.array(
  fc.record({ id: fc.constant(null), content: contents, error: fc.constantFrom(...ERRORS) }),
);
const withId = fc
  .uniqueArray(
    fc.record({
      id: fc.integer({ min: 0, max: 15 }).map(String),
      content: contents,
      error: fc.constantFrom(...ERRORS),
    }),
    { selector: ({ id }) => id },
  )
  .map((made): Made[] => made);

describe("IdentityJoin", () => {
  for (const [name, made, withIds] of [
    ["without ids, contents may repeat", without, false],
    ["with ids", withId, true],
  ] as const) {
    test(`${name}: states, places of records and what is gone are those of the model`, async () => {
      await fc.assert(
        fc.asyncProperty(made, made, fc.nat(30), async (before, now, retried) => {
          const first = recordsOf(before);
          // A retried item has a second record behind all others.
          const again = first
            .slice(retried, retried + 2)
            .map((record) => Object.assign({}, record, { offset: record.offset + 100_000, error: null }));
          const records = [...first, ...again];
          expectPlan(await joined(inputOf(now, withIds), records), model(now, records));
        }),
        { numRuns: 500 },
      );
    });
  }

  for (const [name, made, withIds] of [
    ["without ids", without, false],
    ["with ids", withId, true],
  ] as const) {
    test(`${name}, several answers an item, a part of the input, reruns that fail: the same`, async () => {
      const answered = made.chain((items) =>
        fc
          .array(fc.nat(3), { minLength: items.length, maxLength: items.length })
          .map((repeats) => items.map((item, at) => ({ ...item, repeats: repeats[at] ?? 0 }))),
      );
      const parts = fc.option(fc.uniqueArray(fc.nat(20)));
      const wanted = fc.integer({ min: 1, max: 4 });
      await fc.assert(
        fc.asyncProperty(
          answered,
          made,
          wanted,
          parts,
          fc.array(fc.nat(60)),
          async (before, now, repeats, part, again) => {
            const first = recordsOf(before);
            // Some are run again: the second time each of them fails, the third time it does not.
            const reruns = again.flatMap((at, n): PlannedRecord[] => {
              const record = first[at];
              const error = n % 3 === 2 ? null : { kind: "exit", message: "again" };
              return record === undefined ? [] : [{ ...record, offset: 100_000 + n, error }];
            });
            const records = [...first, ...reruns];
            const chosen =
              part === null
                ? null
                : {
                    needsItems: false,
                    concerns: () => true,
                    accepts: (index: number): boolean => part.includes(index),
                  };
            const scanned = await joined(inputOf(now, withIds), records, { repeats, chosen });
            expectPlan(scanned, model(now, records, repeats, part));
          },
        ),
        { numRuns: 1000 },
      );
    });
  }

  test.each([true, false])(
    "a choice is made by the place and the key of an item, with ids: %p",
    async (withIds) => {
      const things = ["a", "b", "b"].map((content, at) => ({ id: withIds ? `q${at}` : null, content }));
      const asked: unknown[] = [];
      const chosen: ItemFilter = {
        needsItems: false,
        concerns: () => true,
        accepts(index, key) {
          asked.push([index, [...key]]);
          return index === 1;
        },
      };
      const { plan } = await joined(inputOf(things, withIds), [], { repeats: 1, chosen });
      expect(asked).toEqual(
        things.map(({ id, content }, index) => [
          index,
          [...(id === null ? contentKey(digestOf(content), index === 2 ? 2 : 1, 1) : idKey(id, 1))],
        ]),
      );
      expect([plan.count, plan.indexOf(0), plan.unitOf(1, 1), plan.unitOf(0, 1)]).toEqual([1, 1, 0, null]);
    },
  );

  test("the occurrence of each item is its number among those of equal content", async () => {
    const things = ["a", "b", "a", "a", "b"].map((content) => ({ id: null, content }));
    const { plan } = await joined(inputOf(things, false), []);
    expect(things.map((_, index) => plan.occurrence(index))).toEqual([1, 1, 2, 3, 2]);
    expect(plan.repeated).toBe(3);
  });

  test("an item that was run before there were ids is found by its content", async () => {
    const records = recordsOf([{ id: null, content: "a", error: null }]);
    const { plan } = await joined(inputOf([{ id: "1", content: "a" }], true), records);
    expect([plan.state(0), plan.gone]).toEqual([STATE.done, 0]);
  });

  test("a failure that was mended is counted no more, and those of its group that stand are found in the plan", async () => {
    const failed = (message: string): ItemError => ({ kind: "exit", message });
    const [a, b] = recordsOf([
      { id: "a", content: "a", error: failed("of a") },
      { id: "b", content: "b", error: failed("of b") },
    ]);
    if (a === undefined || b === undefined) throw new Error("two records were made");
    const records = [a, Object.assign({}, a, { offset: 300, error: null }), b];
    const things = ["a", "b"].map((id) => ({ id, content: id }));
    const { plan } = await joined(inputOf(things, true), records);
    const groups = plan.errors.list((group) => ({ item: String(plan.failureIn(group, 0)), message: "" }));
    expect(groups).toMatchObject([{ kind: "exit", count: 1, item: "1" }]);
  });

  test("a doubled id is refused with the lines on which it stands", async () => {
    const things = ["1", "2", "1", "3", "2", "1"].map((id, at) => ({ id, content: String(at) }));
    expect(await rejection(joined(inputOf(things, true), []))).toMatchObject({
      code: "input.idDoubled",
      params: {
        examples: [
          { id: "1", lines: [1, 3, 6] },
          { id: "2", lines: [2, 5] },
        ],
        count: 3,
      },
    });
  });
});

describe("IndexJoin", () => {
  test("takes the last record of each unit, but no failure behind a success, and counts failures that still stand", () => {
    const join = new IndexJoin(new Plan(4));
    const failure = (kind: string): ItemError => ({ kind, message: kind });
    join.add(0, 1, 0, failure("exit"));
    join.add(1, 1, 100, null);
    join.add(2, 1, 200, failure("input"));
    join.add(0, 1, 300, null);
    join.add(1, 1, 400, failure("timeout"));
    join.add(3, 1, 500, failure("exit"));
    join.add(3, 1, 600, failure("timeout"));
    expect([0, 1, 2, 3].map((unit) => join.plan.state(unit))).toEqual([
      STATE.done,
      STATE.done,
      STATE.rejected,
      STATE.failed,
    ]);
    expect([0, 1, 2, 3].map((unit) => join.plan.offset(unit))).toEqual([300, 100, 200, 600]);
    expect(
      groupsOf(join.plan.errors)
        .map(({ kind }) => kind)
        .toSorted(),
    ).toEqual(["input", "timeout"]);
    expect(join.succeeded).toBe(2);
  });

  test("says of an input that stayed the same what the join by identity says, also of a part of it and of several answers", async () => {
    const items = fc.uniqueArray(contents, { minLength: 1 });
    const failures = fc.array(fc.constantFrom(...ERRORS), { minLength: 13, maxLength: 13 });
    const parts = fc.option(fc.uniqueArray(fc.nat(12)));
    await fc.assert(
      fc.asyncProperty(
        items,
        failures,
        parts,
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 4 }),
        async (texts, errors, part, repeats, answers) => {
          const isChosen = (index: number): boolean => part === null || part.includes(index);
          const made = texts.map((content, at) => ({
            id: null,
            content,
            error: errors[at] ?? null,
            repeats: answers,
          }));
          const indexOf = new Map(texts.map((content, index) => [String(hashOf(content)), index]));
          const records = recordsOf(made).filter(({ hash }) => isChosen(indexOf.get(String(hash)) ?? 0));
          const plan = new Plan(part === null ? texts.length : 0, { repeats, isPart: part !== null });
          if (part !== null) for (const [index] of texts.entries()) if (isChosen(index)) plan.add(index);
          const join = new IndexJoin(plan);
          // The log may have several records of one answer.
          for (const { hash, repeat, offset, error } of [...records, ...records])
            join.add(indexOf.get(String(hash)) ?? 0, repeat, offset, error);
          expectPlan(join, model(made, records, repeats, part));
        },
      ),
    );
  });
});
