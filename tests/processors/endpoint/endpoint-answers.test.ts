// What is kept of an answer that came, and what it is marked with.
import { describe, expect, test } from "bun:test";
import { chat } from "../../../lib/processors/endpoint/api/chat.ts";
import type { Mark } from "../../../lib/processors/endpoint/endpoint-rules.ts";
import type { JsonValue } from "../../../lib/core/item.ts";
import { type AnswerOptions, readAnswer } from "../../../lib/processors/endpoint/endpoint-answer.ts";

const OPTIONS: AnswerOptions = { answer: "text", parse: "text", failOn: [], prices: null };
const ASKED = { api: chat, model: "m", tokens: () => 7, cap: null, nowMs: 0 };
const TOOLS = [{ id: "t", type: "function", function: { name: "f", arguments: "{}" } }];
const REFUSAL = "I can't help with that request.";

function answer(message: JsonValue, finish: JsonValue = "stop", more: { usage?: JsonValue } = {}): string {
  return JSON.stringify({ choices: [{ index: 0, message, finish_reason: finish }], ...more });
}

const read = (
  text: string,
  options: Partial<AnswerOptions> = {},
  cap: number | null = null,
): ReturnType<typeof readAnswer> => readAnswer(text, { ...OPTIONS, ...options }, { ...ASKED, cap });

describe("marks", () => {
  test.each<[name: string, message: JsonValue, finish: JsonValue, output: string, marks: Mark[]]>([
    ["a text", { content: "ok" }, "stop", "ok", []],
    ["no finish reason", { content: "ok" }, null, "ok", []],
    [
      "a text in parts",
      {
        content: [
          { type: "text", text: "o" },
          { type: "text", text: "k" },
        ],
      },
      "eos",
      "ok",
      [],
    ],
    ["parts that are bare texts", { content: ["o", "k"] }, "stop", "ok", []],
    ["one part without an array", { content: { type: "text", text: "ok" } }, "stop", "ok", []],
    ["JSON in the place of its text", { content: { a: [1.5, "x"] } }, "stop", '{"a":[1.5,"x"]}', []],
    ["a number", { content: 42 }, "stop", "42", []],
    [
      "an array of other parts",
      { content: [{ type: "image_url", image_url: { url: "x" } }] },
      "stop",
      "",
      ["empty"],
    ],
    ["no parts", { content: [] }, "stop", "", ["empty"]],
    ["cut off", { content: "o" }, "max_tokens", "o", ["length"]],
    ["cut off before the message began (Gemini)", null, "length", "", ["length", "empty"]],
    ["filtered, without a message (Gemini)", null, "PROHIBITED_CONTENT", "", ["content_filter", "empty"]],
    ["filtered", { content: "o" }, "sensitive", "o", ["content_filter"]],
    ["filtered, and nothing left", { content: "" }, "SAFETY", "", ["content_filter", "empty"]],
    ["a finish reason that nobody knows", { content: "o" }, "moonrise", "o", ["unknown_finish"]],
    ["tool calls alone", { content: null, tool_calls: TOOLS }, "tool_calls", "", ["empty"]],
    [
      "a function call alone",
      { content: null, function_call: { name: "f" } },
      "function_call",
      "",
      ["empty"],
    ],
    ["reasoning alone", { content: "", reasoning_content: "hm" }, "stop", "", ["empty"]],
    ["a refusal without a content", { content: null, refusal: REFUSAL }, "stop", REFUSAL, ["refusal"]],
    ["a refusal beside an empty content", { content: "", refusal: REFUSAL }, "stop", REFUSAL, ["refusal"]],
    [
      "a refusal as a part",
      { content: [{ type: "refusal", refusal: REFUSAL }] },
      "stop",
      REFUSAL,
      ["refusal"],
    ],
    ["a refusal by its finish reason", { content: REFUSAL }, "refusal", REFUSAL, ["refusal"]],
    ["a refusal beside a text", { content: "a", refusal: "b" }, "stop", "a\nb", ["refusal"]],
    [
      "a refusal as a part with a text",
      { content: [{ type: "refusal", text: REFUSAL }] },
      "stop",
      REFUSAL,
      ["refusal"],
    ],
    [
      "a refusal that is an object",
      { content: null, refusal: { reason: REFUSAL } },
      "stop",
      REFUSAL,
      ["refusal"],
    ],
    ["a refusal that is a truth value", { content: REFUSAL, refusal: true }, "stop", REFUSAL, ["refusal"]],
    ["no refusal", { content: "ok", refusal: false }, "stop", "ok", []],
    ["an empty refusal", { content: "ok", refusal: "" }, "stop", "ok", []],
  ])("%s", (_name, message, finish, output, marks) => {
    const outcome = read(answer(message, finish));
    expect(outcome).toMatchObject({ status: "ok", outputJson: JSON.stringify(output) });
    expect("marks" in outcome ? outcome.marks : []).toEqual(marks);
  });

  test("filtered before it began, in Gemini's own words", () => {
    for (const choices of [undefined, null, []]) {
      const text = JSON.stringify({ choices, promptFeedback: { blockReason: "PROHIBITED_CONTENT" } });
      expect(read(text)).toMatchObject({ outputJson: '""', marks: ["content_filter", "empty"] });
    }
  });

  test("the finish reason of the provider behind a gateway counts where there is no other", () => {
    const choice = (finish: JsonValue): string =>
      JSON.stringify({
        choices: [{ message: { content: "o" }, finish_reason: finish, native_finish_reason: "SAFETY" }],
      });
    expect(read(choice(null))).toMatchObject({ marks: ["content_filter"] });
    expect(read(choice("stop"))).not.toHaveProperty("marks");
  });

  test.each(["message", "full"] as const)("tool calls are no empty answer with --answer %s", (kind) => {
    const text = answer({ content: null, tool_calls: TOOLS }, "tool_calls");
    expect(read(text, { answer: kind })).not.toHaveProperty("marks");
  });

  test("an answer that stops where max_tokens ends is cut off", () => {
    const usage = { prompt_tokens: 5, completion_tokens: 20 };
    expect(read(answer({ content: "o" }, "stop", { usage }), {}, 20)).toMatchObject({ marks: ["length"] });
    expect(read(answer({ content: "o" }, "stop", { usage }), {}, 21)).not.toHaveProperty("marks");
  });

  test.each<
    [name: string, failOn: Mark[], message: JsonValue, finish: string, kind: string, retryable: boolean]
  >([
    ["refusal", ["refusal"], { content: null, refusal: REFUSAL }, "stop", "refusal", false],
    ["empty", ["empty"], { content: "" }, "stop", "empty", true],
    ["empty, because it was cut off in its reasoning", ["empty"], { content: "" }, "length", "empty", false],
    ["the first of several", ["empty", "length"], { content: "" }, "length", "length", false],
  ])("--fail-on %s", (_name, failOn, message, finish, kind, retryable) => {
    expect(read(answer(message, finish), { failOn })).toMatchObject({
      status: "failed",
      error: { kind },
      retryable,
    });
  });

  test("the words of a refusal stand in the error that --fail-on makes of it", () => {
    const outcome = read(answer({ content: null, refusal: REFUSAL }), { failOn: ["refusal"] });
    expect(outcome).toMatchObject({ error: { message: expect.stringContaining(REFUSAL) as string } });
  });
});

describe("--parse json", () => {
  test("a text that is no JSON leaves an excerpt, cut between whole characters", () => {
    const text = `Sure!\n\n Here ${"🎉".repeat(300)}`;
    const outcome = read(answer({ content: text }), { parse: "json" });
    expect(outcome).toMatchObject({ status: "failed", retryable: true, error: { kind: "bad_output" } });
    const message = "error" in outcome ? outcome.error.message : "";
    expect(message).toStartWith("the answer's text is not JSON: Sure! Here 🎉🎉");
    expect(message.isWellFormed()).toBe(true);
    expect(message.length).toBeLessThan(300);
  });

  test.each<[name: string, finish: string, content: string, retryable: boolean]>([
    ["cut off: not asked again", "length", '{"a":', false],
    ["filtered: not asked again", "content_filter", "", false],
    ["empty: asked again", "stop", "", true],
  ])("%s", (_name, finish, content, retryable) => {
    expect(read(answer({ content }, finish), { parse: "json" })).toMatchObject({
      status: "failed",
      error: { kind: "bad_output" },
      retryable,
    });
  });

  test("the words of a refusal are kept as a string, marked", () => {
    expect(read(answer({ content: null, refusal: REFUSAL }), { parse: "json" })).toMatchObject({
      status: "ok",
      outputJson: JSON.stringify(REFUSAL),
      marks: ["refusal"],
    });
  });
});

describe("what it took", () => {
  test.each<[name: string, usage: JsonValue | undefined, expected: object]>([
    ["as it says", { prompt_tokens: 5, completion_tokens: 2 }, { input_tokens: 5, output_tokens: 2 }],
    [
      "zeros beside a text: estimated",
      { prompt_tokens: 0, completion_tokens: 0 },
      { input_tokens: 7, output_tokens: 9 },
    ],
    [
      "one count that cannot be",
      { prompt_tokens: 5, completion_tokens: -3 },
      { input_tokens: 5, output_tokens: 9 },
    ],
    ["nothing", undefined, { input_tokens: 7, output_tokens: 9 }],
  ])("%s", (_name, usage, expected) => {
    const text = answer({ content: "twenty letters or so" }, "stop", usage === undefined ? {} : { usage });
    expect(read(text)).toMatchObject({ usage: expected });
  });

  test("an answer that failed on its way was paid for, too", () => {
    const usage = { prompt_tokens: 5, completion_tokens: 2 };
    expect(read(answer({ content: "The capital of Fra" }, "error", { usage }))).toMatchObject({
      failure: { seen: "broken" },
      usage: { input_tokens: 5, output_tokens: 2 },
    });
  });
});

describe("what is no answer says what it is", () => {
  test.each<[name: string, text: string, seen: string, words: string]>([
    [
      "a page",
      "<html><body>Please log in to the campus network</body></html>",
      "not-answer",
      "Please log in to the campus",
    ],
    ["nothing", "", "not-answer", "it is empty"],
    ["JSON of another kind", '{"choices":[]}', "not-answer", '{"choices":[]}'],
    ["a stream", 'data: {"choices":[{"delta":{}}]}\n\n'.repeat(3), "stream", "a stream of 3 events"],
  ])("%s", (_name, text, seen, words) => {
    expect(read(text)).toMatchObject({
      failure: { seen, message: expect.stringContaining(words) as string },
    });
  });
});
