import { fail, pause, type Provider, retry, wait } from "./provider.ts";

const COMPATIBILITY = "platform.claude.com/docs/en/api/openai-sdk";
const ERRORS = "platform.claude.com/docs/en/api/errors";

const error = (type: string, message: string, more: object = {}): object => ({
  type: "error",
  error: { type, message, ...more },
  request_id: "req_x",
});

export const anthropic: Provider = {
  name: "Anthropic-compatible",
  success: [
    {
      what: "an answer",
      source: COMPATIBILITY,
      body: {
        id: "msg_x",
        choices: [
          {
            finish_reason: "stop",
            index: 0,
            logprobs: null,
            message: { content: "Paris.", refusal: null, role: "assistant" },
          },
        ],
        created: 1_741_000_000,
        model: "claude-sonnet-4-5",
        object: "chat.completion",
        system_fingerprint: null,
        usage: { completion_tokens: 5, prompt_tokens: 14, total_tokens: 19 },
      },
      means: { text: "Paris.", tokens: [14, 5] },
    },
    {
      what: "a gateway that leaves the stop reason as it is",
      source: "genkit-ai/genkit#6259",
      body: {
        object: "chat.completion",
        choices: [{ index: 0, finish_reason: "end_turn", message: { role: "assistant", content: "Paris." } }],
        usage: { input_tokens: 14, output_tokens: 5 },
      },
      means: { text: "Paris.", tokens: [14, 5] },
    },
  ],
  refusal: [
    {
      what: "the model refuses",
      source: "platform.claude.com/docs/en/build-with-claude/handling-stop-reasons",
      body: {
        object: "chat.completion",
        choices: [{ index: 0, finish_reason: "refusal", message: { role: "assistant", content: "" } }],
        usage: { completion_tokens: 1, prompt_tokens: 14, total_tokens: 15 },
      },
      means: { text: "", marks: ["refusal", "empty"], tokens: [14, 1] },
    },
    {
      what: "a key that is not valid",
      source: ERRORS,
      status: 401,
      body: error("authentication_error", "invalid x-api-key"),
      means: pause("key_refused"),
    },
    {
      what: "a key that may not do this, before any answer",
      source: ERRORS,
      status: 403,
      isFirst: true,
      body: error("permission_error", "Your API key does not have permission to use the specified resource."),
      means: pause("key_refused"),
    },
  ],
  limit: [
    {
      what: "tokens a minute",
      source: "anthropics/claude-code#5769",
      status: 429,
      headers: { "retry-after": "17", "anthropic-ratelimit-input-tokens-remaining": "0" },
      body: error(
        "rate_limit_error",
        "This request would exceed your organization's rate limit of 30,000 input tokens per minute.",
      ),
      means: wait(17_000),
    },
    {
      what: "no credits left",
      source: "anthropics/claude-code#4207",
      status: 400,
      body: error(
        "invalid_request_error",
        "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.",
      ),
      means: pause("quota"),
    },
    {
      what: "the spend limit of a workspace",
      source: "developersdigest.tech/errors/api/anthropic-api/400-spend-limit-reached",
      status: 400,
      body: error(
        "invalid_request_error",
        "You have reached your specified workspace API usage limits. You will regain access on 2026-09-01 at 00:00 UTC.",
      ),
      means: pause("quota"),
    },
    {
      what: "the spend cap of the tier, as a limit of rate",
      source: "developersdigest.tech/errors/api/anthropic-api/429-enforced-spend-limit-reached",
      status: 429,
      body: error("rate_limit_error", "Your organization has crossed its monthly threshold.", {
        details: { error_code: "enforced_spend_limit_reached" },
      }),
      means: pause("quota"),
    },
    {
      what: "too long for the model",
      source: "continuedev/continue#8454",
      status: 400,
      body: error(
        "invalid_request_error",
        "input length and `max_tokens` exceed context limit: 197443 + 8192 > 200000",
      ),
      means: fail("http_400"),
    },
    {
      what: "too long to be taken in",
      source: ERRORS,
      status: 413,
      body: error("request_too_large", "Request exceeds the maximum allowed number of bytes."),
      means: fail("http_413"),
    },
  ],
  outage: [
    {
      what: "overloaded",
      source: "anthropics/anthropic-sdk-typescript#616",
      status: 529,
      body: { type: "error", error: { type: "overloaded_error", message: "Overloaded" } },
      means: retry("http_529"),
    },
    {
      what: "overloaded, as a fault of the server",
      source: "anthropics/claude-code#4248",
      status: 500,
      body: error("api_error", "Overloaded"),
      means: retry("http_500"),
    },
    {
      what: "overloaded, in an answer of status 200",
      source: ERRORS,
      body: error("overloaded_error", "Overloaded"),
      means: retry("http_529"),
    },
  ],
  error: [
    {
      what: "took too long",
      source: ERRORS,
      status: 504,
      body: error("timeout_error", "Request timed out."),
      means: retry("http_504"),
    },
    {
      what: "a request that is wrong",
      source: ERRORS,
      status: 400,
      body: error("invalid_request_error", "temperature: range: 0..1"),
      means: fail("http_400"),
    },
  ],
};
