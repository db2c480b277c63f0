// What errors of many endpoints mean, by their words alone: the content of an error takes precedence over its status. Texts are those of the providers, shortened.
import { describe, expect, test } from "bun:test";
import type { JsonValue } from "../../lib/core/item.ts";
import { chat } from "../../lib/processors/endpoint/api/chat.ts";
import { readAnswer } from "../../lib/processors/endpoint/endpoint-answer.ts";
import { errorOf } from "../../lib/processors/endpoint/endpoint-error.ts";
import { type EndpointFailure, ruleOf } from "../../lib/processors/endpoint/endpoint-rules.ts";

type Case = readonly [from: string, status: number, body: JsonValue];

const OPTIONS = { answer: null, parse: "text", failOn: [], prices: null } as const;
const REQUEST = { api: chat, model: "m", tokens: () => 10, cap: null, nowMs: 0 } as const;

/** The first error that comes with a key. @param status 200: the error is inside an answer */
function meaningOf(status: number, body: JsonValue): string {
  const failure = status === 200 ? inAnswer(body) : ({ ...errorOf(body, 0), seen: "error", status } as const);
  const { kind, action } = ruleOf({ ...failure, keyWorked: false, asked: () => "" });
  return `${kind}: ${action}`;
}

function inAnswer(body: JsonValue): EndpointFailure {
  const read = readAnswer(JSON.stringify(body), OPTIONS, REQUEST);
  if (!("failure" in read)) throw new Error(`taken for an answer: ${JSON.stringify(read)}`);
  return read.failure;
}

const message = (text: string): JsonValue => ({ error: { message: text } });

const MEANINGS: Readonly<Record<string, readonly Case[]>> = {
  "quota: pause": [
    [
      "Together",
      429,
      { error: { message: "Credit limit exceeded, please navigate to …", type: "credit_limit" } },
    ],
    ["Cohere", 429, { message: "You are using a Trial key, which is limited to 1000 API calls / month." }],
    [
      "NVIDIA",
      403,
      { status: 403, title: "Forbidden", detail: "Cloud credits expired - Please contact NVIDIA" },
    ],
    [
      "SiliconFlow",
      429,
      { code: 50602, message: "Request was rejected. Details: RPD limit reached", data: null },
    ],
    ["Bedrock", 429, { message: "Too many tokens per day, please wait before trying again." }],
    ["Cerebras", 429, { message: "Tokens per day limit exceeded - too many tokens processed." }],
    ["Replicate", 429, { title: "Free time limit reached", detail: "You have reached the free time limit." }],
    ["Portkey", 412, { status: "failure", message: "budget exceeded for API key" }],
    ["Portkey, of an allowance", 429, message("Usage limit exceeded for this API Key.")],
    [
      "watsonx",
      403,
      { errors: [{ code: "token_quota_reached", message: "the tenant quota has been reached." }] },
    ],
    ["a wallet", 403, message("Your wallet balance is not sufficient. Please top up.")],
    ["an account", 403, message("Please recharge your account to continue using the API.")],
    ["a plan", 403, message("No remaining credits. Upgrade your plan.")],
    [
      "Hunyuan",
      200,
      {
        Response: {
          RequestId: "x",
          Error: { Code: "FailedOperation.ResourcePackExhausted", Message: "资源包余量已用尽" },
        },
      },
    ],
    [
      "Hunyuan, for OpenAI's clients",
      400,
      { error: { message: "资源包余量已用尽，请购买资源包。", code: "20031" } },
    ],
    ["Spark", 200, { error: { message: "AppIdConcError:(日流控超限，当日授权次数已用完)", code: "11201" } }],
    ["GraphQL", 200, { data: null, errors: [{ message: "insufficient balance" }] }],
    ["JSON-RPC", 200, { jsonrpc: "2.0", id: 1, error: { code: -32_000, message: "insufficient balance" } }],
    ["an envelope", 200, { data: { error: { message: "insufficient balance" } } }],
    ["an answer without choices", 200, { id: "x", choices: [], error_message: "insufficient balance" }],
    [
      "a message",
      200,
      {
        choices: [
          { message: { content: "", error: { message: "insufficient balance" } }, finish_reason: "stop" },
        ],
      },
    ],
    ["JSON within JSON", 200, { error: '{"error":{"message":"insufficient balance"}}' }],
  ],
  "http_429: wait": [
    ["Cohere", 429, { message: "You are using a Trial key, which is limited to 40 API calls / minute." }],
    ["Cerebras", 429, { message: "Tokens per minute limit exceeded", code: "token_quota_exceeded" }],
    ["Spark", 200, { error: { message: "license超限,秒级流控超限", type: "api_error", code: "11202" } }],
    [
      "Apigee",
      200,
      {
        fault: {
          faultstring: "Rate limit quota violation.",
          detail: { errorcode: "policies.ratelimit.QuotaViolation" },
        },
      },
    ],
    ["S3 and its like", 503, { message: "Please reduce your request rate." }],
    [
      "Databricks",
      403,
      { error_code: "REQUEST_LIMIT_EXCEEDED", message: "Exceeded output tokens per minute rate limit" },
    ],
    ["a number in a text", 200, { error: { code: "429", message: "slow" } }],
  ],
  "key_refused: pause": [
    [
      "Bedrock",
      400,
      {
        message: "The security token included in the request is expired",
        __type: "com.amazon.coral.service#ExpiredTokenException",
      },
    ],
    ["Cloudflare", 400, { success: false, errors: [{ code: 10_000, message: "Authentication error" }] }],
    ["Gemini", 400, message("User location is not supported for the API use.")],
    ["a word alone", 200, { error: "Unauthorized" }],
    ["errcode and errmsg", 200, { errcode: 40_001, errmsg: "invalid credential" }],
    ["Spark", 200, { code: 11_200, message: "AppIdNoAuthError", sid: "x" }],
    ["a gateway", 400, message("Missing API key in the request")],
  ],
  "content_filter: fail": [
    ["OpenAI", 400, message("Your request was rejected as a result of our safety system.")],
    [
      "xAI",
      403,
      {
        code: "The caller does not have permission",
        error: "Content violates usage guidelines. Failed check: SAFETY_CHECK_TYPE_BIO",
      },
    ],
    ["Anthropic", 400, message("Output blocked by content filtering policy")],
    [
      "StepFun",
      451,
      {
        error: {
          message: "the content you provided or machine outputted is blocked.",
          type: "censorship_blocked",
        },
      },
    ],
    ["Spark, of the request", 200, { code: 10_013, message: "输入内容审核不通过，涉嫌违规", sid: "x" }],
    ["Spark, of the answer", 200, { code: 10_014, message: "输出内容涉及敏感信息", sid: "x" }],
    ["a guardrail", 403, { message: "Content was blocked by guardrail" }],
    ["a moderation", 400, { error: { message: "refused", code: "content_flagged" } }],
    ["success: false", 200, { code: 500, msg: "内容包含敏感信息", success: false }],
  ],
  "too_long: fail": [
    [
      "Gemini",
      500,
      message("The input token count (1200000) exceeds the maximum number of tokens allowed (1048576)."),
    ],
    ["Ollama", 500, { error: "prompt too long; exceeded max context length by 5 tokens" }],
    ["LiteLLM", 500, message("litellm.ContextWindowExceededError: too long")],
    ["TGI", 200, { error: "Input validation error: `inputs` must have less than 1024 tokens. Given: 2000" }],
    ["DashScope", 200, { code: "InvalidParameter", message: "Range of input length should be [1, 30720]" }],
    [
      "xAI",
      200,
      { error: "This model's maximum prompt length is 131072 but the request contains 140000 tokens." },
    ],
    ["Bedrock", 200, { message: "Input is too long for requested model." }],
    [
      "LM Studio",
      200,
      { error: "the model is loaded with context length of only 4096 tokens, which is not enough." },
    ],
    ["Spark", 200, { code: 10_907, message: "token数量超过上限", sid: "x" }],
    ["a gateway", 500, message("输入长度超过模型上下文长度限制")],
  ],
  "model_not_found: pause": [
    [
      "Groq",
      400,
      { error: { message: "The model `x` has been decommissioned", code: "model_decommissioned" } },
    ],
    ["Anthropic", 404, { type: "error", error: { type: "not_found_error", message: "model: claude-9" } }],
    ["a server", 200, message("model not found")],
    ["Ollama", 404, { error: "model 'foo' not found" }],
  ],
  "answer_error: retry": [
    ["err", 200, { err: { message: "upstream error" } }],
    ["a Lambda", 200, { errorType: "Error", errorMessage: "it crashed" }],
  ],
  // What says that all is well is no error, whatever words stand beside it; nor is it an answer.
  "bad_answer: retry": [
    ["errcode 0", 200, { errcode: 0, errmsg: "ok" }],
    ["code 0", 200, { code: 0, message: "success", data: null }],
  ],
};

describe.each(Object.entries(MEANINGS))("%s", (meaning, cases) => {
  test.each(cases)("%s (status %d)", (_from, status, body) => {
    expect(meaningOf(status, body)).toBe(meaning);
  });
});
