// What assemblers make of events that servers have been seen to send. That each gives the answer of the same API without streaming is tested in tests/contract/streams.test.ts.
import { describe, expect, test } from "bun:test";
import type { JsonValue } from "../../../../lib/core/item.ts";
import { parseExact } from "../../../../lib/core/json-text.ts";
import type { Assembler } from "../../../../lib/processors/endpoint/stream/assembler.ts";
import { ChoicesAssembler } from "../../../../lib/processors/endpoint/stream/choices-assembler.ts";
import { MessagesAssembler } from "../../../../lib/processors/endpoint/stream/messages-assembler.ts";
import { ResponsesAssembler } from "../../../../lib/processors/endpoint/stream/responses-assembler.ts";

type Json = { readonly [name: string]: unknown };

function assembled(assembler: Assembler, events: readonly unknown[]): string | null {
  for (const event of events) {
    const value = parseExact(typeof event === "string" ? event : JSON.stringify(event)) as JsonValue;
    assembler.take({ name: undefined, value, isError: () => false });
  }
  return assembler.answer();
}

/** The message of a chat completion whose deltas these are. */
function messageOf(...deltas: readonly Json[]): Json {
  const events = [...deltas.map((delta) => ({ choices: [{ index: 0, delta }] })), finish("stop")];
  const answer = JSON.parse(assembled(new ChoicesAssembler("message"), events) ?? "null") as {
    readonly choices: readonly { readonly message: Json }[];
  };
  return answer.choices[0]?.message ?? {};
}

const finish = (reason: unknown): Json => ({ choices: [{ index: 0, delta: {}, finish_reason: reason }] });
const call = (fields: Json, name: string | undefined, text: string): Json => ({
  tool_calls: [{ ...fields, function: { ...(name === undefined ? {} : { name }), arguments: text } }],
});

describe("a chat completion", () => {
  test("has a role and a content although no delta has one", () => {
    expect(messageOf()).toEqual({ role: "assistant", content: null });
    expect(messageOf({ content: "a" }, { content: "b" })).toEqual({ role: "assistant", content: "ab" });
  });

  test.each<readonly [string, readonly Json[]]>([
    [
      "numbered, as OpenAI",
      [
        call({ index: 0, id: "a", type: "function" }, "f", ""),
        call({ index: 0 }, undefined, '{"x"'),
        call({ index: 1, id: "b", type: "function" }, "g", "{}"),
        call({ index: 0 }, undefined, ":1}"),
      ],
    ],
    [
      "id and name repeated, empty ids",
      [
        call({ index: 0, id: "a", type: "function" }, "f", '{"x"'),
        call({ index: 0, id: "a", type: "function" }, "f", ":1"),
        call({ index: 0, id: "" }, "", "}"),
        call({ index: 1, id: "b", type: "function" }, "g", "{}"),
      ],
    ],
    [
      "a new id for each piece, as vLLM once",
      [
        call({ index: 0, id: "a", type: "function" }, "f", '{"x"'),
        call({ index: 0, id: "r1" }, undefined, ":1}"),
        call({ index: 1, id: "b", type: "function" }, "g", "{}"),
      ],
    ],
    [
      "whole and without a number, as Gemini",
      [call({ id: "a", type: "function" }, "f", '{"x":1}'), call({ id: "b", type: "function" }, "g", "{}")],
    ],
    [
      "whole, all with the number 0, as Gemini and Ollama",
      [
        call({ index: 0, id: "a", type: "function" }, "f", '{"x":1}'),
        call({ index: 0, id: "b", type: "function" }, "g", "{}"),
      ],
    ],
    [
      "both in one delta",
      [
        {
          tool_calls: [
            { index: 0, id: "a", type: "function", function: { name: "f", arguments: '{"x":1}' } },
            { index: 1, id: "b", type: "function", function: { name: "g", arguments: "{}" } },
          ],
        },
      ],
    ],
  ])("joins tool calls: %s", (_what, deltas) => {
    expect(messageOf({ role: "assistant", content: null }, ...deltas)).toEqual({
      role: "assistant",
      content: null,
      tool_calls: [
        { id: "a", type: "function", function: { name: "f", arguments: '{"x":1}' } },
        { id: "b", type: "function", function: { name: "g", arguments: "{}" } },
      ],
    });
  });

  test("joins the name of a function that comes in pieces, and a function call of the first API", () => {
    const pieces = [call({ index: 0, id: "a" }, "get_", ""), call({ index: 0 }, "weather", "{}")];
    expect(messageOf(...pieces)).toMatchObject({
      tool_calls: [{ id: "a", function: { name: "get_weather", arguments: "{}" } }],
    });
    const old = [{ function_call: { name: "f", arguments: "{" } }, { function_call: { arguments: "}" } }];
    expect(messageOf(...old)).toMatchObject({ function_call: { name: "f", arguments: "{}" } });
  });

  test("joins reasoning, its details by their number, and parts of a content", () => {
    const detail = (index: number, text: string): Json => ({ type: "reasoning.text", index, text });
    expect(
      messageOf(
        { reasoning: "a", reasoning_details: [detail(0, "a")] },
        { reasoning: "b", reasoning_details: [detail(0, "b")] },
        { reasoning_details: [{ type: "reasoning.encrypted", data: "x1", index: 1 }] },
        { reasoning_details: [{ type: "reasoning.encrypted", data: "x2", index: 2 }] },
      ),
    ).toMatchObject({
      reasoning: "ab",
      reasoning_details: [detail(0, "ab"), { data: "x1" }, { data: "x2" }],
    });
    const thinking = (text: string): Json => ({ type: "thinking", thinking: [{ type: "text", text }] });
    expect(
      messageOf(
        { content: [thinking("a")] },
        { content: [thinking("b")] },
        { content: "18" },
        { content: "!" },
      ),
    ).toMatchObject({
      content: [thinking("ab"), { type: "text", text: "18!" }],
    });
    const image = (url: string): Json => ({ type: "image_url", image_url: { url } });
    expect(messageOf({ content: [image("a")] }, { content: [image("b")] })).toMatchObject({
      content: [image("a"), image("b")],
    });
  });

  test("keeps each choice, in the order of their numbers, and waits for the finish reason of each", () => {
    const piece = (index: number, content: string, reason: string | null): Json => ({
      choices: [{ index, delta: { content }, finish_reason: reason }],
    });
    const events = [piece(1, "b", null), piece(0, "a", "stop")];
    expect(assembled(new ChoicesAssembler("message"), events)).toBeNull();
    const answer = assembled(new ChoicesAssembler("message"), [...events, piece(1, "c", "length")]);
    expect(JSON.parse(answer ?? "null")).toMatchObject({
      object: "chat.completion",
      choices: [
        { index: 0, message: { content: "a" }, finish_reason: "stop" },
        { index: 1, message: { content: "bc" }, finish_reason: "length" },
      ],
    });
  });

  test.each(["", "null", null])("is not complete with the finish reason %p", (reason) => {
    expect(assembled(new ChoicesAssembler("message"), [finish(reason)])).toBeNull();
  });

  test("is complete by the reason of the provider behind a gateway, or by a block reason", () => {
    const native = { choices: [{ index: 0, delta: {}, native_finish_reason: "STOP" }] };
    expect(assembled(new ChoicesAssembler("message"), [native])).not.toBeNull();
    const blocked = { choices: [], promptFeedback: { blockReason: "SAFETY" } };
    expect(assembled(new ChoicesAssembler("message"), [blocked])).not.toBeNull();
  });

  test("of fields other than the choices, the last value counts; digits stay as written", () => {
    const events = [
      '{"id":"x","choices":[{"index":0,"delta":{"content":"a"}}],"usage":{"completion_tokens":1}}',
      '{"id":"x","choices":[{"index":0,"delta":{},"finish_reason":"stop","logprobs":{"content":[{"logprob":-0.10}]}}]}',
      '{"created":12345678901234567890,"choices":[],"usage":{"completion_tokens":2,"cost":1.50e-3}}',
    ];
    expect(assembled(new ChoicesAssembler("message"), events)).toBe(
      '{"id":"x","created":12345678901234567890,"object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"a"},"finish_reason":"stop","logprobs":{"content":[{"logprob":-0.10}]}}],"usage":{"completion_tokens":2,"cost":1.50e-3}}',
    );
  });

  test("messages beside deltas repeat what has come (Perplexity); a message alone is the whole answer", () => {
    const both = {
      choices: [{ index: 0, delta: { content: "a" }, message: { role: "assistant", content: "a" } }],
    };
    const more = {
      choices: [{ index: 0, delta: { content: "b" }, message: { role: "assistant", content: "ab" } }],
    };
    const last = {
      choices: [{ index: 0, message: { role: "assistant", content: "ab" }, finish_reason: "stop" }],
    };
    for (const events of [[both, more, finish("stop")], [last], [both, more, last]])
      expect(JSON.parse(assembled(new ChoicesAssembler("message"), events) ?? "null")).toMatchObject({
        choices: [{ message: { role: "assistant", content: "ab" } }],
      });
  });

  test("hostile names are fields like others", () => {
    const delta = '{"choices":[{"index":0,"delta":{"constructor":"x","toString":{"a":"b"}}}]}';
    const answer = assembled(new ChoicesAssembler("message"), [delta, finish("stop")]);
    expect(answer).toContain('"constructor":"x","toString":{"a":"b"}');
  });

  test("200 000 pieces and long lists are joined in time that grows with them only", () => {
    const count = 200_000;
    const assembler = new ChoicesAssembler("message");
    const piece =
      '{"choices":[{"index":0,"delta":{"content":"word "},"logprobs":{"content":[{"token":"word "}]}}]}';
    for (let at = 0; at < count; at++)
      assembler.take({ name: undefined, value: JSON.parse(piece) as JsonValue, isError: () => false });
    assembler.take({ name: undefined, value: finish("stop") as JsonValue, isError: () => false });
    const answer = JSON.parse(assembler.answer() ?? "null") as {
      readonly choices: readonly {
        readonly message: { readonly content: string };
        readonly logprobs: { readonly content: unknown[] };
      }[];
    };
    expect(answer.choices[0]?.message.content.length).toBe(5 * count);
    expect(answer.choices[0]?.logprobs.content.length).toBe(count);
    expect(assembler.size).toBeGreaterThan(5 * count);
  });
});

test("a text completion is joined of its pieces", () => {
  const piece = (text: string, reason: string | null): Json => ({
    object: "text_completion",
    choices: [
      { index: 0, text, logprobs: { tokens: [text], token_logprobs: [-0.5] }, finish_reason: reason },
    ],
  });
  const answer = assembled(new ChoicesAssembler("text"), [
    piece("a", null),
    piece("b", null),
    piece("", "stop"),
  ]);
  expect(JSON.parse(answer ?? "null")).toEqual({
    object: "text_completion",
    choices: [
      {
        index: 0,
        text: "ab",
        logprobs: { tokens: ["a", "b", ""], token_logprobs: [-0.5, -0.5, -0.5] },
        finish_reason: "stop",
      },
    ],
  });
});

describe("a response", () => {
  const item = { type: "message", id: "m", content: [{ type: "output_text", text: "18" }] };

  test("is that of the last event", () => {
    const response = { id: "r", status: "completed", output: [item] };
    for (const type of ["completed", "incomplete", "failed"]) {
      const assembler = new ResponsesAssembler();
      const events = [
        { type: "response.created", response: { id: "r", output: [] } },
        { type: `response.${type}`, response },
      ];
      expect(JSON.parse(assembled(assembler, events) ?? "null")).toEqual(response);
      expect(assembler.isDone).toBe(true);
    }
  });

  test("has the items that came by themselves where the last event lacks them", () => {
    const events = [
      { type: "response.output_item.done", output_index: 1, item },
      { type: "response.output_item.done", output_index: 0, item: { type: "reasoning" } },
      { type: "response.completed", response: { id: "r", output: [] } },
    ];
    expect(JSON.parse(assembled(new ResponsesAssembler(), events) ?? "null")).toEqual({
      id: "r",
      output: [{ type: "reasoning" }, item],
    });
  });

  test("is not complete without a last event", () => {
    const events = [
      { type: "response.output_text.delta", delta: "18" },
      { type: "response.output_item.done", item },
    ];
    expect(assembled(new ResponsesAssembler(), events)).toBeNull();
  });
});

describe("a message of Anthropic", () => {
  const start = {
    type: "message_start",
    message: {
      id: "m",
      type: "message",
      role: "assistant",
      content: [],
      stop_reason: null,
      usage: { input_tokens: 9, output_tokens: 1 },
    },
  };
  const delta = (index: number, fields: Json): Json => ({
    type: "content_block_delta",
    index,
    delta: fields,
  });
  const block = (index: number, fields: Json): Json => ({
    type: "content_block_start",
    index,
    content_block: fields,
  });
  const end = (reason: string): Json[] => [
    {
      type: "message_delta",
      delta: { stop_reason: reason, stop_sequence: null },
      usage: { output_tokens: 7 },
    },
    { type: "message_stop" },
  ];

  test("is joined of its blocks: thinking and its signature, text with citations, the input of a tool", () => {
    const events = [
      start,
      block(0, { type: "thinking", thinking: "", signature: "" }),
      delta(0, { type: "thinking_delta", thinking: "6 × " }),
      delta(0, { type: "thinking_delta", thinking: "3" }),
      delta(0, { type: "signature_delta", signature: "abc=" }),
      { type: "content_block_stop", index: 0 },
      { type: "ping" },
      block(1, { type: "text", text: "" }),
      delta(1, { type: "text_delta", text: "1" }),
      delta(1, { type: "text_delta", text: "8" }),
      delta(1, { type: "citations_delta", citation: { cited_text: "a" } }),
      delta(1, { type: "citations_delta", citation: { cited_text: "b" } }),
      block(2, { type: "tool_use", id: "t", name: "f", input: {} }),
      delta(2, { type: "input_json_delta", partial_json: "" }),
      delta(2, { type: "input_json_delta", partial_json: '{"id":1234567' }),
      delta(2, { type: "input_json_delta", partial_json: "8901234567890}" }),
      block(3, { type: "tool_use", id: "u", name: "g", input: {} }),
      ...end("tool_use"),
    ];
    expect(assembled(new MessagesAssembler(), events)).toBe(
      '{"id":"m","type":"message","role":"assistant","content":[{"type":"thinking","thinking":"6 × 3","signature":"abc="},{"type":"text","text":"18","citations":[{"cited_text":"a"},{"cited_text":"b"}]},{"type":"tool_use","id":"t","name":"f","input":{"id":12345678901234567890}},{"type":"tool_use","id":"u","name":"g","input":{}}],"stop_reason":"tool_use","usage":{"input_tokens":9,"output_tokens":7},"stop_sequence":null}',
    );
  });

  test("is not complete without a stop reason, and is cut off in the input of a tool with max_tokens", () => {
    expect(
      assembled(new MessagesAssembler(), [
        start,
        delta(0, { type: "text_delta", text: "1" }),
        { type: "message_stop" },
      ]),
    ).toBeNull();
    const events = [
      start,
      block(0, { type: "tool_use", id: "t", name: "f", input: {} }),
      delta(0, { type: "input_json_delta", partial_json: '{"a":' }),
      ...end("max_tokens"),
    ];
    expect(JSON.parse(assembled(new MessagesAssembler(), events) ?? "null")).toMatchObject({
      content: [{ input: '{"a":' }],
      stop_reason: "max_tokens",
    });
  });
});
