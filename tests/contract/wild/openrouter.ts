import { fail, pause, type Provider, retry, wait } from "./provider.ts";

const OVERVIEW = "openrouter.ai/docs/api/reference/overview";
const ERRORS = "openrouter.ai/docs/api/reference/errors-and-debugging";
const LIMITS = "openrouter.ai/docs/api_reference/limits";

const usage = { prompt_tokens: 10, completion_tokens: 4, total_tokens: 14, cost: 0.000_014 };
const choice = {
  logprobs: null,
  finish_reason: "stop",
  native_finish_reason: "stop",
  index: 0,
  message: { role: "assistant", content: "Paris.", refusal: null, reasoning: null },
};
const answer = {
  id: "gen-x",
  provider: "Up",
  model: "some/model",
  object: "chat.completion",
  created: 1_741_000_000,
  choices: [choice],
  usage,
};
const error = (code: number, message: string, metadata?: object): object => ({
  error: { message, code, ...(metadata === undefined ? {} : { metadata }) },
  user_id: "user_x",
});

export const openrouter: Provider = {
  name: "OpenRouter",
  success: [
    { what: "an answer", source: OVERVIEW, body: answer, means: { text: "Paris.", tokens: [10, 4] } },
    {
      what: "comments that keep the connection alive before it",
      source: "openrouter.ai/docs/api/reference/streaming",
      body: `: OPENROUTER PROCESSING\n\n: OPENROUTER PROCESSING\n\n${JSON.stringify(answer)}`,
      means: { text: "Paris.", tokens: [10, 4] },
    },
  ],
  refusal: [
    {
      what: "a text that was flagged",
      source: ERRORS,
      status: 403,
      body: error(403, "This model requires moderation. Your input was flagged.", {
        reasons: ["violence"],
        flagged_input: "how to…",
        provider_name: "Up",
        model_slug: "some/model",
      }),
      means: fail("content_filter"),
    },
    {
      what: "the provider behind refuses this request",
      source: ERRORS,
      status: 403,
      body: error(403, "Provider returned error", { provider_name: "Up", raw: "forbidden" }),
      means: fail("http_403"),
    },
    {
      what: "a key that is not valid",
      source: ERRORS,
      status: 401,
      body: error(401, "No auth credentials found"),
      means: pause("key_refused"),
    },
    {
      what: "a name that is no model",
      source: "openrouter.ai/docs/api/reference/parameters",
      status: 400,
      body: error(400, "some/modle is not a valid model ID"),
      means: pause("model_not_found"),
    },
    {
      what: "a model that nobody offers",
      source: "Alishahryar1/free-claude-code#166",
      status: 404,
      body: error(404, "No endpoints found for stepfun/step-3.5-flash:free."),
      means: pause("model_not_found"),
    },
  ],
  limit: [
    {
      what: "no credits left",
      source: "continuedev/continue#11154",
      status: 402,
      body: error(
        402,
        "This request requires more credits, or fewer max_tokens. You requested up to 16384 tokens, but can only afford 4389.",
      ),
      means: pause("quota"),
    },
    {
      what: "what is under way may cost all that is left",
      source: LIMITS,
      status: 402,
      headers: { "retry-after": "3" },
      body: error(
        402,
        "This request would exceed your available credits given your current in-flight requests.",
        {
          reason: "in_flight_budget_exhausted",
          limit_source: "openrouter_in_flight_budget",
        },
      ),
      means: wait(3000),
    },
    {
      what: "the limit of the key, in the middle of a run",
      source: "developersdigest.tech/errors/api/openrouter/403-budget-limit-exceeded",
      status: 403,
      body: error(403, "Key limit exceeded.", {
        limit_source: "openrouter_key_limit",
        scope: "key",
        limit_usd: 5,
        spend_usd: 5.01,
      }),
      means: pause("quota"),
    },
    {
      what: "the free models of a day",
      source: LIMITS,
      status: 429,
      body: error(
        429,
        "Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000 free model requests per day",
        {
          headers: {
            "X-RateLimit-Limit": "50",
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset": "4102444800000",
          },
          provider_name: null,
        },
      ),
      means: pause("quota"),
    },
    {
      what: "the provider behind is asked too fast",
      source: "open-webui/computer#293",
      status: 429,
      body: error(429, "Provider returned error", {
        raw: "some/model:free is temporarily rate-limited upstream. Please retry shortly.",
        provider_name: "Up",
      }),
      means: wait(),
    },
    {
      what: "the account at the provider behind has no balance",
      source: "anomalyco/opencode#24462",
      status: 429,
      body: error(429, "Provider returned error", {
        raw: JSON.stringify({
          error: {
            message: "Your account is suspended due to insufficient balance",
            type: "exceeded_current_quota_error",
          },
        }),
        provider_name: "Up",
      }),
      means: pause("quota"),
    },
  ],
  outage: [
    {
      what: "the provider behind is down",
      source: ERRORS,
      status: 502,
      body: error(502, "Provider returned error", { provider_name: "Up", raw: "upstream connect error" }),
      means: retry("http_502"),
    },
    {
      what: "nobody serves it for now",
      source: ERRORS,
      status: 503,
      headers: { "retry-after": "30" },
      body: error(503, "There is no available model provider that meets your routing requirements"),
      means: retry("http_503", 30_000),
    },
    {
      what: "a failure in an answer of status 200",
      source: ERRORS,
      body: error(502, "Upstream error from Up"),
      means: retry("http_502"),
    },
    {
      what: "a failure beside a piece of the answer",
      source: ERRORS,
      body: {
        ...answer,
        choices: [
          {
            ...choice,
            message: { role: "assistant", content: "The capital of Fra" },
            finish_reason: "error",
            error: { code: 502, message: "Upstream went away" },
          },
        ],
      },
      means: retry("http_502"),
    },
  ],
  error: [
    {
      what: "took too long",
      source: ERRORS,
      status: 408,
      body: error(408, "Your request timed out"),
      means: retry("http_408"),
    },
    {
      what: "a request that is wrong",
      source: ERRORS,
      status: 400,
      body: error(400, 'Input required: specify "prompt" or "messages"'),
      means: fail("http_400"),
    },
  ],
};
