import { fail, pause, type Provider, retry, wait } from "./provider.ts";

const CHAT_OBJECT = "platform.openai.com/docs/api-reference/chat/object";
const ERROR_CODES = "developers.openai.com/api/docs/guides/error-codes";
const SPEND_LIMITS = "help.openai.com/en/articles/6614457-troubleshooting-api-usage-and-spend-limits";

const usage = (prompt: number, completion: number): object => ({
  prompt_tokens: prompt,
  completion_tokens: completion,
  total_tokens: prompt + completion,
  prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0, accepted_prediction_tokens: 0 },
});
const spent = (code: string, message: string): object => ({
  error: { message, type: "insufficient_quota", param: null, code },
});

export const openai: Provider = {
  name: "OpenAI",
  success: [
    {
      what: "an answer",
      source: CHAT_OBJECT,
      body: {
        id: "chatcmpl-B9MHDbslfkBeAs8l4bebGdFOJ6PeG",
        object: "chat.completion",
        created: 1_741_570_283,
        model: "gpt-4o-2024-08-06",
        choices: [
          {
            index: 0,
            message: { role: "assistant", content: "Paris.", refusal: null, annotations: [] },
            logprobs: null,
            finish_reason: "stop",
          },
        ],
        usage: usage(19, 3),
        service_tier: "default",
        system_fingerprint: "fp_fc9f1d7035",
      },
      means: { text: "Paris.", tokens: [19, 3] },
    },
    {
      what: "reasoning has used up all that was allowed",
      source: "platform.openai.com/docs/guides/reasoning",
      body: {
        object: "chat.completion",
        choices: [
          {
            index: 0,
            message: { role: "assistant", content: "", refusal: null, annotations: [] },
            finish_reason: "length",
          },
        ],
        usage: {
          prompt_tokens: 31,
          completion_tokens: 100,
          total_tokens: 131,
          completion_tokens_details: { reasoning_tokens: 100 },
        },
      },
      means: { text: "", marks: ["length", "empty"], tokens: [31, 100] },
    },
  ],
  refusal: [
    {
      what: "the model refuses, beside structured output",
      source: "MacPaw/OpenAI#249",
      body: {
        object: "chat.completion",
        choices: [
          {
            index: 0,
            message: { role: "assistant", content: null, refusal: "I'm sorry, I can't assist with that." },
            logprobs: null,
            finish_reason: "stop",
          },
        ],
        usage: usage(81, 11),
      },
      means: { text: "I'm sorry, I can't assist with that.", marks: ["refusal"], tokens: [81, 11] },
    },
    {
      what: "the prompt was flagged",
      source: "BeehiveInnovations/pal-mcp-server#178",
      status: 400,
      body: {
        error: {
          message: "Invalid prompt: your prompt was flagged as potentially violating our usage policy.",
          type: "invalid_request_error",
          param: null,
          code: "invalid_prompt",
        },
      },
      means: fail("content_filter"),
    },
    {
      what: "a key that is not valid",
      source: ERROR_CODES,
      status: 401,
      body: {
        error: {
          message:
            "Incorrect API key provided: sk-wrong. You can find your API key at https://platform.openai.com.",
          type: "invalid_request_error",
          param: null,
          code: "invalid_api_key",
        },
      },
      means: pause("key_refused"),
    },
    {
      what: "a country that is not served",
      source: ERROR_CODES,
      status: 403,
      body: {
        error: {
          code: "unsupported_country_region_territory",
          message: "Country, region, or territory not supported",
          param: null,
          type: "request_forbidden",
        },
      },
      means: pause("key_refused"),
    },
    {
      what: "an unknown model",
      source: "shobrook/wut#14",
      status: 404,
      body: {
        error: {
          message: "The model `gpt-5o` does not exist or you do not have access to it.",
          type: "invalid_request_error",
          param: null,
          code: "model_not_found",
        },
      },
      means: pause("model_not_found"),
    },
  ],
  limit: [
    {
      what: "requests a minute, by the headers",
      source: "open-webui/open-webui#3743",
      status: 429,
      headers: {
        "x-ratelimit-limit-requests": "500",
        "x-ratelimit-remaining-requests": "0",
        "x-ratelimit-reset-requests": "8.64s",
        "x-ratelimit-remaining-tokens": "9000",
        "x-ratelimit-reset-tokens": "6m0s",
      },
      body: {
        error: {
          message:
            "Rate limit reached for gpt-4o on requests per min (RPM): Limit 500, Used 500, Requested 1.",
          type: "requests",
          param: null,
          code: "rate_limit_exceeded",
        },
      },
      means: wait(8640),
    },
    {
      what: "tokens a minute, in words",
      source: "continuedev/continue#10502",
      status: 429,
      body: {
        error: {
          message:
            "Rate limit reached for gpt-4o in organization org-x on tokens per min (TPM): Limit 30000, Used 27000, Requested 4945. Please try again in 3.89s. Visit https://platform.openai.com/account/rate-limits to learn more.",
          type: "tokens",
          param: null,
          code: "rate_limit_exceeded",
        },
      },
      means: wait(3890),
    },
    {
      what: "tokens a minute, days ahead",
      source: "openai/openai-dotnet#404",
      status: 429,
      body: {
        error: {
          message:
            "Rate limit reached for gpt-4o-mini in organization org-x on tokens per min (TPM): Limit 100000, Used 96749, Requested 19126. Please try again in 114h18m0s.",
          type: "tokens",
          param: null,
          code: "rate_limit_exceeded",
        },
      },
      means: wait((114 * 60 + 18) * 60_000),
    },
    {
      what: "traffic grew too quickly",
      source: ERROR_CODES,
      status: 429,
      headers: { "retry-after": "5" },
      body: {
        error: {
          message: "Your request rate increased too quickly.",
          type: "rate_limit_error",
          code: "slow_down",
        },
      },
      means: wait(5000),
    },
    {
      what: "more than a minute's worth in one request",
      source: "vanderschaarlab/climb#1",
      status: 429,
      body: {
        error: {
          message:
            "Request too large for gpt-4o in organization org-x on tokens per min (TPM): Limit 30000, Requested 30601. The input or output tokens must be reduced in order to run successfully.",
          type: "tokens",
          param: null,
          code: "rate_limit_exceeded",
        },
      },
      means: fail("too_long"),
    },
    {
      what: "too long for the model",
      source: "crewAIInc/crewAI-examples#121",
      status: 400,
      body: {
        error: {
          message:
            "This model's maximum context length is 128000 tokens. However, your messages resulted in 130001 tokens.",
          type: "invalid_request_error",
          param: "messages",
          code: "context_length_exceeded",
        },
      },
      means: fail("http_400"),
    },
    {
      what: "no quota left",
      source: "continuedev/continue#10410",
      status: 429,
      body: spent(
        "insufficient_quota",
        "You exceeded your current quota, please check your plan and billing details.",
      ),
      means: pause("quota"),
    },
    {
      what: "no credits left",
      source: SPEND_LIMITS,
      status: 429,
      body: spent("credit_balance_exhausted", "You have no credits remaining."),
      means: pause("quota"),
    },
    {
      what: "the spend limit of the project, with a type of limits of rate",
      source: SPEND_LIMITS,
      status: 429,
      body: {
        error: {
          message: "This project has reached its spend limit.",
          type: "rate_limit_error",
          code: "project_spend_limit_exceeded",
        },
      },
      means: pause("quota"),
    },
  ],
  outage: [
    {
      what: "an overloaded server that says when to come back",
      source: ERROR_CODES,
      status: 503,
      headers: { "retry-after": "2" },
      body: {
        error: {
          message: "The model is currently overloaded with other requests.",
          type: "service_unavailable_error",
          param: null,
          code: "server_is_overloaded",
        },
      },
      means: retry("http_503", 2000),
    },
    {
      what: "the edge before the servers",
      source: "n3d1117/chatgpt-telegram-bot#637",
      status: 502,
      headers: { "content-type": "text/html" },
      body: "<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center><hr><center>cloudflare</center></body></html>",
      means: retry("http_502"),
    },
    {
      what: "the edge before the servers, as JSON",
      source: "stanfordnlp/dspy#203",
      status: 502,
      body: { error: { code: 502, message: "Bad gateway.", param: null, type: "cf_bad_gateway" } },
      means: retry("http_502"),
    },
  ],
  error: [
    {
      what: "a fault of the server",
      source: ERROR_CODES,
      status: 500,
      body: {
        error: {
          message: "The server had an error while processing your request. Sorry about that!",
          type: "server_error",
          param: null,
          code: null,
        },
      },
      means: retry("http_500"),
    },
    {
      what: "a parameter that the model does not take",
      source: "griptape-ai/ComfyUI-Griptape#312",
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
