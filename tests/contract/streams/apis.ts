// The APIs whose answers are streamed: for each, answers as they are without streaming, and the events that say the same.
import type { EndpointSettings } from "../../../lib/processors/endpoint/endpoint.ts";
import { apiNamed } from "../../../lib/processors/endpoint/api/apis.ts";
import { apiFormAt, type Said } from "../../helpers/api-answers.ts";
import type { EndpointChanges } from "../../helpers/endpoint.ts";
import { type SseEvent, streamEvents } from "../../../examples/mock-streams.ts";

type Answer = { readonly [name: string]: unknown };

type StreamedApi = {
  readonly name: string;
  readonly settings: EndpointChanges;
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
  eventsOf: (answer) => streamEvents("/chat/completions", answer),
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

/** Answers that can be said in every API. */
const SAID: { readonly [what: string]: Partial<Said> } = {
  "a text": {},
  "a text of many characters": { content: 'Grüße, 你好 🎉🎉: \\u00e9 "quoted"\n\n```\ncode\n```\n' },
  "cut off": { finish: "length" },
  "an empty text": { content: "" },
  "an unknown finish reason": { finish: "because" },
  "a failure on its way": { finish: "error" },
  "without usage": { usage: null },
};
/** And in every API with messages. */
const SAID_BY_MESSAGES: { readonly [what: string]: Partial<Said> } = {
  ...SAID,
  "a call of a tool": { call: true, finish: "tool_calls" },
  "a call of a tool alone": { content: null, call: true, finish: "tool_calls" },
  "a refusal": { content: null, refusal: "I cannot help with that." },
};

function answersAt(path: string, said: { readonly [what: string]: Partial<Said> }): StreamedApi["answers"] {
  const whole = { content: "forty-two", finish: "stop", usage: { prompt_tokens: 12, completion_tokens: 9 } };
  const form = apiFormAt(path);
  return Object.fromEntries(
    Object.entries(said).map(([what, words]) => [what, form?.answer({ ...whole, ...words }, {}) as Answer]),
  );
}

/** What an event says that it is. */
const typeOf = ({ data }: SseEvent): unknown => (typeof data === "string" ? data : (data as Answer)["type"]);

const COMPLETIONS: StreamedApi = {
  ...CHAT,
  name: "completions",
  settings: settingsOf("completions"),
  kept: ["text", "full"],
  answers: answersAt("/completions", SAID),
  eventsOf: (answer) => streamEvents("/completions", answer),
  hasToken: ({ choices }) => (choices as readonly { readonly text: string }[])[0]?.text !== "",
  errors: CHAT.errors.filter(([what]) => what !== "OpenRouter, in a choice"),
};

const RESPONSES: StreamedApi = {
  name: "responses",
  settings: settingsOf("responses"),
  kept: ["text", "message", "full"],
  answers: {
    ...answersAt("/responses", SAID_BY_MESSAGES),
    "a failed response": {
      id: "resp_1",
      object: "response",
      status: "failed",
      error: { code: "server_error", message: "The model failed" },
      output: [],
    },
  },
  eventsOf: (answer) => streamEvents("/responses", answer),
  hasToken: () => false, // not each of them has a text
  isEnd: (event) => /^response\.(?:completed|incomplete|failed)$/.test(String(typeOf(event))),
  errors: [
    [
      "its own event",
      {
        event: "error",
        data: { type: "error", code: "rate_limit_exceeded", message: "Rate limit reached", param: null },
      },
      "http_429",
    ],
    ["no money", { data: { error: { message: "no", code: "insufficient_quota" } } }, "quota"],
  ],
};

const MESSAGES: StreamedApi = {
  name: "messages",
  settings: { ...settingsOf("messages"), params: [["max_tokens", "100"]] },
  kept: ["text", "message", "full"],
  answers: answersAt("/messages", SAID_BY_MESSAGES),
  eventsOf: (answer) => streamEvents("/messages", answer),
  hasToken: () => true, // each of them thinks
  isEnd: (event) => /^message_(?:delta|stop)$/.test(String(typeOf(event))),
  errors: [
    [
      "overloaded",
      { event: "error", data: { type: "error", error: { type: "overloaded_error", message: "Overloaded" } } },
      "http_529",
    ],
    [
      "no money",
      {
        event: "error",
        data: {
          type: "error",
          error: { type: "invalid_request_error", message: "Your credit balance is too low" },
        },
      },
      "quota",
    ],
  ],
};

function settingsOf(name: string): EndpointChanges {
  const api = apiNamed(name);
  if (api === null) throw new Error(`no API is called ${name}`);
  return { api };
}

export const STREAMED_APIS: readonly StreamedApi[] = [CHAT, COMPLETIONS, RESPONSES, MESSAGES];
