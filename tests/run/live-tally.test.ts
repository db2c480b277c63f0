// What a run counts for those who look on: bounded, whatever the run does and whatever its clock says.
import { describe, expect, test } from "bun:test";
import type { Result } from "../../lib/core/record.ts";
import type { Unit } from "../../lib/run/item-queue.ts";
import { LiveTally } from "../../lib/run/live-tally.ts";
import { textItem } from "../helpers/attempts.ts";

const unit = (index: number): Unit => ({ item: textItem(index, `item ${index}`), number: index, repeat: 1 });
const ok = (atMs: number, durationMs = 10, more: object = {}): Result => ({
  status: "ok",
  outputJson: '"x"',
  attempts: 1,
  retries: [],
  startedAtMs: atMs - durationMs,
  durationMs,
  ...more,
});
const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

describe("LiveTally", () => {
  test("counts results, tokens and times by the second in which they came", () => {
    const tally = new LiveTally(1000);
    const usage = { input_tokens: 3, output_tokens: 4, cost: 0.5 };
    tally.add(ok(1500, 100, { usage, ttftMs: 20 }), unit(0));
    tally.add({ ...ok(3100, 1000), status: "failed", error: { kind: "timeout", message: "m" } }, unit(1));
    const points = tally.points();
    expect(points).toHaveLength(3);
    expect(points[0]).toMatchObject({ ok: 1, failed: 0, inputTokens: 3, outputTokens: 4, cost: 0.5 });
    expect(Math.abs((points[0]?.p50Ms ?? 0) - 100)).toBeLessThan(12);
    expect(Math.abs((points[0]?.ttftMs ?? 0) - 20)).toBeLessThan(3);
    expect(points[1]).toMatchObject({ ok: 0, failed: 0, p50Ms: null, ttftMs: null });
    expect(points[2]).toMatchObject({ ok: 0, failed: 1 });
  });

  test("keeps at most 120 pieces of time and loses no result when they are joined", () => {
    const tally = new LiveTally(0);
    for (let second = 0; second < 5000; second++) tally.add(ok(second * 1000 + 500), unit(second));
    const points = tally.points();
    expect(points.length).toBeLessThanOrEqual(120);
    expect(tally.bucketMs).toBe(64_000);
    expect(sum(points.map((point) => point.ok))).toBe(5000);
  });

  test("survives a clock that is set back or far forth", () => {
    const tally = new LiveTally(1_700_000_000_000);
    tally.add(ok(5), unit(0));
    tally.add(ok(4_000_000_000_000), unit(1));
    tally.add(ok(1_700_000_001_000), unit(2));
    expect(tally.points().length).toBeLessThanOrEqual(120);
    expect(sum(tally.points().map((point) => point.ok))).toBe(3);
  });

  test("has the last 20 results, the newest first, with the beginning of long outputs", () => {
    const tally = new LiveTally(0);
    for (let index = 0; index < 33; index++) tally.add(ok(index * 10), unit(index));
    tally.add(ok(999, 10, { outputJson: `"${"字".repeat(9000)}"` }), unit(33));
    const recent = tally.recent();
    expect(recent.map(({ index }) => index)).toEqual(Array.from({ length: 20 }, (_, back) => 33 - back));
    expect([recent[0]?.output?.length, recent[0]?.isWhole, recent[1]?.isWhole]).toEqual([4000, false, true]);
  });
});
