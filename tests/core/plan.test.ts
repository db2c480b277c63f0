import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { ErrorTally } from "../../lib/core/error-tally.ts";
import { Plan } from "../../lib/core/plan.ts";
import type { ItemError } from "../../lib/core/record.ts";
import { RERUN_MARKS } from "../../lib/core/rerun.ts";
import { isFailure, isPending, STATE, type State } from "../../lib/core/unit-state.ts";

const EXIT: ItemError = { kind: "exit", message: "exit 1" };
const INPUT: ItemError = { kind: "input", message: "not JSON" };
const SUCCESS = { offset: 0, failed: false, rejected: false, errorGroup: 0 };

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
    for (let index = 0; index < 70_000; index++) plan.recorded(plan.add(index), null, index * 1e9);
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

  test("a changed item's old record is not its own, and its failure is counted no more", () => {
    const errors = new ErrorTally();
    const plan = new Plan(2, { repeats: 1, isPart: false }, errors);
    plan.joined(0, { ...SUCCESS, offset: 7 }, false);
    plan.joined(1, { offset: 9, failed: true, rejected: false, errorGroup: errors.add(EXIT) }, false);
    expect([plan.offset(0), plan.offset(1), plan.errors.count]).toEqual([null, null, 0]);
    expect(plan.counts(true)).toMatchObject({ failed: 0, changed: 2, pending: 2 });
  });

  test("occurrences are kept for those that repeat, and counted", () => {
    const plan = new Plan(3000);
    plan.setOccurrence(5, 2);
    plan.setOccurrence(2999, 3);
    expect([4, 5, 2999].map((index) => plan.occurrence(index))).toEqual([1, 2, 3]);
    expect(plan.repeated).toBe(2);
  });

  test("counts: failed items are pending only when they are retried, rejected ones never", () => {
    const plan = new Plan(6);
    plan.joined(1, SUCCESS, false);
    plan.recorded(2, EXIT, 0);
    plan.recorded(3, INPUT, 0);
    plan.recorded(4, null, 0);
    plan.settled(5, EXIT, 0);
    plan.gone = 4;
    const common = { total: 6, done: 1, failed: 3, fresh: 1, changed: 1, rerun: 0, gone: 4 };
    expect(plan.counts(true)).toEqual({ ...common, retry: 1, pending: 3 });
    expect(plan.counts(false)).toEqual({ ...common, retry: 0, pending: 2 });
    expect(plan.withResult).toBe(5);
    plan.retryRejected();
    expect(plan.counts(true)).toEqual({ ...common, retry: 2, pending: 4 });
  });

  test("states: what a record of an earlier run makes of its unit, and what a result of this run does", () => {
    const stateAfter = (told: (plan: Plan) => void): State => {
      const plan = new Plan(1);
      told(plan);
      return plan.state(0);
    };
    expect(stateAfter((plan) => plan.recorded(0, null, 0))).toBe(STATE.done);
    expect(stateAfter((plan) => plan.recorded(0, EXIT, 0))).toBe(STATE.failed);
    expect(stateAfter((plan) => plan.recorded(0, INPUT, 0))).toBe(STATE.rejected);
    expect(stateAfter((plan) => plan.settled(0, null, 0))).toBe(STATE.done);
    expect(stateAfter((plan) => plan.settled(0, EXIT, 0))).toBe(STATE.failedNow);
    expect(stateAfter((plan) => plan.settled(0, INPUT, 0))).toBe(STATE.rejected);
  });

  test("a failure does not replace a success; everything else is replaced by what comes later", () => {
    const plan = new Plan(1);
    plan.recorded(0, EXIT, 1);
    plan.settled(0, EXIT, 2);
    expect([plan.state(0), plan.offset(0), plan.errors.count]).toEqual([STATE.failedNow, 2, 1]);
    plan.settled(0, null, 3);
    plan.settled(0, EXIT, 4);
    expect([plan.state(0), plan.offset(0), plan.errors.count]).toEqual([STATE.done, 3, 0]);
    plan.settled(0, null, 5);
    expect([plan.state(0), plan.offset(0)]).toEqual([STATE.done, 5]);
  });

  test("whatever happens to units, the counts are those of their states, and the failures by reason add up to them", () => {
    const unit = fc.nat(9);
    const error = fc.constantFrom<ItemError | null>(null, EXIT, INPUT, { kind: "timeout", message: "m" });
    const mark = fc.constantFrom(...RERUN_MARKS);
    const event = fc.record({ kind: fc.constantFrom("recorded", "settled"), unit, error, rerun: mark });
    const property = fc.property(fc.array(unit), fc.array(event), fc.boolean(), (joined, events, again) => {
      const plan = new Plan(10);
      for (const one of joined) if (plan.state(one) === STATE.fresh) plan.joined(one, SUCCESS, one % 2 === 0);
      for (const [at, { kind, unit: one, error: why, rerun }] of events.entries()) {
        if (kind === "recorded") plan.recorded(one, why, at, rerun);
        else plan.settled(one, why, at);
      }
      if (again) plan.retryRejected();
      const states = Array.from({ length: 10 }, (_, one) => plan.state(one));
      const numberOf = (state: State): number => states.filter((one) => one === state).length;
      const failed = states.filter((state) => isFailure(state)).length;
      expect(plan.counts(true)).toEqual({
        total: 10,
        done: numberOf(STATE.done),
        failed,
        retry: numberOf(STATE.failed),
        fresh: numberOf(STATE.fresh),
        changed: numberOf(STATE.changed),
        rerun: numberOf(STATE.again) + numberOf(STATE.againDone),
        gone: 0,
        pending: states.filter((state) => isPending(state) || state === STATE.failed).length,
      });
      expect(plan.withResult).toBe(10 - numberOf(STATE.fresh));
      expect(plan.errors.count).toBe(failed);
      const examples = plan.errors.list((group) => ({ item: "", message: String(plan.failureIn(group, 0)) }));
      expect(examples.every(({ message }) => plan.hasFailed(Number(message)))).toBe(true);
    });
    fc.assert(property);
  });

  test("an item's occurrence is that of all its answers", () => {
    const plan = new Plan(3, { repeats: 2, isPart: false });
    plan.setOccurrence(4, 2);
    expect([0, 1, 2, 3, 4, 5].map((unit) => plan.occurrence(unit))).toEqual([1, 1, 1, 1, 2, 2]);
  });
});
