import { expect, test } from "bun:test";
import { isSlower, unrecorded } from "../../bench/guard.ts";
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

const RECORD = { rate: { time: 0.9, cpu: 0.8 }, time: { time: 2, cpu: 2 } };

test.each([
  ["a rate ratio that fell by less than a third", row("rate", 0.61), false],
  ["a rate ratio that fell by more than a third", row("rate", 0.59), true],
  ["a rate ratio that rose", row("rate", 2), false],
  ["a time ratio that grew to less than one and a half", row("time", 2.9, true), false],
  ["a time ratio that grew to more than one and a half", row("time", 3.1, true), true],
  ["a time ratio that fell", row("time", 0.5, true), false],
  ["waiting on a quiet machine", { ...row("rate", 0.3), cpuRatio: 0.8, othersPart: 0.2 }, true],
  ["waiting on a busy machine", { ...row("rate", 0.3), cpuRatio: 0.8, othersPart: 0.6 }, false],
  ["more work on a busy machine", { ...row("rate", 0.3), cpuRatio: 0.5, othersPart: 0.6 }, true],
  [
    "more work on a busy machine, small is good",
    { ...row("time", 9, true), cpuRatio: 4, othersPart: 1 },
    true,
  ],
])("isSlower() is right about %s", (_name, measured, slower) => {
  expect(isSlower(measured, RECORD)).toBe(slower);
});

test("unrecorded() names rows that the record says nothing of", () => {
  expect(unrecorded([row("rate", 1), row("new", 1)], RECORD)).toEqual(["new"]);
});
