import { fail, pause, type Provider, retry, wait } from "./provider.ts";

const FILTERING = "learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter";
const QUOTA = "learn.microsoft.com/azure/ai-foundry/openai/how-to/quota";

const safe = {
  hate: { filtered: false, severity: "safe" },
  self_harm: { filtered: false, severity: "safe" },
  sexual: { filtered: false, severity: "safe" },
  violence: { filtered: false, severity: "safe" },
};

export const azure: Provider = {
  name: "Azure OpenAI",
  success: [
    {
      what: "an answer with the results of the filters",
      source: FILTERING,
      body: {
        choices: [
          {
            content_filter_results: {
              ...safe,
              protected_material_code: { detected: false, filtered: false },
            },
            finish_reason: "stop",
            index: 0,
            logprobs: null,
            message: { annotations: [], content: "Paris.", refusal: null, role: "assistant" },
          },
        ],
        created: 1_741_000_000,
        id: "chatcmpl-x",
        model: "gpt-4o-2024-11-20",
        object: "chat.completion",
        prompt_filter_results: [
          {
            prompt_index: 0,
            content_filter_results: { ...safe, jailbreak: { detected: false, filtered: false } },
          },
        ],
        system_fingerprint: "fp_x",
        usage: { completion_tokens: 2, prompt_tokens: 12, total_tokens: 14 },
      },
      means: { text: "Paris.", tokens: [12, 2] },
    },
    {
      what: "an answer that the filters had no time for",
      source: FILTERING,
      body: {
        object: "chat.completion",
        choices: [
          {
            finish_reason: "stop",
            index: 0,
            message: { role: "assistant", content: "Paris." },
            content_filter_results: {
              error: { code: "content_filter_error", message: "The contents are not filtered" },
            },
          },
        ],
        usage: { completion_tokens: 2, prompt_tokens: 12, total_tokens: 14 },
      },
      means: { text: "Paris.", tokens: [12, 2] },
    },
  ],
  refusal: [
    {
      what: "the prompt is filtered",
      source: "microsoft/TinyTroupe#85",
      status: 400,
      body: {
        error: {
          message:
            "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry.",
          type: null,
          param: "prompt",
          code: "content_filter",
          status: 400,
          innererror: {
            code: "ResponsibleAIPolicyViolation",
            content_filter_result: { ...safe, violence: { filtered: true, severity: "medium" } },
          },
        },
      },
      means: fail("content_filter"),
    },
    {
      what: "the prompt is filtered, in the other spelling of the inner error",
      source: "browser-use/browser-use#262",
      status: 400,
      body: {
        error: {
          inner_error: {
            code: "ResponsibleAIPolicyViolation",
            content_filter_results: { jailbreak: { filtered: true } },
          },
          code: "content_filter",
          message: "The response was filtered due to the prompt triggering content management policy.",
          param: "prompt",
          type: null,
        },
      },
      means: fail("content_filter"),
    },
    {
      what: "the answer is filtered",
      source: FILTERING,
      body: {
        object: "chat.completion",
        choices: [
          {
            finish_reason: "content_filter",
            index: 0,
            message: { role: "assistant" },
            content_filter_results: { ...safe, hate: { filtered: true, severity: "high" } },
          },
        ],
        usage: { completion_tokens: 7, prompt_tokens: 12, total_tokens: 19 },
      },
      means: { text: "", marks: ["content_filter", "empty"], tokens: [12, 7] },
    },
    {
      what: "a key of another resource",
      source: "SciSharp/BotSharp#386",
      status: 401,
      body: {
        error: {
          code: "401",
          message:
            "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription.",
        },
      },
      means: pause("key_refused"),
    },
    {
      what: "a deployment that is not there",
      source: "chatboxai/chatbox#646",
      status: 404,
      body: {
        error: {
          code: "DeploymentNotFound",
          message:
            "The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.",
        },
      },
      means: pause("model_not_found"),
    },
    {
      what: "a resource that is blocked, in the middle of a run",
      source: "pollinations/pollinations#9707",
      status: 403,
      body: {
        error: {
          code: "Forbidden",
          message:
            "Your resource has been temporarily blocked because we detected behavior that may violate our content policy.",
        },
      },
      means: pause("key_refused"),
    },
  ],
  limit: [
    {
      what: "tokens a minute",
      source: QUOTA,
      status: 429,
      headers: { "retry-after": "6", "retry-after-ms": "5480", "x-ratelimit-remaining-tokens": "0" },
      body: {
        error: {
          code: "429",
          message:
            "Requests to the ChatCompletions_Create Operation under Azure OpenAI API version 2024-10-21 have exceeded token rate limit of your current OpenAI S0 pricing tier. Please retry after 6 seconds.",
        },
      },
      means: wait(5480),
    },
    {
      what: "tokens of a free tier, a day ahead, in words",
      source: "jasonacox/TinyLLM#17",
      status: 429,
      body: {
        error: {
          code: "429",
          message:
            "Requests have exceeded token rate limit of your current AIServices S0 pricing tier. Please retry after 86400 seconds.",
        },
      },
      means: wait(86_400_000),
    },
    {
      what: "a gateway of API Management",
      source: "microsoft/copilot-camp#551",
      status: 429,
      body: { statusCode: 429, message: "Rate limit is exceeded. Try again in 2 seconds." },
      means: wait(2000),
    },
    {
      what: "capacity, not quota",
      source: QUOTA,
      status: 429,
      headers: { "retry-after-ms": "1500" },
      body: {
        error: {
          code: "too_many_requests",
          message: "The system is currently experiencing high demand and cannot process your request.",
          type: "too_many_requests",
        },
      },
      means: wait(1500),
    },
    {
      what: "behind a gateway that wraps it",
      source: "pollinations/pollinations#6260",
      status: 429,
      body: {
        success: false,
        error: {
          code: "RATE_LIMITED",
          message: "Requests have exceeded call rate limit. Please retry after 20 seconds.",
        },
        status: 429,
      },
      means: wait(20_000),
    },
  ],
  outage: [
    {
      what: "no capacity",
      source: "portkey.ai/error-library/service-availability-error-10470",
      status: 503,
      body: {
        error: {
          code: "InternalServerError",
          message: "The service is temporarily unable to process your request. Please try again later.",
        },
      },
      means: retry("http_503"),
    },
  ],
  error: [
    {
      what: "a parameter that the model does not take",
      source: "anomalyco/opencode#37964",
      status: 400,
      body: {
        error: {
          message:
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
          type: "invalid_request_error",
          param: "max_tokens",
          code: "unsupported_parameter",
        },
      },
      means: fail("http_400"),
    },
  ],
};
