import { describe, expect, test } from "bun:test";
import { jsonInText } from "../../../lib/processors/check/json-in-text.ts";

describe("jsonInText()", () => {
  test.each([
    ["a value", '{"a":1}', '{"a":1}'],
    [
      "every digit, as written",
      ' {"n": 12345678901234567890, "p": 1.10} ',
      '{"n":12345678901234567890,"p":1.10}',
    ],
    ["a string with the tag of reasoning", '"</think>{}"', '"</think>{}"'],
    ["what follows reasoning", '<think>{"a":1} or {"a":2}?</think>\n{"a":3}', '{"a":3}'],
    ["what follows the end of reasoning alone", "so\n</think>\n\n[1]", "[1]"],
    ["what follows the last reasoning", "<think>1</think><think>2</think>3", "3"],
    ["a tag within the answer", '<think>a</think>{"s":"</think>"}', '{"s":"</think>"}'],
    ["a fence around all of it", '```json\n{"a":1}\n```', '{"a":1}'],
    ["a fence without a language", "```\n[1]\n```\n", "[1]"],
    ["a fence with CRLF", '```JSON\r\n{"a":1}\r\n```', '{"a":1}'],
    ["a fence on one line", '```json {"a":1}```', '{"a":1}'],
    ["a fence of tildes", "~~~json\n1\n~~~", "1"],
    [
      "a fence in a string of the answer",
      '```json\n{"md":"```js\\nx\\n```"}\n```',
      '{"md":"```js\\nx\\n```"}',
    ],
    ["a fence behind reasoning", "<think>```json\n1\n```</think>\n```json\n2\n```", "2"],
    ["a byte-order mark", "\uFEFF{}", "{}"],
  ])("finds %s", (_, text, json) => {
    expect(jsonInText(text)).toBe(json);
  });

  test.each([
    ["nothing", ""],
    ["blanks", " \n"],
    ["prose", "The answer is 4."],
    ["JSON in unclosed reasoning", '<think>It may be {"a":1}'],
    ["JSON alone in unclosed reasoning", '<think>{"a":1}'],
    ["a fence in unclosed reasoning", "<think>\n```json\n{}\n```"],
    ["reasoning that begins again", '<think>a</think><think>{"a":1}'],
    ["JSON in reasoning, and prose", '<think>{"a":1}</think>Done.'],
    ["a fence in the middle of prose", "Here it is:\n```json\n{}\n```\nDone."],
    ["a fence behind prose", "Here it is:\n```json\n{}\n```"],
    ["two fences", "```json\n1\n```\nor\n```json\n2\n```"],
    ["a fence that is not closed", '```json\n{"a":1}'],
    ["braces in prose", 'It is {"a":1}, I think.'],
    ["a value that is cut off", '{"a":[1,2'],
    ["two values", "{} {}"],
  ])("finds none in %s", (_, text) => {
    expect(jsonInText(text)).toBeNull();
  });

  test("tries a few places only, whatever the text", () => {
    const parsed = JSON.parse;
    let tries = 0;
    JSON.parse = ((...words: Parameters<typeof parsed>) => {
      tries++;
      return parsed(...words) as unknown;
    }) as typeof parsed;
    try {
      for (const piece of ["{", "[", '{"a":', "```\n", "</think>", "<think>{", '"</think>'])
        expect(jsonInText(piece.repeat(20_000))).toBeNull();
    } finally {
      JSON.parse = parsed;
    }
    expect(tries).toBeLessThanOrEqual(7 * 6);
  });
});
