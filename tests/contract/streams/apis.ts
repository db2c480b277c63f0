// The APIs whose answers are streamed: for each, answers as they are without streaming, and the events that say the same.
import type { EndpointSettings } from "../../../lib/processors/endpoint/endpoint.ts";
import { chatEvents, type SseEvent } from "../../helpers/sse.ts";

type Answer = { readonly [name: string]: unknown };

type StreamedApi = {
  readonly name: string;
  readonly settings: Partial<EndpointSettings>;
  /** What of an answer is kept in turn. */
  readonly kept: readonly EndpointSettings["answer"][];
  readonly answers: { readonly [what: string]: Answer };
  readonly eventsOf: (answer: Answer) => SseEvent[];
  /** Whether anything is generated in an answer. */
  readonly hasToken: (answer: Answer) => boolean;
  /** Whether an event says how an answer ended, or comes after that. */
  readonly isEnd: (event: SseEvent) => boolean;
  /** Errors in the place of an event: what they are, the event, the kind of the item's error. */
  readonly errors: readonly (readonly [what: string, event: SseEvent, kind: string])[];
};

const usage = { prompt_tokens: 12, completion_tokens: 9, total_tokens: 21 };

function chat(
  message: object,
  rest: { readonly finish?: string; readonly choice?: object; readonly more?: object } = {},
): Answer {
  const { finish = "stop", choice = {}, more = {} } = rest;
  return {
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1_700_000_000,
    model: "mock-2026",
    system_fingerprint: "fp_1",
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: null, ...message },
        finish_reason: finish,
        ...choice,
      },
    ],
    usage,
    ...more,
  };
}

const call = (id: string, name: string, text: string): object => ({
  id,
  type: "function",
  function: { name, arguments: text },
});

const CHAT: StreamedApi = {
  name: "chat",
  settings: {},
  kept: ["text", "message", "full"],
  answers: {
    "a text": chat({ content: 'Grüße, 你好 🎉🎉: \\u00e9 "quoted"\n\n```\ncode\n```\n' }),
    reasoning: chat({ reasoning_content: "Let me think: 6 × 3.", content: "18" }),
    "reasoning and its details": chat({
      reasoning: "First.",
      reasoning_details: [
        { type: "reasoning.text", text: "First.", format: "x", index: 0, signature: "abc=" },
      ],
      content: "18",
    }),
    "tool calls": chat(
      { tool_calls: [call("call_1", "weather", '{"city":"Zürich","days":3}'), call("call_2", "time", "{}")] },
      { finish: "tool_calls" },
    ),
    "a refusal": chat({ refusal: "I cannot help with that." }),
    "cut off": chat({ content: "Once upon a" }, { finish: "length" }),
    "filtered, without a text": chat({}, { finish: "content_filter" }),
    "an empty text": chat({ content: "" }),
    "an unknown finish reason": chat({ content: "18" }, { finish: "because" }),
    "several choices": {
      ...chat({ content: "one" }),
      choices: [0, 1].map((index) => ({
        index,
        message: { role: "assistant", content: `choice ${index}` },
        finish_reason: "stop",
      })),
    },
    "probabilities and fields that only one provider has": chat(
      { content: "18" },
      {
        choice: {
          logprobs: {
            content: [{ token: "18", logprob: -0.25, bytes: [49, 56], top_logprobs: [] }],
            refusal: null,
          },
          stop_reason: 2,
        },
        more: { service_tier: "default", citations: ["https://a.example"], timings: { predicted_ms: 12.5 } },
      },
    ),
    "without usage": { ...chat({ content: "18" }), usage: undefined },
    "cut off before a token": chat({ content: null }, { finish: "length" }),
  },
  eventsOf: (answer) => chatEvents(answer),
  hasToken: ({ choices }) => {
    const [first] = choices as readonly { readonly message: object }[];
    return Object.entries(first?.message ?? {}).some(
      ([name, value]) => name !== "role" && value !== null && value !== "",
    );
  },
  isEnd: ({ data }) => {
    if (typeof data === "string") return true;
    const [choice] = (data as { readonly choices: readonly { readonly finish_reason: unknown }[] }).choices;
    return choice === undefined || choice.finish_reason !== null;
  },
  errors: [
    [
      "no money",
      { data: { error: { message: "Insufficient balance", code: "insufficient_quota" } } },
      "quota",
    ],
    [
      "OpenRouter, in a choice",
      {
        data: {
          id: "x",
          object: "chat.completion.chunk",
          choices: [
            {
              index: 0,
              delta: { content: "" },
              finish_reason: "error",
              error: { code: 502, message: "Provider disconnected" },
            },
          ],
        },
      },
      "http_502",
    ],
    [
      "vLLM, as the whole event",
      { data: { object: "error", message: "boom", type: "InternalServerError", code: 500 } },
      "http_500",
    ],
    [
      "too many requests",
      { data: { error: { message: "Rate limit reached", type: "rate_limit_error" } } },
      "http_429",
    ],
    [
      "DashScope, by the event's name",
      { event: "error", data: { code: "InternalError", message: "it broke", request_id: "1" } },
      "answer_error",
    ],
  ],
};

export const STREAMED_APIS: readonly StreamedApi[] = [CHAT];
