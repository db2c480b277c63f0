// What citty would let pass is refused, and what is good is read for what it is.
import { describe, expect, test } from "bun:test";
import type { ArgumentSet } from "../../lib/cli/declaration.ts";
import { readStrictly } from "../../lib/cli/strict-reading.ts";
import { CkptError } from "../../lib/core/errors.ts";

const text = { description: "x", zh: "x" } as const;
const ARGS = {
  input: { type: "positional", valueHint: "INPUT", complete: "file", ...text },
  jobs: {
    type: "string",
    value: { kind: "count", min: 1 },
    alias: "j",
    valueHint: "N",
    complete: "none",
    ...text,
  },
  param: { type: "string", value: "string", repeat: true, valueHint: "K=V", complete: "none", ...text },
  parse: { type: "enum", options: ["text", "json"], ...text },
  force: { type: "boolean", ...text },
  quiet: { type: "boolean", alias: "q", ...text },
  resume: { type: "boolean", negativeDescription: "x", ...text },
} as const satisfies ArgumentSet;
const COMMAND = {
  meta: { name: "run", ...text },
  args: ARGS,
  rest: { valueHint: "COMMAND…", ...text },
};

function refusal(words: readonly string[], command: Parameters<typeof readStrictly>[1] = COMMAND): object {
  try {
    readStrictly(words, command);
  } catch (error) {
    if (error instanceof CkptError) return { code: error.code, ...error.params };
    throw error;
  }
  return { code: "none" };
}

describe("readStrictly()", () => {
  test.each([
    [["--jobs", "4"], { jobs: ["4"] }],
    [["--jobs=4"], { jobs: ["4"] }],
    [["-j", "4"], { jobs: ["4"] }],
    [["-j4"], { jobs: ["4"] }],
    [["-j=4"], { jobs: ["4"] }],
    [["--jobs="], { jobs: [""] }],
    [["--param", "a=1", "--param=b=2"], { param: ["a=1", "b=2"] }],
    [["--param", "--no-such"], { param: ["--no-such"] }],
    [["--jobs", "-1"], { jobs: ["-1"] }],
    [["-q", "-q"], { quiet: [] }],
    [["--no-resume"], { resume: [] }],
  ])("reads %p", (words, expected) => {
    const { options } = readStrictly(words, COMMAND);
    expect(Object.fromEntries([...options].map(([name, { values }]) => [name, values]))).toEqual(expected);
  });

  test("keeps arguments in order, and everything behind -- for the command", () => {
    const line = readStrictly(["-", "-q", "--", "echo", "--help", "--"], COMMAND);
    expect(line).toMatchObject({ positional: ["-"], rest: ["echo", "--help", "--"] });
    expect(readStrictly(["a"], COMMAND).rest).toBeNull();
  });

  test.each([
    [["--job", "4"], { code: "usage.unknownOption", option: "--job", nearest: "--jobs" }],
    [["-x"], { code: "usage.unknownOption", option: "-x" }],
    [["--concurrency", "4"], { code: "usage.unknownOption", nearest: "--jobs" }],
    [["-P8"], { code: "usage.unknownOption", option: "-P8", nearest: "--jobs" }],
    [["--api-key", "x"], { code: "usage.unknownOption", nearest: "--api-key-file, or OPENAI_API_KEY" }],
    [["--constructor"], { code: "usage.unknownOption" }],
    [["--__proto__", "x"], { code: "usage.unknownOption" }],
    [["--no-force"], { code: "usage.unknownOption" }],
    [["--input", "x"], { code: "usage.unknownOption" }],
    [["--jobs"], { code: "usage.missingValue", option: "--jobs" }],
    [["--jobs", "--force"], { code: "usage.missingValue", option: "--jobs" }],
    [["--jobs", "--no-resume"], { code: "usage.missingValue", option: "--jobs" }],
    [["--force=yes"], { code: "usage.unexpectedValue", option: "--force" }],
    [["-q=1"], { code: "usage.unexpectedValue", option: "--quiet" }],
    [["--jobs", "1", "-j", "1"], { code: "usage.repeated", option: "--jobs" }],
    [["--resume", "--no-resume"], { code: "usage.conflict", first: "--resume", second: "--no-resume" }],
    [["--parse", "xml"], { code: "usage.badValue", value: "xml", expected: "text, json" }],
    [["a", "b"], { code: "usage.extraArgument", argument: "b" }],
  ])("refuses %p", (words, expected) => {
    expect(refusal(words)).toMatchObject(expected);
  });

  test("refuses -- where a command takes none, and names the argument that is missing", () => {
    const { rest: _, ...alone } = COMMAND;
    expect(refusal(["--", "x"], alone)).toMatchObject({ code: "usage.extraArgument", argument: "--" });
    const args = { ...ARGS, input: { ...ARGS.input, required: true } } as const;
    expect(refusal([], { ...alone, args })).toMatchObject({
      code: "usage.missingArgument",
      argument: "INPUT",
    });
  });
});
