import { expect, test } from "bun:test";
import { backoffMs } from "../../../lib/processors/pace/backoff.ts";

const BACKOFF = { baseMs: 1000, maxMs: 60_000 };
const ALMOST_ONE = 1 - 2 ** -53;

test.each([
  [0, 1000],
  [1, 2000],
  [5, 32_000],
  [6, 60_000],
  [7, 60_000],
  [5000, 60_000],
])("backoffMs() after %i failures is at most %i ms", (failures, boundMs) => {
  expect(backoffMs(BACKOFF, failures, () => ALMOST_ONE)).toBe(boundMs);
  expect(backoffMs(BACKOFF, failures, () => 0)).toBe(0);
  expect(backoffMs(BACKOFF, failures, () => 0.5)).toBe(boundMs / 2);
});

test("backoffMs() without a delay is 0, however many failures there were", () => {
  for (const failures of [0, 1, 2000])
    expect(backoffMs({ baseMs: 0, maxMs: 0 }, failures, () => 0.9)).toBe(0);
});
