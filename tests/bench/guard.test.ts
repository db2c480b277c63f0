import { expect, test } from "bun:test";
import { betterOf, isSlower, unrecorded } from "../../bench/guard.ts";
import type { Row } from "../../bench/row.ts";

const row = (id: string, median: number, most?: true): Row => ({
  id,
  what: id,
  ours: "",
  theirs: "",
  ratio: { median, min: median, max: median },
  floor: null,
  ...(most === true ? { most } : {}),
});

test.each([
  ["a rate ratio that fell by less than a third", row("rate", 0.61), false],
  ["a rate ratio that fell by more than a third", row("rate", 0.59), true],
  ["a rate ratio that rose", row("rate", 2), false],
  ["a time ratio that grew to less than one and a half", row("time", 2.9, true), false],
  ["a time ratio that grew to more than one and a half", row("time", 3.1, true), true],
  ["a time ratio that fell", row("time", 0.5, true), false],
])("isSlower() is right about %s", (_name, measured, slower) => {
  expect(isSlower(measured, { rate: 0.9, time: 2 })).toBe(slower);
});

test("unrecorded() names rows that the record says nothing of", () => {
  expect(unrecorded([row("rate", 1), row("new", 1)], { rate: 1 })).toEqual(["new"]);
});

test("betterOf() takes the larger rate and the smaller time", () => {
  expect(betterOf(row("rate", 0.5), row("rate", 0.8)).ratio.median).toBe(0.8);
  expect(betterOf(row("time", 0.5, true), row("time", 0.8, true)).ratio.median).toBe(0.5);
});
