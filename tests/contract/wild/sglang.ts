import { fail, pause, type Provider, retry } from "./provider.ts";

const SERVER = "docs.sglang.ai/basic_usage/openai_api_completions.html";

const answer = (content: string, finish: string): object => ({
  id: "7bdaaade50304502b0fe7e66e9a4bec2",
  object: "chat.completion",
  created: 1_741_000_000,
  model: "served",
  choices: [
    {
      index: 0,
      message: { role: "assistant", content, reasoning_content: null, tool_calls: null },
      logprobs: null,
      finish_reason: finish,
      matched_stop: 163_586,
    },
  ],
  usage: {
    prompt_tokens: 96,
    total_tokens: 107,
    completion_tokens: 11,
    prompt_tokens_details: { cached_tokens: 64 },
    reasoning_tokens: 0,
  },
  metadata: { weight_version: "default" },
});
const error = (code: number, type: string, message: string): object => ({
  object: "error",
  message,
  type,
  param: null,
  code,
});

export const sglang: Provider = {
  name: "SGLang",
  success: [
    {
      what: "an answer",
      source: SERVER,
      body: answer("Paris.", "stop"),
      means: { text: "Paris.", tokens: [96, 11] },
    },
  ],
  refusal: [
    {
      what: "no key, or another one",
      source: "sgl-project/sglang (add_api_key_middleware)",
      status: 401,
      body: { error: "Unauthorized" },
      means: pause("key_refused"),
    },
  ],
  limit: [
    {
      what: "too long for the model",
      source: "QwenLM/Qwen3#1321",
      status: 400,
      body: error(
        400,
        "BadRequestError",
        "The input (61709 tokens) is longer than the model's context length (40960 tokens).",
      ),
      means: fail("http_400"),
    },
    {
      what: "the queue is full",
      source: "traycerai/traycer#917",
      status: 503,
      body: error(503, "ServiceUnavailable", "The request queue is full."),
      means: retry("http_503"),
    },
    {
      what: "the queue is full, in an answer of status 200",
      source: "traycerai/traycer#917",
      body: 'event: error\ndata: {"error":{"message":"Streaming response failed: [503] The request queue is full.","type":"server_error"}}\n\n',
      means: retry("http_500"),
    },
  ],
  outage: [
    {
      what: "a request that was given up",
      source: "sgl-project/sglang#19357",
      body: answer("The capital", "abort"),
      means: retry("answer_error"),
    },
  ],
  error: [
    {
      what: "a fault of the server",
      source: "sgl-project/sglang (create_error_response)",
      status: 500,
      body: error(500, "InternalServerError", "Internal server error: out of pages"),
      means: retry("http_500"),
    },
  ],
};
