import { describe, expect, test } from "bun:test";
import type { JsonValue } from "../../../lib/core/item.ts";
import { reachesCap, tokensOf } from "../../../lib/processors/endpoint/token-usage.ts";

const usage = (input: JsonValue, output: JsonValue): JsonValue => ({
  prompt_tokens: input,
  completion_tokens: output,
});

describe("tokensOf() beside a text", () => {
  test.each<[name: string, usage: JsonValue | undefined, input: number | null, output: number | null]>([
    ["counts", usage(5, 2), 5, 2],
    ["the names of other APIs", { input_tokens: 5, output_tokens: 2 }, 5, 2],
    [
      "both pairs of names, of which one is filled",
      { prompt_tokens: 0, completion_tokens: 0, input_tokens: 5, output_tokens: 2 },
      5,
      2,
    ],
    ["a list", [5, 2], null, null],
    ["truth values", usage(true, false), null, null],
    ["zeros", usage(0, 0), null, null],
    ["one zero", usage(5, 0), 5, null],
    ["negative", usage(-1, -1), null, null],
    ["not whole", usage(1.5, 2), null, 2],
    ["texts", usage("5", "2"), null, null],
    ["too large to be counted", usage(1e300, 2), null, 2],
    ["more than any model takes", usage(5, 99_999_999_999), 5, null],
    ["null", null, null, null],
    ["nothing", undefined, null, null],
  ])("%s", (_name, value, input, output) => {
    expect(tokensOf(value, true)).toEqual({ input_tokens: input, output_tokens: output });
  });

  test("zeros are believed where nothing was generated", () => {
    expect(tokensOf(usage(0, 0), false)).toEqual({ input_tokens: 0, output_tokens: 0 });
  });
});

describe("reachesCap()", () => {
  const reasoning = (output: number, of: number): JsonValue => ({
    completion_tokens: output,
    completion_tokens_details: { reasoning_tokens: of },
  });
  test.each<[name: string, usage: JsonValue | undefined, cap: number | null, reaches: boolean]>([
    ["all of it", usage(5, 100), 100, true],
    ["less", usage(5, 99), 100, false],
    ["no cap", usage(5, 100), null, false],
    ["no usage", undefined, 100, false],
    ["reasoning that counts", reasoning(100, 90), 100, true],
    ["reasoning that was not bounded", reasoning(500, 450), 100, false],
    ["reasoning that was not bounded, and a text that was cut", reasoning(550, 450), 100, true],
  ])("%s", (_name, value, cap, reaches) => {
    expect(reachesCap(value, cap)).toBe(reaches);
  });
});
