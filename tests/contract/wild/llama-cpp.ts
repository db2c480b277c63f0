import { fail, pause, type Provider, retry, wait } from "./provider.ts";

const SERVER = "ggml-org/llama.cpp: tools/server/README.md";

const error = (code: number, type: string, message: string, more: object = {}): object => ({
  error: { code, message, type, ...more },
});

export const llamaCpp: Provider = {
  name: "llama.cpp",
  success: [
    {
      what: "an answer with its timings",
      source: SERVER,
      body: {
        choices: [{ finish_reason: "stop", index: 0, message: { role: "assistant", content: "Paris." } }],
        created: 1_754_524_122,
        model: "served",
        system_fingerprint: "b6097-9515c613",
        object: "chat.completion",
        usage: { completion_tokens: 3, prompt_tokens: 12, total_tokens: 15 },
        id: "chatcmpl-x",
        timings: { prompt_n: 12, prompt_ms: 203.378, predicted_n: 3, predicted_ms: 33.63 },
      },
      means: { text: "Paris.", tokens: [12, 3] },
    },
  ],
  refusal: [
    {
      what: "no key, or another one",
      source: SERVER,
      status: 401,
      body: error(401, "authentication_error", "Invalid API Key"),
      means: pause("key_refused"),
    },
  ],
  limit: [
    {
      what: "too long for the context",
      source: "ggml-org/llama.cpp#15780",
      status: 400,
      body: error(
        400,
        "exceed_context_size_error",
        "the request exceeds the available context size, try increasing it",
        { n_prompt_tokens: 13_392, n_ctx: 8192 },
      ),
      means: fail("http_400"),
    },
    {
      what: "too long for the context, as a fault of the server",
      source: "ggml-org/llama.cpp#15780",
      status: 500,
      body: error(
        500,
        "exceed_context_size_error",
        "the request exceeds the available context size, try increasing it",
      ),
      means: fail("too_long"),
    },
    {
      what: "too long for the context, with a status of success",
      source: "oobabooga/text-generation-webui#7257",
      body: error(
        400,
        "exceed_context_size_error",
        "request (9412 tokens) exceeds the available context size (8192 tokens)",
      ),
      means: fail("http_400"),
    },
    {
      what: "all requests together fill the context",
      source: "ggml-org/llama.cpp#19774",
      status: 500,
      body: error(500, "server_error", "Context size has been exceeded."),
      means: retry("http_500"),
    },
  ],
  outage: [
    {
      what: "the model is being loaded",
      source: SERVER,
      status: 503,
      body: error(503, "unavailable_error", "Loading model"),
      means: wait(undefined, "http_503"),
    },
  ],
  error: [
    {
      what: "a request that is wrong",
      source: SERVER,
      status: 400,
      body: error(400, "invalid_request_error", "Failed to parse messages"),
      means: fail("http_400"),
    },
    {
      what: "a path that is not there",
      source: SERVER,
      status: 404,
      body: error(404, "not_found_error", "File Not Found"),
      means: fail("http_404"),
    },
  ],
};
