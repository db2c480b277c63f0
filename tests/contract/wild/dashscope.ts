import { fail, pause, type Provider, retry, wait } from "./provider.ts";

const COMPATIBILITY = "help.aliyun.com/zh/model-studio/compatibility-of-openai-with-dashscope";
const ERROR_CODES = "help.aliyun.com/zh/model-studio/error-code";
const LIMITS = "alibabacloud.com/help/en/model-studio/rate-limit";

const error = (code: string, message: string, type = code): object => ({
  error: { code, param: null, message, type },
  id: "chatcmpl-x",
  request_id: "649b2bbc-c541-9e16-9845-db7fe4fe5b2d",
});

export const dashscope: Provider = {
  name: "DashScope",
  success: [
    {
      what: "an answer",
      source: COMPATIBILITY,
      body: {
        choices: [
          {
            message: { role: "assistant", content: "我是通义千问。" },
            finish_reason: "stop",
            index: 0,
            logprobs: null,
          },
        ],
        object: "chat.completion",
        usage: {
          prompt_tokens: 22,
          completion_tokens: 17,
          total_tokens: 39,
          prompt_tokens_details: { cached_tokens: 0 },
        },
        created: 1_728_353_155,
        system_fingerprint: null,
        model: "qwen-plus",
        id: "chatcmpl-x",
      },
      means: { text: "我是通义千问。", tokens: [22, 17] },
    },
  ],
  refusal: [
    {
      what: "a text that is not allowed",
      source: ERROR_CODES,
      status: 400,
      body: error("data_inspection_failed", "Input data may contain inappropriate content."),
      means: fail("content_filter"),
    },
    {
      what: "a text that is not allowed, with no code of it",
      source: "QwenLM/qwen-code#3145",
      status: 400,
      body: error(
        "invalid_parameter_error",
        "<400> InternalError.Algo.DataInspectionFailed: Input text data may contain inappropriate content.",
      ),
      means: fail("content_filter"),
    },
    {
      what: "a key that is not valid",
      source: ERROR_CODES,
      status: 401,
      body: error("invalid_api_key", "Incorrect API key provided.", "invalid_request_error"),
      means: pause("key_refused"),
    },
    {
      what: "an unknown model",
      source: ERROR_CODES,
      status: 404,
      body: error(
        "model_not_found",
        "The model `qwen-9` does not exist or you do not have access to it.",
        "invalid_request_error",
      ),
      means: pause("model_not_found"),
    },
  ],
  limit: [
    {
      what: "requests a minute",
      source: LIMITS,
      status: 429,
      body: error(
        "limit_requests",
        "You exceeded your current requests list. For details, see: https://help.aliyun.com/zh/model-studio/error-code#rate-limit",
      ),
      means: wait(),
    },
    {
      what: "tokens a minute, in OpenAI's words for no money",
      source: LIMITS,
      status: 429,
      body: error(
        "insufficient_quota",
        "You exceeded your current quota, please check your plan and billing details. For details, see: https://help.aliyun.com/zh/model-studio/error-code#token-limit",
      ),
      means: wait(),
    },
    {
      what: "too fast a growth, in its own form",
      source: LIMITS,
      status: 429,
      body: { code: "Throttling.BurstRate", message: "Request rate increased too quickly.", request_id: "x" },
      means: wait(),
    },
    {
      what: "in arrears",
      source: ERROR_CODES,
      status: 400,
      body: error("Arrearage", "Access denied, please make sure your account is in good standing."),
      means: pause("quota"),
    },
    {
      what: "the free quota is used up",
      source: ERROR_CODES,
      status: 403,
      body: error(
        "AllocationQuota.FreeTierOnly",
        'The free tier of the model has been exhausted. If you wish to continue access the model on a paid basis, please disable the "use free tier only" mode.',
      ),
      means: pause("quota"),
    },
    {
      what: "too long for the model",
      source: ERROR_CODES,
      status: 400,
      body: error(
        "invalid_parameter_error",
        "<400> InternalError.Algo.InvalidParameter: Range of input length should be [1, 129024]",
      ),
      means: fail("http_400"),
    },
  ],
  outage: [
    {
      what: "no model free in time",
      source: ERROR_CODES,
      status: 503,
      body: error("ModelUnavailable", "Model is unavailable, please try again later."),
      means: retry("http_503"),
    },
    {
      what: "took too long",
      source: ERROR_CODES,
      status: 500,
      body: error("RequestTimeOut", "Request timed out, please try again later."),
      means: retry("http_500"),
    },
  ],
  error: [
    {
      what: "a fault of the server",
      source: ERROR_CODES,
      status: 500,
      body: error(
        "InternalError",
        "An internal error has occurred, please try again later or contact service support.",
      ),
      means: retry("http_500"),
    },
    {
      what: "a model that only streams",
      source: ERROR_CODES,
      status: 400,
      body: error(
        "invalid_parameter_error",
        "parameter.enable_thinking must be set to false for non-streaming calls",
      ),
      means: pause("stream_required"),
    },
  ],
};
