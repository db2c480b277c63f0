// The results of a session over time, as the page plots them.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Timeline } from "../../lib/view/data/timeline.ts";
import { SEED, seeded } from "../helpers/seed.ts";

const START = Date.UTC(2026, 10, 23, 20);
const HOUR = 3_600_000;

function timelineOf(
  results: readonly { readonly at: number; readonly ms: number; readonly isOk?: boolean }[],
) {
  const timeline = new Timeline();
  for (const { at, ms, isOk = true } of results)
    timeline.add(START + at, isOk, { durationMs: ms, usage: { input_tokens: 2, cost: 0.5 } });
  return timeline.view;
}

describe("Timeline", () => {
  test("is null without results", () => {
    expect(timelineOf([])).toBeNull();
  });

  test("counts results, tokens and cost in the second in which they were finished", () => {
    expect(
      timelineOf([
        { at: 0, ms: 500 },
        { at: 100, ms: 1000, isOk: false },
        { at: 1200, ms: 300 },
      ]),
    ).toMatchObject({
      bucket_ms: 1000,
      at_ms: [START, START + 1000],
      breaks: [],
      ok: [1, 1],
      failed: [0, 1],
      input_tokens: [2, 4],
      cost: [0.5, 1],
    });
  });

  test("has on average as many attempts in flight as there were", () => {
    const view = timelineOf([
      { at: 0, ms: 2000 },
      { at: 0, ms: 2000 },
      { at: 1500, ms: 500 },
    ]);
    expect(view?.in_flight.slice(0, 2)).toEqual([2, 2.5]);
  });

  test("leaves out the times in which nothing ran, and says where", () => {
    const view = timelineOf([
      { at: 0, ms: 500 },
      { at: 48 * HOUR, ms: 500 },
      { at: 48 * HOUR + 1000, ms: 500 },
    ]);
    expect(view?.ok).toEqual([1, 1, 1]);
    const restMs = 48 * HOUR - 500;
    expect(view?.at_ms).toEqual([START, START + 1000 + restMs, START + 2000 + restMs]);
    expect(view?.breaks).toEqual([1]);
  });

  test("a long attempt is no rest", () => {
    const view = timelineOf([
      { at: 0, ms: 100 },
      { at: 200, ms: 2 * HOUR },
    ]);
    expect(view?.breaks).toEqual([]);
  });

  test(seeded("has all results in at most 120 pieces, whatever the clock did"), () => {
    const result = fc.record({
      at: fc.oneof(fc.nat(10_000), fc.nat(400 * HOUR)),
      ms: fc.nat(3 * HOUR),
      isOk: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(result, { minLength: 1, maxLength: 60 }), (results) => {
        const view = timelineOf(results);
        if (view === null) throw new Error("no timeline");
        const { bucket_ms: bucketMs, breaks, ...lists } = view;
        const lengths = new Set(Object.values(lists).map((list) => list.length));
        expect(lengths.size).toBe(1);
        expect(view.ok.length).toBeLessThanOrEqual(120);
        expect(bucketMs).toBeGreaterThan(0);
        expect(breaks.every((at) => at <= view.ok.length)).toBe(true);
        const sum = (list: readonly number[]): number => list.reduce((all, each) => all + each, 0);
        expect(sum(view.ok)).toBe(results.filter(({ isOk }) => isOk).length);
        expect(sum(view.failed)).toBe(results.filter(({ isOk }) => !isOk).length);
        expect(view.at_ms.toSorted((a, b) => a - b)).toEqual([...view.at_ms]);
      }),
      { seed: SEED },
    );
  });
});
