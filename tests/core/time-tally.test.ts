// The histogram of times to the first token: what it says of a percentile is right to 10 %, and it stays small.
import { expect, test } from "bun:test";
import { TimeTally, ttftSummary } from "../../lib/core/time-tally.ts";

const tallied = (...times: readonly number[]): TimeTally => {
  const tally = new TimeTally();
  for (const ms of times) tally.add(ms);
  return tally;
};

test("nothing is said without streamed answers", () => {
  expect(new TimeTally().counts).toBeNull();
});

test("percentiles are right to 10 %, whatever their size", () => {
  for (const scale of [3, 45, 300, 7000, 200_000]) {
    const times = Array.from({ length: 1000 }, (_, i) => scale * (1 + i / 1000));
    const { counts } = tallied(...times);
    const { count, p50_ms: p50, p90_ms: p90 } = ttftSummary(counts ?? { first: 0, counts: [] });
    expect(count).toBe(1000);
    for (const [said, is] of [
      [p50, scale * 1.5],
      [p90, scale * 1.9],
    ] as const) {
      expect(Math.abs(said - is)).toBeLessThanOrEqual(Math.max(1, is * 0.1));
    }
  }
});

test("a tally goes on from what is on record, and has at most 96 counts", () => {
  const first = tallied(0, 0.4, 1, 20, 1e12);
  const { counts } = first;
  expect(counts?.first).toBe(0);
  expect(counts?.counts.length).toBe(96);
  const second = new TimeTally(counts ?? undefined);
  second.add(20);
  expect(second.counts?.counts.reduce((sum, one) => sum + one, 0)).toBe(6);
});

test("what does not fit on record is ignored", () => {
  const tally = new TimeTally({ first: 95, counts: [1, 7, 7] });
  expect(tally.counts).toEqual({ first: 95, counts: [1] });
  expect(new TimeTally({ first: -5, counts: [1] }).counts).toBeNull();
});
