import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { isFailure, Plan, STATE, takesPlaceOf } from "../../lib/core/plan.ts";

describe("Plan", () => {
  test("items that nobody has set are fresh and have no record", () => {
    const plan = new Plan(3);
    expect([plan.count, plan.state(2), plan.offset(2), plan.occurrence(2)]).toEqual([
      3,
      STATE.fresh,
      null,
      1,
    ]);
  });

  test("grows as items are added, and keeps what it had", () => {
    const plan = new Plan();
    for (let index = 0; index < 70_000; index++) plan.set(plan.add(index), STATE.done, index * 1e9);
    expect(plan.count).toBe(70_000);
    expect([0, 65_535, 65_536, 69_999].map((unit) => plan.offset(unit))).toEqual([
      0, 65_535e9, 65_536e9, 69_999e9,
    ]);
  });

  test("of all items and one answer each, a unit's number is its item's index", () => {
    const plan = new Plan(3);
    expect([0, 1, 2, 3].map((index) => plan.unitOf(index, 1))).toEqual([0, 1, 2, null]);
    expect(plan.unitOf(0, 2)).toBeNull();
    expect([plan.indexOf(2), plan.repeatOf(2)]).toEqual([2, 1]);
  });

  test("units are those of a naive list, whatever the part of the input and the answers wanted", () => {
    const parts = fc.option(fc.uniqueArray(fc.nat(400), { maxLength: 40 }));
    fc.assert(
      fc.property(
        parts,
        fc.nat(30),
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.nat(420)),
        (part, items, repeats, asked) => {
          const indices = part?.toSorted((a, b) => a - b) ?? Array.from({ length: items }, (_, i) => i);
          const plan = new Plan(0, { repeats, isPart: part !== null });
          for (const index of indices) plan.add(index);
          const units = indices.flatMap((index) =>
            Array.from({ length: repeats }, (_, at) => ({ index, repeat: at + 1 })),
          );
          expect(plan.count).toBe(units.length);
          expect(
            units.map((_, unit) => ({ index: plan.indexOf(unit), repeat: plan.repeatOf(unit) })),
          ).toEqual(units);
          for (const index of [...asked, ...indices, ...indices.toReversed()]) {
            for (let repeat = 1; repeat <= repeats + 1; repeat++) {
              const unit = units.findIndex((one) => one.index === index && one.repeat === repeat);
              expect(plan.unitOf(index, repeat)).toBe(unit === -1 ? null : unit);
            }
            const first = units.findIndex((one) => one.index === index);
            const isOdd = (unit: number): boolean => unit % 2 === 1;
            const odd = units.filter((one, unit) => one.index === index && isOdd(unit)).length;
            expect(plan.countOf(index, isOdd)).toBe(first === -1 ? 0 : odd);
          }
        },
      ),
    );
  });

  test("an item's error group stands beside its state", () => {
    const plan = new Plan(1);
    plan.set(0, STATE.rejected, 7, 15);
    expect([plan.state(0), plan.errorGroup(0), plan.offset(0)]).toEqual([STATE.rejected, 15, 7]);
    plan.set(0, STATE.done, 8);
    expect([plan.state(0), plan.errorGroup(0), plan.offset(0)]).toEqual([STATE.done, 0, 8]);
  });

  test("a changed item's old record is not its own", () => {
    const plan = new Plan(1);
    plan.set(0, STATE.changed, 7);
    expect(plan.offset(0)).toBeNull();
  });

  test("occurrences are kept for those that repeat, and counted", () => {
    const plan = new Plan(3000);
    plan.setOccurrence(5, 2);
    plan.setOccurrence(2999, 3);
    expect([4, 5, 2999].map((index) => plan.occurrence(index))).toEqual([1, 2, 3]);
    expect(plan.repeated).toBe(2);
  });

  test("counts: failed items are pending only when they are tried again, rejected ones never", () => {
    const plan = new Plan(6);
    const states = [STATE.fresh, STATE.changed, STATE.failed, STATE.rejected, STATE.done, STATE.failedNow];
    for (const [index, state] of states.entries()) plan.set(index, state, 0);
    plan.gone = 4;
    const common = { total: 6, done: 1, failed: 3, fresh: 1, changed: 1, gone: 4 };
    expect(plan.counts(true)).toEqual({ ...common, retry: 1, pending: 3 });
    expect(plan.counts(false)).toEqual({ ...common, retry: 0, pending: 2 });
  });

  test("failures are what failed, was rejected, or failed in this run", () => {
    expect(Object.values(STATE).filter((state) => isFailure(state))).toEqual([
      STATE.failed,
      STATE.rejected,
      STATE.failedNow,
    ]);
  });

  test("a failure does not take the place of a success; everything else is replaced by what comes later", () => {
    const failed = { status: "failed" } as const;
    expect(Object.values(STATE).filter((state) => !takesPlaceOf(state, failed))).toEqual([STATE.done]);
    expect(Object.values(STATE).every((state) => takesPlaceOf(state, { status: "ok" }))).toBe(true);
  });

  test("an item's occurrence is that of all its answers", () => {
    const plan = new Plan(3, { repeats: 2, isPart: false });
    plan.setOccurrence(4, 2);
    expect([0, 1, 2, 3, 4, 5].map((unit) => plan.occurrence(unit))).toEqual([1, 1, 1, 1, 2, 2]);
  });
});
