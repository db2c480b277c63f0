import { expect, test } from "bun:test";
import { type FailureLimit, failureStop, type RunTally } from "../../lib/run/stop-rules.ts";

const FIRST_FAILURE = { item: "#1", error: "exit 1" };

function tally(attempted: number, failed: number): RunTally {
  const first = { attempted, succeeded: attempted - failed };
  return { attempted, failed, first, firstFailure: failed > 0 ? FIRST_FAILURE : null };
}

test("none of the first twenty succeeded: stop, with the first error", () => {
  expect(failureStop(tally(19, 19), null, 0)).toBeNull();
  expect(failureStop(tally(20, 20), null, 0)).toEqual({
    kind: "none-succeeded",
    attempted: 20,
    ...FIRST_FAILURE,
  });
  expect(failureStop(tally(20, 19), null, 0)).toBeNull();
});

test("twenty failures do not stop a session that has had a success before", () => {
  expect(failureStop(tally(20, 20), null, 1)).toBeNull();
});

test("twenty lines that are no items are no reason to stop", () => {
  const nothing = { attempted: 20, failed: 20, first: { attempted: 0, succeeded: 0 }, firstFailure: null };
  expect(failureStop(nothing, null, 0)).toBeNull();
});

const COUNT: FailureLimit = { kind: "count", count: 3 };
const PERCENT: FailureLimit = { kind: "percent", percent: 10 };

test.each([
  [COUNT, 100, 2, false],
  [COUNT, 100, 3, true],
  [COUNT, 3, 3, true],
  [PERCENT, 19, 18, false],
  [PERCENT, 20, 2, true],
  [PERCENT, 21, 2, false],
  [PERCENT, 1000, 99, false],
  [PERCENT, 1000, 100, true],
])("limit %j with %i attempted and %i failed: stops %p", (limit, attempted, failed, stops) => {
  expect(failureStop(tally(attempted, failed), limit, 1)?.kind === "max-failures").toBe(stops);
});
