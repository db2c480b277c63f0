// The plan against a naive model: whatever is inserted, deleted, changed or doubled, an item with a record of its content is not run again.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { ErrorTally } from "../../lib/core/error-tally.ts";
import { STATE, type State } from "../../lib/core/plan.ts";
import type { ItemError } from "../../lib/core/record.ts";
import type { Input, InputSpec } from "../../lib/input/input.ts";
import { readHashWords } from "../../lib/core/record-key.ts";
import type { ErrorGroup } from "../../lib/core/status.ts";
import { IdentityJoin, IndexJoin, type PlannedRecord, type Scanned } from "../../lib/run/planner.ts";
import { rejection } from "../helpers/rejection.ts";

type Thing = { readonly id: string | null; readonly content: string };
type Made = Thing & { readonly error: ItemError | null };

const SPEC: InputSpec = {
  path: "/q",
  shownPath: "q",
  format: "jsonl",
  compression: "none",
  encoding: "utf-8",
  delimiter: null,
  idField: null,
  hashIndex: false,
};

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
    head: absent,
    hash: absent,
    read: absent,
    scan: async (visit) => {
      for (const [index, { id, content }] of things.entries()) visit(index, index + 1, digestOf(content), id);
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

/** The records that a run over `made` leaves, in that order. */
function recordsOf(made: readonly Made[]): PlannedRecord[] {
  const seen = new Map<string, number>();
  return made.map(({ id, content, error }, index) => {
    const occurrence = (seen.get(content) ?? 0) + 1;
    seen.set(content, occurrence);
    const hash = hashOf(content);
    return { id, hash, occurrence: id === null ? occurrence : 1, offset: index * 100, error };
  });
}

function joined(input: Input, records: readonly PlannedRecord[]): Promise<Scanned> {
  const join = new IdentityJoin(input, 0);
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

/** What the plan has to be, found by looking at everything. */
function model(
  things: readonly Thing[],
  records: readonly PlannedRecord[],
): { readonly states: State[]; readonly offsets: (number | null)[]; readonly gone: number } {
  const latest = new Map<string, PlannedRecord>();
  const name = (id: string | null, hash: string, occurrence: number): string =>
    id === null ? `content ${hash} ${occurrence}` : `id ${id}`;
  for (const record of records) latest.set(name(record.id, String(record.hash), record.occurrence), record);
  const seen = new Map<string, number>();
  const states: State[] = [];
  const offsets: (number | null)[] = [];
  for (const { id, content } of things) {
    const hash = String(hashOf(content));
    const occurrence = (seen.get(hash) ?? 0) + 1;
    seen.set(hash, occurrence);
    const key = name(id, hash, occurrence);
    const record = latest.get(key);
    latest.delete(key);
    const same = String(record?.hash) === hash;
    states.push(record === undefined ? STATE.fresh : same ? stateOf(record) : STATE.changed);
    offsets.push(record !== undefined && same ? record.offset : null);
  }
  return { states, offsets, gone: latest.size };
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
          const { plan, errors } = await joined(inputOf(now, withIds), records);
          const expected = model(now, records);
          expect(now.map((_, index) => plan.state(index))).toEqual(expected.states);
          expect(now.map((_, index) => plan.offset(index))).toEqual(expected.offsets);
          expect(plan.gone).toBe(expected.gone);
          const failed = expected.states.filter(
            (state) => state === STATE.failed || state === STATE.rejected,
          );
          expect(groupsOf(errors).reduce((sum, { count }) => sum + count, 0)).toBe(failed.length);
        }),
        { numRuns: 500 },
      );
    });
  }

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
    const { errors, plan } = await joined(inputOf(things, true), records);
    expect(groupsOf(errors)).toMatchObject([{ kind: "exit", count: 1 }]);
    expect(plan.failureIn(plan.errorGroup(1), 0)).toBe(1);
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

test("IndexJoin takes the last record of each item, and counts failures that still stand", () => {
  const join = new IndexJoin(4);
  const failure = (kind: string): ItemError => ({ kind, message: kind });
  join.add(0, 0, failure("exit"));
  join.add(1, 100, null);
  join.add(2, 200, failure("input"));
  join.add(0, 300, null);
  join.add(1, 400, failure("timeout"));
  expect([0, 1, 2, 3].map((index) => join.plan.state(index))).toEqual([
    STATE.done,
    STATE.failed,
    STATE.rejected,
    STATE.fresh,
  ]);
  expect([0, 1, 2, 3].map((index) => join.plan.offset(index))).toEqual([300, 400, 200, null]);
  expect(
    groupsOf(join.errors)
      .map(({ kind }) => kind)
      .toSorted(),
  ).toEqual(["input", "timeout"]);
});
