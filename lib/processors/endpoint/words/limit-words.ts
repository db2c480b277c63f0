// Errors about too many requests, in a time or at once: the endpoint will accept more later. Sources: as in quota-words.ts; DashScope's rate limits:
// help.aliyun.com/model-studio/rate-limit.
import type { ErrorWords } from "./error-words.ts";

export const TOO_FAST: ErrorWords = {
  codes: {
    "OpenAI, Anthropic, Baidu": [/^(?:\w+_)?rate_limit\w*$/], // rate_limit_exceeded, rate_limit_error, rpm_rate_limit_exceeded
    Mistral: ["rate_limited"],
    Moonshot: ["engine_overloaded_error"],
    "OpenAI and others": ["slow_down", "too_many_requests", "toomanyrequests"],
    "Azure, GitHub": ["ratelimitreached"],
    "DashScope, Bedrock": [/^throttling(?:\.\S+)?$/, "throttlingexception"],
    "DashScope for OpenAI's clients": ["limit_requests", "limit_burst_rate", "limit_tokens"],
    "Volcengine, Google": [/^\S*ratelimitexceeded(?:\.\S+)?$/, "requestbursttoofast", "serveroverloaded"],
    Gemini: [/^generate\w*perminute\S*$/, "resource_exhausted"],
    Zhipu: ["1302", "1303", "1305", "1312", "1313"],
    // Requests, tokens, connections, growth.
    MiniMax: ["base_resp.1002", "base_resp.1039", "base_resp.1041", "base_resp.2045"],
    Baidu: ["error_code.4", "error_code.18", "error_code.336501", "error_code.336502"],
    FastChat: ["object.42901", "object.42903"],
    // Requests in a second; requests at once; the last request is not answered yet.
    "iFlytek Spark": ["11202", "11203", "10007"],
    "Apigee, S3": [
      "policies.ratelimit.quotaviolation",
      "policies.ratelimit.spikearrestviolation",
      "slowdown",
    ],
    // Requests in flight may use up the rest of the balance (its status is 402).
    OpenRouter: ["openrouter_in_flight_budget"],
  },
  phrases: {
    many: ["rate limit exceeded", "rate limit reached", "too many requests", "reduce your request rate"],
    Apigee: ["rate limit quota violation", "spike arrest violation"],
    OpenRouter: ["rate-limited"],
    DashScope: [
      "requests rate limit",
      "current requests list",
      "increased too quickly",
      "error-code#token-limit",
    ],
    "DashScope's tokens": ["allocated quota exceeded"],
    Azure: ["requests per minute", "tokens per minute", "token rate limit"],
    Gemini: ["resource has been exhausted"],
    频率: [
      "请求过于频繁",
      "请求太频繁",
      "频率过高",
      "频率超限",
      "流控超限",
      "并发超限",
      "并发数过高",
      "速率限制",
      "流量限制",
      "访问量过大",
    ],
  },
};
