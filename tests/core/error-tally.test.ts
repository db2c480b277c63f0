import { expect, test } from "bun:test";
import { ErrorTally } from "../../lib/core/error-tally.ts";

const error = (kind: string, message = "m"): { kind: string; message: string } => ({ kind, message });

test("failures are counted by kind, the largest first, with the first one as the example", () => {
  const tally = new ErrorTally();
  tally.add(error("exit", "first"), "#1");
  tally.add(error("timeout"), "#2");
  tally.add(error("timeout"), "#3");
  expect(tally.list()).toEqual([
    { kind: "timeout", count: 2, item: "#2", message: "m" },
    { kind: "exit", count: 1, item: "#1", message: "first" },
  ]);
});

test("a failure that is taken back is counted no more; the next one of its kind is the example", () => {
  const tally = new ErrorTally();
  const group = tally.add(error("exit", "old"), "#1");
  tally.remove(group);
  expect(tally.list()).toEqual([]);
  expect(tally.add(error("exit", "new"), "#2")).toBe(group);
  expect(tally.list()).toEqual([{ kind: "exit", count: 1, item: "#2", message: "new" }]);
});

test("there are sixteen groups at the most; further kinds share the last", () => {
  const tally = new ErrorTally();
  const groups = Array.from({ length: 40 }, (_, i) => tally.add(error(`kind ${i}`), `#${i}`));
  expect(Math.max(...groups)).toBe(15);
  expect(tally.list().length).toBe(16);
  expect(tally.list()[0]).toMatchObject({ kind: "other", count: 25 });
});

test("texts are cut at three hundred characters", () => {
  const tally = new ErrorTally();
  tally.add(error("exit", "x".repeat(1000)), "y".repeat(301));
  const [group] = tally.list();
  expect([group?.message.length, group?.item.length, group?.message.at(-1)]).toEqual([300, 300, "…"]);
});
