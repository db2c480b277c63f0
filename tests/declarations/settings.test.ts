// Settings are what the declaration says: names, types, units, defaults.
import { describe, expect, test } from "bun:test";
import type { ArgumentSet } from "../../lib/cli/declaration.ts";
import type { Line } from "../../lib/cli/line.ts";
import { settingsOf } from "../../lib/cli/settings.ts";
import { CkptError } from "../../lib/core/errors.ts";

const text = { description: "x", zh: "x" } as const;
const option = { type: "string", valueHint: "X", complete: "none", ...text } as const;
const ARGS = {
  input: { type: "positional", valueHint: "INPUT", complete: "file", ...text },
  "max-time": { ...option, value: "duration" },
  "max-output": { ...option, value: { kind: "size", max: 1 << 30 }, default: "16M" },
  "max-cost": { ...option, value: "decimal" },
  jobs: { ...option, value: { kind: "count", min: 1, max: 9, words: ["auto"] } },
  "pause-on-exit": { ...option, value: { kind: "count", min: 1 }, repeat: true },
  id: { ...option, value: "text" },
  system: { ...option, value: "string" },
  parse: { type: "enum", options: ["text", "json"], default: "text", ...text },
  force: { type: "boolean", ...text },
  resume: { type: "boolean", negativeDescription: "x", ...text },
} as const satisfies ArgumentSet;
const line = (repeated: readonly string[] = []): Line => ({
  options: new Map([["pause-on-exit", { shown: "--pause-on-exit", values: repeated }]]),
  positional: [],
  rest: null,
});
const DEFAULTS = { "max-output": "16M", parse: "text" }; // as citty gives them

describe("settingsOf()", () => {
  test("without values: null, false, no values, or the default", () => {
    expect(settingsOf(ARGS, DEFAULTS, line())).toEqual({
      input: null,
      maxTimeMs: null,
      maxOutputBytes: 16 << 20,
      maxCost: null,
      jobs: null,
      pauseOnExit: [],
      id: null,
      system: null,
      parse: "text",
      force: false,
      resume: null,
    });
  });

  test("reads each value by its rule", () => {
    const values = {
      input: "-",
      "max-time": "5m",
      "max-output": "1K",
      "max-cost": "0.5",
      jobs: "auto",
      id: "q",
      system: "",
      parse: "json",
      force: true,
      resume: false,
    };
    expect(settingsOf(ARGS, values, line(["3", "4"]))).toEqual({
      input: "-",
      maxTimeMs: 300_000,
      maxOutputBytes: 1024,
      maxCost: 0.5,
      jobs: "auto",
      pauseOnExit: [3, 4],
      id: "q",
      system: "",
      parse: "json",
      force: true,
      resume: false,
    });
  });

  test.each([
    [{ jobs: "0" }, "--jobs"],
    [{ jobs: "10" }, "--jobs"],
    [{ jobs: "Auto" }, "--jobs"],
    [{ "max-time": "5" }, "--max-time"],
    [{ "max-cost": "-1" }, "--max-cost"],
    [{ "max-output": "0" }, "--max-output"],
    [{ id: "" }, "--id"],
  ])("refuses %p by its option", (values, shown) => {
    let thrown: unknown;
    try {
      settingsOf(ARGS, { ...DEFAULTS, ...values }, line());
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(CkptError);
    expect((thrown as CkptError).params).toMatchObject({ option: shown });
  });
});
