// Which files a run may replace: all cases of the rule.
import { describe, expect, test } from "bun:test";
import type { InputFacts, OutputFacts } from "../../lib/core/status.ts";
import { isSameInput } from "../../lib/core/job.ts";
import { isOneOf, mayReplace, type Origin, ownOutputs, type Writer } from "../../lib/run/may-replace.ts";

const output = (sha256: string | null, more: Partial<OutputFacts> = {}): OutputFacts => ({
  path: "/a/out.jsonl",
  sha256,
  ...more,
});
const writer = (nonce: string, fp: string, sha256: string): Writer => ({
  nonce,
  job: { fp, input: { path: "/a/in.txt", sha256: "i" } as InputFacts },
  output: output(sha256),
});

const RECORDED = [
  writer("n1", "A", "1"),
  writer("n1", "A", "2"),
  writer("n2", "A", "3"),
  writer("n3", "B", "4"),
];
const NEW: Origin = { session: null, onRequest: false, startedOver: null };
const isA = ({ fp }: Writer["job"]): boolean => fp === "A";

describe("ownOutputs()", () => {
  test.each([
    ["a new session: none", NEW, []],
    [
      "one that is resumed: its own, all that it ever wrote",
      { ...NEW, session: { nonce: "n1", output: output("0") } },
      ["0", "1", "2"],
    ],
    ["one that has written nothing yet", { ...NEW, session: { nonce: "n9", output: null } }, []],
    ["begun onRequest on request: what this job wrote", { ...NEW, onRequest: true }, ["1", "2", "3"]],
    [
      "started over: what that session wrote, whatever its job",
      { ...NEW, onRequest: true, startedOver: "n3" },
      ["1", "2", "3", "4"],
    ],
  ] as const)("%s", (_name, origin, hashes) => {
    expect(ownOutputs(origin, RECORDED, isA).map(({ sha256 }) => sha256 ?? "")).toEqual([...hashes]);
  });
});

describe("isOneOf()", () => {
  test.each([
    ["the same bytes in the same place", output("1"), true],
    ["the same bytes, the folder moved", output("1", { path: "/b/c/out.jsonl" }), true],
    ["the same bytes under another name", output("1", { path: "/a/copy.jsonl" }), false],
    ["other bytes", output("2"), false],
    ["other bytes, which it is just replacing", output("2", { replaces: "1" }), true],
    ["nothing written yet", output(null), false],
  ])("%s", (_name, recorded, isOwn) => {
    expect(isOneOf([recorded], { path: "/a/out.jsonl", sha256: "1" })).toBe(isOwn);
  });

  test("a file that cannot be read is nobody's", () => {
    expect(isOneOf([output(null)], { path: "/a/out.jsonl", sha256: null })).toBe(false);
  });
});

test.each([
  ["1", { force: false, interactive: false }, "replace"],
  ["2", { force: false, interactive: false }, "refuse"],
  ["2", { force: false, interactive: true }, "ask"],
  ["2", { force: true, interactive: false }, "replace"],
  [null, { force: false, interactive: false }, "refuse"],
] as const)("a file with the bytes %j, %j: %s", (sha256, options, expected) => {
  expect(mayReplace({ path: "/a/out.jsonl", sha256 }, [output("1")], options)).toBe(expected);
});

test.each([
  ["the same bytes elsewhere", { path: "/b", sha256: "i" }, true],
  ["other bytes in the same place", { path: "/a", sha256: "j" }, true],
  ["other bytes elsewhere", { path: "/b", sha256: "j" }, false],
  ["other bytes by standard input", { path: "-", sha256: "j" }, false],
])("the same input: %s", (_name, other, same) => {
  expect(isSameInput({ path: other.path === "-" ? "-" : "/a", sha256: "i" }, other)).toBe(same);
});
