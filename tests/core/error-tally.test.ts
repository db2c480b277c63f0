import { expect, test } from "bun:test";
import fc from "fast-check";
import { ErrorTally } from "../../lib/core/error-tally.ts";
import type { ErrorGroup } from "../../lib/core/status.ts";

const error = (kind: string, message = "m"): { kind: string; message: string } => ({ kind, message });

/** The groups, each with its own number as the example. */
const listOf = (tally: ErrorTally): ErrorGroup[] =>
  tally.list((group) => ({ item: `of ${group}`, message: "m" }));
const sumOf = (tally: ErrorTally): number => listOf(tally).reduce((sum, { count }) => sum + count, 0);

/** A message that has nothing in common with those of other numbers. */
const distinct = (n: number): string =>
  String(n)
    .split("")
    .map((digit) => "abcdefghij"[Number(digit)])
    .join(" and ");

test("failures are counted by kind and message, the largest group first", () => {
  const tally = new ErrorTally();
  for (let i = 0; i < 3; i++) tally.add(error("exit", `exit status 1: bad input in line ${i}`));
  for (let i = 0; i < 4; i++) tally.add(error("exit", `exit status 1: timeout talking to db after ${i} ms`));
  const group = tally.add(error("timeout", "exit status 1: bad input in line 7"));
  expect(listOf(tally)).toEqual([
    { kind: "exit", count: 4, item: "of 2", message: "m" },
    { kind: "exit", count: 3, item: "of 1", message: "m" },
    { kind: "timeout", count: 1, item: `of ${group}`, message: "m" },
  ]);
});

test("a failure that is taken back is counted no more; the next one of its reason is in the same group", () => {
  const tally = new ErrorTally();
  const group = tally.add(error("exit", "old 1"));
  tally.remove(group);
  expect(listOf(tally)).toEqual([]);
  expect(tally.add(error("exit", "old 2"))).toBe(group);
  expect(listOf(tally)).toEqual([{ kind: "exit", count: 1, item: `of ${group}`, message: "m" }]);
});

test("sixteen groups are listed at the most; the rest is one entry of others, without an example", () => {
  const tally = new ErrorTally();
  for (let i = 0; i < 40; i++) tally.add(error(`kind ${i}`));
  tally.add(error("kind 30"));
  const list = listOf(tally);
  expect(list.length).toBe(17);
  expect(list[0]).toMatchObject({ kind: "kind 30", count: 2 });
  expect(list[16]).toEqual({ kind: "others", count: 24, item: "", message: "" });
});

test("a reason that comes after thousands of others is still found to be the largest, and counted exactly", () => {
  const tally = new ErrorTally();
  const groups: number[] = [];
  for (let i = 0; i < 5000; i++) groups.push(tally.add(error("exception", distinct(i))));
  for (let i = 0; i < 700; i++) groups.push(tally.add(error("exception", "out of memory")));
  for (let i = 5000; i < 9000; i++) groups.push(tally.add(error("exception", distinct(i))));
  const [largest] = listOf(tally);
  expect(largest).toMatchObject({ count: 700 });
  expect(sumOf(tally)).toBe(9700);
  for (const group of groups) tally.remove(group);
  expect(listOf(tally)).toEqual([]);
});

test("however many reasons there are, groups have numbers of sixteen bits, and few are kept", () => {
  const tally = new ErrorTally();
  let highest = 0;
  for (let i = 0; i < 100_000; i++) highest = Math.max(highest, tally.add(error("exit", distinct(i))));
  expect(highest).toBe(0xffff);
  expect(listOf(tally).length).toBe(17);
  expect(sumOf(tally)).toBe(100_000);
});

test("the counts add up to the failures that stand, whatever is added and taken back", () => {
  const step = fc.record({ reason: fc.nat(600), remove: fc.boolean(), at: fc.nat() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 2000, size: "max" }), (steps) => {
      const tally = new ErrorTally();
      const standing: number[] = [];
      for (const { reason, remove, at } of steps) {
        if (remove && standing.length > 0) tally.remove(standing.splice(at % standing.length, 1)[0] ?? 0);
        else standing.push(tally.add(error(reason % 3 === 0 ? "exit" : "timeout", distinct(reason))));
      }
      const list = listOf(tally);
      expect(list.every(({ count }) => count > 0)).toBe(true);
      expect(sumOf(tally)).toBe(standing.length);
    }),
    { numRuns: 30 },
  );
});

test("texts are cut at three hundred characters", () => {
  const tally = new ErrorTally();
  tally.add(error("k".repeat(1000)));
  const [group] = tally.list(() => ({ item: "y".repeat(301), message: "x".repeat(1000) }));
  expect([group?.kind.length, group?.message.length, group?.item.length, group?.message.at(-1)]).toEqual([
    300,
    300,
    300,
    "…",
  ]);
});
