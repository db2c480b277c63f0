import { expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { isReason } from "../../lib/core/reasons.ts";
import { Rerun } from "../../lib/core/rerun.ts";
import type { ResultEntry } from "../../lib/core/result-source.ts";

type Facts = {
  readonly seq?: number;
  readonly id?: string;
  readonly kind?: string;
  readonly marks?: readonly string[];
  readonly output?: string;
};

function entryOf({ seq = 1, id, kind, marks = [], output = '"text"' }: Facts): ResultEntry {
  const isFailed = kind !== undefined;
  return {
    index: seq - 1,
    seq,
    failed: isFailed,
    place: 0,
    repeat: () => 1,
    identity: () => ({ id: id ?? null, hash: new Uint32Array(4), occurrence: 1, repeat: 1 }),
    error: () => (isFailed ? { kind, message: "m" } : null),
    marks: () => marks,
    isImported: () => false,
    outputJson: () => (isFailed ? null : output),
  };
}

test.each<[string, Facts, boolean]>([
  ["failed", { kind: "exit" }, true],
  ["failed", {}, false],
  ["all", {}, true],
  ["timeout", { kind: "timeout" }, true],
  ["timeout", { kind: "exit" }, false],
  ["http_503", { kind: "http_503" }, true],
  ["length", { marks: ["refusal", "length"] }, true],
  ["length", { kind: "length" }, true],
  ["length", { marks: ["empty"] }, false],
  ["output~^te", {}, true],
  ["output~^te", { kind: "exit" }, false],
  ["output~^12345678901234567890$", { output: "12345678901234567890" }, true],
  ['output~"a":1', { output: '{"a":1}' }, true],
  ["output~^\\p{Script=Han}+$", { output: '"漢字"' }, true],
  ["error~^exit: m$", { kind: "exit" }, true],
  ["error~^exit", {}, false],
  ["error~^timeout", { kind: "exit" }, false],
  ["a,b", { id: "b" }, true],
  ["a,b", { id: "a,b" }, false],
  ["a,b", {}, false],
])("--rerun %s of %j: %j", (what, facts, isDue) => {
  expect(new Rerun([what], 9).markOf(entryOf(facts))).toBe(isDue ? "due" : "earlier");
  expect(new Rerun([what], 9).markOf(entryOf({ ...facts, seq: 10 }))).toBe("none");
});

test("items that are not there are named", () => {
  const rerun = new Rerun(["a,#2,b", "#11", "length"], 9);
  expect(rerun.markOf(entryOf({ id: "b", seq: 10 }))).toBe("none");
  expect([1, 10, 0].map((index) => rerun.hasNumber(index))).toEqual([true, true, false]);
  expect(rerun.missing(10)).toEqual(["a", "#11"]);
});

test("a pattern that is none is refused", () => {
  for (const word of ["output~(", "error~("]) expect(() => new Rerun([word], 9)).toThrow("usage.badPattern");
});

test("every kind of error that has a name on screens is a reason", () => {
  const text = fs.readFileSync(path.resolve(import.meta.dir, "../../lib/ui/messages/causes/zh.ts"), "utf8");
  const kinds = /const KINDS[^{]*\{[^}]*\} = \{(.*?)\n\};/s.exec(text)?.[1] ?? "";
  const words = [...kinds.matchAll(/^ {2}(\w+):/gm)].map(([, word]) => word ?? "");
  expect(words.length).toBeGreaterThan(30);
  expect(words.filter((word) => !isReason(word))).toEqual([]);
});
