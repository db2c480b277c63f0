import { expect, test } from "bun:test";
import { percentOf } from "../../lib/core/percent.ts";

test.each([
  [0, 0, 0],
  [0, 1319, 0],
  [50, 100, 50],
  [1, 3, 33.3],
  [2, 3, 66.6],
  [999, 1000, 99.9],
  [9_999_999, 10_000_000, 99.9],
  [1319, 1319, 100],
])("%d of %d are %d percent", (completed, total, percent) => {
  expect(percentOf(completed, total)).toBe(percent);
});

test("is cut to a tenth, never rounded up, and never above what is done", () => {
  for (let total = 1; total <= 300; total++)
    for (let completed = 0; completed <= total; completed++) {
      const percent = percentOf(completed, total);
      expect(Math.round(percent * 10)).toBe(Math.floor((completed * 1000) / total));
      expect(percent === 100).toBe(completed === total);
    }
});
