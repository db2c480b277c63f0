import { describe, expect, test } from "bun:test";
import { chat } from "../../../lib/processors/endpoint/api/chat.ts";
import { unwrap } from "../../../lib/processors/endpoint/answer-wrapping.ts";

const ANSWER = '{"id":9007199254740993,"choices":[{"message":{"content":"data: [DONE]"}}]}';
const PRETTY = '{\n  "id": 9007199254740993,\n  "choices": [{"message": {"content": "a"}}]\n}';
const chunk = (text: string): string => `data: {"choices":[{"delta":{"content":"${text}"}}]}\n\n`;

describe("a whole answer is found in", () => {
  test.each<[name: string, text: string]>([
    ["nothing but itself", ANSWER],
    ["white space", `\n \r\n\t${ANSWER}\n`],
    ["a byte-order mark", `\uFEFF${ANSWER}`],
    ["comments", `: OPENROUTER PROCESSING\n\n: OPENROUTER PROCESSING\n\n${ANSWER}`],
    ["one event", `data: ${ANSWER}\n\n`],
    ["one event without a blank", `data:${ANSWER}`],
    ["one event with [DONE] behind it", `data: ${ANSWER}\n\ndata: [DONE]\n\n`],
    ["[DONE] without an event", `${ANSWER}\n[DONE]`],
    ["[DONE] as an event", `${ANSWER}\n\ndata: [DONE]\n\n`],
    ["an event with a name and a number", `event: message\nid: 1\nretry: 5\ndata: ${ANSWER}\n\n`],
    ["lines that end with CR LF", `: wait\r\n\r\ndata: ${ANSWER}\r\n\r\ndata: [DONE]\r\n\r\n`],
    ["lines that end with CR", `: wait\r\rdata: ${ANSWER}\r\r`],
    ["all of it", `\uFEFF\n: wait\n\nevent: x\ndata: ${ANSWER}\n\ndata: [DONE]\n`],
    ["keep-alive events", `event: ping\ndata: {"type":"ping"}\n\ndata: ${ANSWER}\n\n`],
  ])("%s", (_name, text) => {
    expect(unwrap(text, chat)).toEqual({ kind: "json", json: ANSWER, value: JSON.parse(ANSWER) as never });
  });

  test.each<[name: string, text: string]>([
    ["behind a comment", `: wait\n\n${PRETTY}\n`],
    ["in one event, a line of data each", PRETTY.replaceAll(/^/gm, "data: ")],
    ["behind one data", `data: ${PRETTY}\n\ndata: [DONE]\n`],
  ])("several lines %s", (_name, text) => {
    const found = unwrap(text, chat);
    expect(found).toMatchObject({ kind: "json", value: JSON.parse(PRETTY) as object });
    expect(found.kind === "json" && found.json).toContain("9007199254740993");
  });
});

test.each<[name: string, text: string, events: number]>([
  ["chunks", `${chunk("a")}${chunk("b")}data: [DONE]\n\n`, 2],
  ["one chunk", chunk("a"), 1],
  ["chunks without blank lines", chunk("a").trimEnd().concat("\n").repeat(3), 3],
  ["lines of JSON", '{"message":{"content":"a"},"done":false}\n{"message":{"content":"b"},"done":true}\n', 2],
])("%s are a stream", (_name, text, events) => {
  expect(unwrap(text, chat)).toEqual({ kind: "stream", events });
});

test("an error in a stream is what it is about", () => {
  const text = `${chunk("a")}data: {"error":{"message":"upstream"}}\n\n`;
  expect(unwrap(text, chat)).toMatchObject({ kind: "json", value: { error: { message: "upstream" } } });
});

test.each(["", " \n", "\uFEFF", "<html>", ": wait\n\n", "data: [DONE]\n\n", "[DONE]", '{"choices":[{"mess'])(
  "%p is neither",
  (text) => {
    expect(unwrap(text, chat)).toEqual({ kind: "other" });
  },
);
