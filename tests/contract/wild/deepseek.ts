import { fail, pause, type Provider, retry, wait } from "./provider.ts";

const CHAT = "api-docs.deepseek.com/api/create-chat-completion";
const ERROR_CODES = "api-docs.deepseek.com/quick_start/error_codes";

const usage = {
  prompt_tokens: 10,
  completion_tokens: 4,
  total_tokens: 14,
  prompt_cache_hit_tokens: 0,
  prompt_cache_miss_tokens: 10,
};
const error = (message: string, type: string, code = "invalid_request_error"): object => ({
  error: { message, type, param: null, code },
});

export const deepseek: Provider = {
  name: "DeepSeek",
  success: [
    {
      what: "an answer with its reasoning",
      source: CHAT,
      body: {
        id: "x",
        object: "chat.completion",
        created: 1_741_000_000,
        model: "deepseek-reasoner",
        choices: [
          {
            index: 0,
            message: { role: "assistant", content: "Paris.", reasoning_content: "The user asks …" },
            logprobs: null,
            finish_reason: "stop",
          },
        ],
        usage,
        system_fingerprint: "fp_x",
      },
      means: { text: "Paris.", tokens: [10, 4] },
    },
    {
      what: "blank lines that keep the connection alive before it",
      source: "api-docs.deepseek.com/quick_start/rate_limit",
      body: `\n\n\n\n${JSON.stringify({
        object: "chat.completion",
        choices: [{ index: 0, message: { role: "assistant", content: "Paris." }, finish_reason: "stop" }],
        usage,
      })}`,
      means: { text: "Paris.", tokens: [10, 4] },
    },
  ],
  refusal: [
    {
      what: "a text that is not allowed",
      source: "666ghj/BettaFish#108",
      status: 400,
      body: error("Content Exists Risk", "invalid_request_error"),
      means: fail("content_filter"),
    },
    {
      what: "a text that is not allowed, in its older form",
      source: "deepseek-ai/DeepSeek-V2#30",
      status: 400,
      body: { detail: "Content Exists Risk" },
      means: fail("content_filter"),
    },
    {
      what: "an answer that was filtered",
      source: CHAT,
      body: {
        object: "chat.completion",
        choices: [
          { index: 0, message: { role: "assistant", content: "The" }, finish_reason: "content_filter" },
        ],
        usage,
      },
      means: { text: "The", marks: ["content_filter"], tokens: [10, 4] },
    },
    {
      what: "a key that is not valid",
      source: "deepseek-ai/DeepSeek-R1#82",
      status: 401,
      body: error("Authentication Fails (no such user)", "authentication_error"),
      means: pause("key_refused"),
    },
  ],
  limit: [
    {
      what: "no balance",
      source: "Aider-AI/aider#4851",
      status: 402,
      body: error("Insufficient Balance", "unknown_error"),
      means: pause("quota"),
    },
    {
      what: "too fast",
      source: ERROR_CODES,
      status: 429,
      body: error("Rate Limit Reached", "rate_limit_reached_error"),
      means: wait(),
    },
  ],
  outage: [
    {
      what: "overloaded",
      source: ERROR_CODES,
      status: 503,
      body: error("Server Overloaded", "service_unavailable_error", "service_unavailable_error"),
      means: retry("http_503"),
    },
    {
      what: "the answer was broken off for want of resources",
      source: CHAT,
      body: {
        object: "chat.completion",
        choices: [
          {
            index: 0,
            message: { role: "assistant", content: "The capital of Fra" },
            finish_reason: "insufficient_system_resource",
          },
        ],
        usage,
      },
      means: retry("answer_error"),
    },
  ],
  error: [
    {
      what: "a request that is wrong",
      source: "decolua/9router#773",
      status: 400,
      body: error(
        "Failed to deserialize the JSON body into the target type: messages[1].role: unknown variant `developer`",
        "invalid_request_error",
      ),
      means: fail("http_400"),
    },
    {
      what: "a fault of the server",
      source: ERROR_CODES,
      status: 500,
      body: error("Internal Server Error", "internal_error", "internal_error"),
      means: retry("http_500"),
    },
  ],
};
