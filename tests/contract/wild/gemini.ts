import { fail, pause, type Provider, retry, wait } from "./provider.ts";

const COMPATIBILITY = "ai.google.dev/gemini-api/docs/openai";
const TROUBLES = "ai.google.dev/gemini-api/docs/troubleshooting";

const quota = (quotaId: string, retryDelay: string): object => ({
  error: {
    code: 429,
    message:
      "You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits.",
    status: "RESOURCE_EXHAUSTED",
    details: [
      {
        "@type": "type.googleapis.com/google.rpc.QuotaFailure",
        violations: [
          {
            quotaMetric: "generativelanguage.googleapis.com/generate_content_free_tier_requests",
            quotaId,
            quotaValue: "20",
          },
        ],
      },
      { "@type": "type.googleapis.com/google.rpc.Help", links: [] },
      { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay },
    ],
  },
});

export const gemini: Provider = {
  name: "Gemini-compatible",
  success: [
    {
      what: "an answer",
      source: COMPATIBILITY,
      body: {
        choices: [{ finish_reason: "stop", index: 0, message: { content: "Paris.", role: "assistant" } }],
        created: 1_741_000_000,
        id: "x",
        model: "gemini-2.5-flash",
        object: "chat.completion",
        usage: { completion_tokens: 2, prompt_tokens: 8, total_tokens: 40 },
      },
      means: { text: "Paris.", tokens: [8, 2] },
    },
    {
      what: "thinking has used up all that was allowed",
      source: COMPATIBILITY,
      body: {
        choices: [{ finish_reason: "length", index: 0, message: { role: "assistant" } }],
        object: "chat.completion",
        usage: { completion_tokens: 0, prompt_tokens: 8, total_tokens: 108 },
      },
      means: { text: "", marks: ["length", "empty"], tokens: [8, 0] },
    },
  ],
  refusal: [
    {
      what: "the answer is filtered: no message at all",
      source: "ravendb/ravendb (its client of chat completions), affaan-m/ECC#1976",
      body: {
        choices: [{ finish_reason: "content_filter: PROHIBITED_CONTENT", index: 0 }],
        object: "chat.completion",
        usage: { completion_tokens: 0, prompt_tokens: 10, total_tokens: 10 },
      },
      means: { text: "", marks: ["content_filter", "empty"], tokens: [10, 0] },
    },
    {
      what: "the answer is filtered: a message without a text",
      source: "bespokelabsai/curator#261",
      body: {
        choices: [{ finish_reason: "content_filter: RECITATION", index: 0, message: { role: "assistant" } }],
        object: "chat.completion",
        usage: { completion_tokens: 0, prompt_tokens: 10, total_tokens: 10 },
      },
      means: { text: "", marks: ["content_filter", "empty"], tokens: [10, 0] },
    },
    {
      what: "the answer is filtered, in Gemini's own word",
      source: "HKUDS/Vibe-Trading#308",
      body: {
        choices: [{ finish_reason: "SAFETY", index: 0, message: { role: "assistant", content: "" } }],
        object: "chat.completion",
        usage: { completion_tokens: 0, prompt_tokens: 10, total_tokens: 10 },
      },
      means: { text: "", marks: ["content_filter", "empty"], tokens: [10, 0] },
    },
    {
      what: "a key that is not valid",
      source: "continuedev/continue#10585",
      status: 400,
      body: [
        {
          error: {
            code: 400,
            message: "API key not valid. Please pass a valid API key.",
            status: "INVALID_ARGUMENT",
            details: [
              {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                reason: "API_KEY_INVALID",
                domain: "googleapis.com",
                metadata: { service: "generativelanguage.googleapis.com" },
              },
            ],
          },
        },
      ],
      means: pause("key_refused"),
    },
    {
      what: "an unknown model",
      source: TROUBLES,
      status: 404,
      body: [
        {
          error: {
            code: 404,
            message:
              "models/gemini-9 is not found for API version v1main, or is not supported for generateContent.",
            status: "NOT_FOUND",
          },
        },
      ],
      means: pause("model_not_found"),
    },
  ],
  limit: [
    {
      what: "requests a minute",
      source: "n4ze3m/page-assist#406",
      status: 429,
      body: [quota("GenerateRequestsPerMinutePerProjectPerModel-FreeTier", "45.578s")],
      means: wait(45_578),
    },
    {
      what: "requests a day",
      source: "google-gemini/gemini-cli#8437",
      status: 429,
      body: [quota("GenerateRequestsPerDayPerProjectPerModel-FreeTier", "27s")],
      means: pause("quota"),
    },
    {
      what: "requests a minute, as JSON within the message of a gateway",
      source: "continuedev/continue#9570",
      status: 429,
      body: {
        error: {
          message: JSON.stringify({
            error: { code: 429, message: "Please retry in 45.578569677s.", status: "RESOURCE_EXHAUSTED" },
          }),
          code: 429,
          status: "Too Many Requests",
        },
      },
      means: wait(45_578.569677),
    },
    {
      what: "shared capacity of Vertex AI",
      source: "google-gemini/gemini-cli#10722",
      status: 429,
      body: [
        {
          error: {
            code: 429,
            message: "Resource exhausted. Please try again later.",
            errors: [{ message: "Resource exhausted.", domain: "global", reason: "rateLimitExceeded" }],
            status: "RESOURCE_EXHAUSTED",
          },
        },
      ],
      means: wait(),
    },
  ],
  outage: [
    {
      what: "overloaded",
      source: "google-gemini/gemini-cli#14811",
      status: 503,
      body: [
        {
          error: {
            code: 503,
            message: "The model is overloaded. Please try again later.",
            status: "UNAVAILABLE",
          },
        },
      ],
      means: retry("http_503"),
    },
    {
      what: "took too long",
      source: TROUBLES,
      status: 504,
      body: [
        {
          error: {
            code: 504,
            message: "Deadline expired before operation could complete.",
            status: "DEADLINE_EXCEEDED",
          },
        },
      ],
      means: retry("http_504"),
    },
  ],
  error: [
    {
      what: "a fault of the server",
      source: TROUBLES,
      status: 500,
      body: [{ error: { code: 500, message: "An internal error has occurred.", status: "INTERNAL" } }],
      means: retry("http_500"),
    },
    {
      what: "a request that is wrong",
      source: TROUBLES,
      status: 400,
      body: [
        {
          error: {
            code: 400,
            message: 'Invalid JSON payload received. Unknown name "seeds".',
            status: "INVALID_ARGUMENT",
          },
        },
      ],
      means: fail("http_400"),
    },
    {
      what: "the connection was given up",
      source: "developersdigest.tech/errors/api/gemini-api/499-cancelled-generatecontent",
      status: 499,
      body: [{ error: { code: 499, message: "The operation was cancelled.", status: "CANCELLED" } }],
      means: retry("http_499"),
    },
  ],
};
