// Which options may stand together on a command line, and what is left of a settings file beside it.
import { describe, expect, test } from "bun:test";
import type { ArgumentSet } from "../../lib/cli/declaration.ts";
import type { GivenOption, Line } from "../../lib/cli/line.ts";
import { checkTogether, mergeFile } from "../../lib/cli/together.ts";
import { CkptError } from "../../lib/core/errors.ts";

const option = {
  type: "string",
  value: "text",
  valueHint: "X",
  complete: "none",
  description: "x",
  zh: "x",
} as const;
const ARGS = {
  shell: { ...option, excludes: ["--", "module", "model"] },
  module: { ...option, excludes: ["--", "model", "parse"] },
  model: { ...option, needs: ["prompt"], excludes: ["--"] },
  prompt: { ...option, needs: ["model"] },
  parse: option,
  worker: { type: "boolean", needs: ["--"], description: "x", zh: "x" },
  jobs: option,
} as const satisfies ArgumentSet;

const options = (names: readonly string[]): Map<string, GivenOption> =>
  new Map(names.map((name) => [name, { shown: `--${name}`, values: ["x"] }]));
const line = (names: readonly string[], rest: readonly string[] | null = null): Line => ({
  options: options(names),
  positional: [],
  rest,
});

describe("checkTogether()", () => {
  test.each([
    [line(["model", "prompt", "jobs"])],
    [line(["shell", "parse"])],
    [line(["worker"], ["cat"])],
    [line([])],
  ])("accepts %p", (given) => {
    expect(() => checkTogether(given, ARGS)).not.toThrow();
  });

  test.each([
    [line(["shell", "module"]), { first: "--shell", second: "--module" }],
    [line(["module", "parse"]), { first: "--module", second: "--parse" }],
    [line(["shell"], ["cat"]), { first: "-- COMMAND", second: "--shell" }],
    [line(["prompt"]), { option: "--prompt", needed: "--model" }],
    [line(["worker"]), { option: "--worker", needed: "-- COMMAND" }],
  ])("refuses %p", (given, params) => {
    let thrown: unknown;
    try {
      checkTogether(given, ARGS);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(CkptError);
    expect((thrown as CkptError).params).toEqual(params);
  });
});

describe("mergeFile()", () => {
  test("what was typed wins over the file", () => {
    const file = new Map([["jobs", { shown: "--jobs", values: ["9"] }]]);
    const { line: joined, dropped } = mergeFile(line(["jobs"]), file, ARGS);
    expect(joined.options.get("jobs")?.values).toEqual(["x"]);
    expect(dropped).toEqual([]);
  });

  test("an option of the file that was excluded by what was typed is dropped, and what needs it with it", () => {
    const { line: joined, dropped } = mergeFile(line(["shell"]), options(["prompt", "model", "jobs"]), ARGS);
    expect([...joined.options.keys()]).toEqual(["jobs", "shell"]);
    expect(dropped.toSorted()).toEqual(["model", "prompt"]);
  });

  test("an option of the file fulfils what a typed one needs", () => {
    const { line: joined } = mergeFile(line(["prompt"]), options(["model"]), ARGS);
    expect(() => checkTogether(joined, ARGS)).not.toThrow();
  });
});
