import { expect, test } from "bun:test";
import fc from "fast-check";
import { countInTimeline, NO_USAGE, type Timeline } from "../../lib/core/status.ts";
import { addUsage } from "../../lib/core/usage.ts";

const EMPTY: Timeline = { bucket_ms: 1000, counts: [] };

test("results are counted at their time, with empty buckets between", () => {
  const timeline = countInTimeline(countInTimeline(EMPTY, 500, 2), 3999, 1);
  expect(timeline).toEqual({ bucket_ms: 1000, counts: [2, 0, 0, 1] });
});

test("when sixty buckets are not enough, pairs are joined and the bucket doubles", () => {
  let timeline = EMPTY;
  for (let s = 0; s < 61; s++) timeline = countInTimeline(timeline, s * 1000, 1);
  expect(timeline).toEqual({ bucket_ms: 2000, counts: [...Array.from({ length: 30 }, () => 2), 1] });
});

test("no result is lost and the bound holds, whatever the times", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(1e9), fc.nat(1000))), (additions) => {
      let timeline = EMPTY;
      for (const [atMs, results] of additions) timeline = countInTimeline(timeline, atMs, results);
      expect(timeline.counts.length).toBeLessThanOrEqual(60);
      const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
      expect(sum(timeline.counts)).toBe(sum(additions.map(([, results]) => results)));
    }),
  );
});

test("usage is added up; what is not reported counts as nothing", () => {
  const once = addUsage(NO_USAGE, { input_tokens: 3, cost: 0.5 });
  expect(addUsage(addUsage(once, undefined), { output_tokens: 2, cost: 0.25 })).toEqual({
    input_tokens: 3,
    output_tokens: 2,
    cost: 0.75,
  });
});
