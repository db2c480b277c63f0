import { describe, expect, test } from "bun:test";
import { isFailure, Plan, STATE } from "../../lib/core/plan.ts";

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

  test("grows at the end as items are set, and keeps what it had", () => {
    const plan = new Plan();
    for (let index = 0; index < 70_000; index++) plan.set(index, STATE.done, index * 1e9);
    expect(plan.count).toBe(70_000);
    expect([0, 65_535, 65_536, 69_999].map((index) => plan.offset(index))).toEqual([
      0, 65_535e9, 65_536e9, 69_999e9,
    ]);
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
    const plan = new Plan(1);
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
});
