import { expect, test } from "bun:test";
import { type Growth, memoryFit, memoryRows } from "../../bench/cases/growth.ts";
import { isMet } from "../../bench/row.ts";

const measured = (items: number, peakMb: number): Growth => {
  const sample = { seconds: 1, cpuSeconds: 1, othersPart: 0, peakMb, said: [] };
  return { items, run: sample, resume: { ...sample, peakMb: peakMb - 1 } };
};
const at = (baseMb: number, bytes: number): Growth[] =>
  [10_000, 100_000, 1_000_000, 10_000_000].map((items) => measured(items, baseMb + (bytes * items) / 1e6));

test("memoryFit() finds base and slope of a straight line", () => {
  const { baseMb, bytesPerItem } = memoryFit(at(90, 25));
  expect(baseMb).toBeCloseTo(90, 6);
  expect(bytesPerItem).toBeCloseTo(25, 6);
});

test.each([
  ["both are within bounds", at(90, 25), [true, true]],
  ["the base is too high", at(120, 25), [false, true]],
  ["an item takes too much", at(90, 45), [true, false]],
])("memoryRows() says when %s", (_name, found, met) => {
  expect(memoryRows(found).map((row) => isMet(row))).toEqual(met);
});
