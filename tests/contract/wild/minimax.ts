import { fail, pause, type Provider, retry, wait } from "./provider.ts";

const CHAT = "platform.minimax.io/docs/api-reference/text-chat-openai";
const CODES = "platform.minimax.io/docs/api-reference/errorcode";

/** In an answer of status 200. */
const base = (status_code: number, status_msg: string): object => ({
  id: "x",
  choices: null,
  created: 1_741_000_000,
  model: "MiniMax-M2",
  object: "chat.completion",
  usage: { total_tokens: 0, total_characters: 0 },
  base_resp: { status_code, status_msg },
});
const error = (type: string, message: string, more: object = {}): object => ({
  type: "error",
  error: { type, message, ...more },
  request_id: "x",
});

export const minimax: Provider = {
  name: "MiniMax",
  success: [
    {
      what: "an answer with its reasoning",
      source: CHAT,
      body: {
        id: "0637a03982880edad2460180345734fe",
        choices: [
          {
            finish_reason: "stop",
            index: 0,
            message: {
              content: "<think>\nA greeting.\n</think>\n\nHello!",
              role: "assistant",
              name: "MiniMax AI",
              audio_content: "",
            },
          },
        ],
        created: 1_776_839_993,
        model: "MiniMax-M2.7",
        object: "chat.completion",
        usage: { total_tokens: 80, total_characters: 0, prompt_tokens: 42, completion_tokens: 38 },
        input_sensitive: false,
        output_sensitive: false,
        input_sensitive_type: 0,
        output_sensitive_type: 0,
        output_sensitive_int: 0,
        base_resp: { status_code: 0, status_msg: "" },
      },
      means: { text: "<think>\nA greeting.\n</think>\n\nHello!", tokens: [42, 38] },
    },
  ],
  refusal: [
    {
      what: "a text that is not allowed",
      source: CODES,
      body: base(1026, "input new_sensitive"),
      means: fail("content_filter"),
    },
    {
      what: "an answer that is not allowed",
      source: CODES,
      body: base(1027, "output new_sensitive"),
      means: fail("content_filter"),
    },
    {
      what: "a text that is not allowed, with its code in words",
      source: CODES,
      status: 422,
      body: error("unprocessable_entity_error", "input new_sensitive (1026)", { http_code: "422" }),
      means: fail("content_filter"),
    },
    {
      what: "a key that is not valid",
      source: CODES,
      body: base(2049, "invalid api key"),
      means: pause("key_refused"),
    },
    {
      what: "a model that is not there",
      source: CODES,
      status: 400,
      body: error("bad_request_error", "invalid params, unknown model 'MiniMax-9' (2013)", {
        http_code: "400",
      }),
      means: pause("model_not_found"),
    },
  ],
  limit: [
    {
      what: "too fast",
      source: CODES,
      body: base(1002, "rate limit"),
      means: wait(),
    },
    {
      what: "no balance",
      source: CODES,
      body: base(1008, "insufficient balance"),
      means: pause("quota"),
    },
    {
      what: "no balance, as a limit of rate",
      source: "modelscope/modelscope#1691",
      status: 429,
      body: error("insufficient_balance_error", "insufficient balance (1008)", { http_code: "429" }),
      means: pause("quota"),
    },
    {
      what: "no balance, as a fault of the server",
      source: "MiniMax-AI/MiniMax-M2#62",
      status: 500,
      body: error("api_error", "insufficient balance (1008)"),
      means: pause("quota"),
    },
    {
      what: "a plan is used up for hours",
      source: "MiniMax-AI/MiniMax-M2.7#36",
      status: 429,
      body: error(
        "rate_limit_error",
        "usage limit exceeded, 5-hour usage limit reached for Token Plan Starter (0/0 used), resets at 2026-05-15T15:00:00Z (2056)",
      ),
      means: pause("quota"),
    },
  ],
  outage: [
    {
      what: "a fault of the servers behind",
      source: CODES,
      body: base(1033, "system error / downstream service error"),
      means: retry("http_500"),
    },
    {
      what: "overloaded",
      source: "MiniMax-AI/MiniMax-M3#6",
      status: 500,
      body: error("api_error", "unknown error, 999 (1000)"),
      means: retry("http_500"),
    },
  ],
  error: [
    {
      what: "took too long",
      source: CODES,
      body: base(1001, "request timeout"),
      means: retry("http_500"),
    },
    {
      what: "a parameter that is not valid",
      source: CODES,
      body: base(2013, "invalid params"),
      means: fail("http_400"),
    },
  ],
};
