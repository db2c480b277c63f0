// Budgets of a session: when they warn, hold back and stop.
import { expect, test } from "bun:test";
import { budgetHolds, budgetStop, budgetWarnings } from "../../lib/run/budget.ts";

const tokens = (count: number): { input_tokens: number; output_tokens: number; cost: number } => ({
  input_tokens: count / 2,
  output_tokens: count / 2,
  cost: count / 100,
});
const BUDGET = { cost: null, tokens: 1000 };

test.each<[number, boolean, boolean]>([
  [0, false, false],
  [798, false, false],
  [800, true, false],
  [998, true, false],
  [1000, true, true],
  [1200, true, true],
])("%d of 1000 tokens: warns %s, stops %s", (spent, warns, stops) => {
  expect(budgetWarnings(BUDGET, tokens(spent)).length > 0).toBe(warns);
  expect(budgetStop(BUDGET, tokens(spent)) !== null).toBe(stops);
  expect(budgetWarnings({ cost: 10, tokens: null }, tokens(spent)).length > 0).toBe(warns);
  expect(budgetStop({ cost: 10, tokens: null }, tokens(spent)) !== null).toBe(stops);
});

test("nothing is spent against no budget", () => {
  const none = { cost: null, tokens: null };
  expect(budgetWarnings(none, tokens(1e9))).toEqual([]);
  expect(budgetStop(none, tokens(1e9))).toBeNull();
  expect(budgetHolds(none, tokens(1e9), { usage: tokens(1e9), attempted: 1 }, 9)).toBe(false);
});

test("an attempt waits where those in flight are likely to use up what is left, but never alone", () => {
  // Each has taken 100 so far, and 300 are left.
  const run = { usage: tokens(700), attempted: 7 };
  expect([0, 1, 2, 3, 9].map((inFlight) => budgetHolds(BUDGET, tokens(700), run, inFlight))).toEqual([
    false,
    false,
    false,
    true,
    true,
  ]);
});
