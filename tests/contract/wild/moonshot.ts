import { fail, pause, type Provider, wait } from "./provider.ts";

const CHAT = "platform.kimi.com/docs/api/chat";
const ERRORS = "platform.kimi.com/docs/api/errors";
const CODE_ERRORS = "kimi.com/code/docs/en/kimi-code/error-reference.html";

const usage = { prompt_tokens: 8, completion_tokens: 5, total_tokens: 13 };
const error = (type: string, message: string): object => ({ error: { message, type } });

export const moonshot: Provider = {
  name: "Moonshot",
  success: [
    {
      what: "an answer",
      source: CHAT,
      body: {
        id: "cmpl-x",
        object: "chat.completion",
        created: 1_741_000_000,
        model: "moonshot-v1-8k",
        choices: [{ index: 0, message: { role: "assistant", content: "1+1等于2。" }, finish_reason: "stop" }],
        usage: { ...usage, cached_tokens: 0 },
      },
      means: { text: "1+1等于2。", tokens: [8, 5] },
    },
    {
      what: "an answer that was cut off",
      source: "platform.moonshot.cn/docs/guide/faq",
      body: {
        object: "chat.completion",
        choices: [{ index: 0, message: { role: "assistant", content: "1+1" }, finish_reason: "length" }],
        usage,
      },
      means: { text: "1+1", marks: ["length"], tokens: [8, 5] },
    },
  ],
  refusal: [
    {
      what: "a text that is not allowed",
      source: ERRORS,
      status: 400,
      body: error("content_filter", "The request was rejected because it was considered high risk"),
      means: fail("content_filter"),
    },
    {
      what: "a key that is not valid",
      source: ERRORS,
      status: 401,
      body: error("invalid_authentication_error", "Invalid Authentication"),
      means: pause("key_refused"),
    },
    {
      what: "a key of the plan for programming, in the middle of a run",
      source: CODE_ERRORS,
      status: 403,
      body: error(
        "access_terminated_error",
        "Kimi For Coding is currently only available for Coding Agents such as Kimi CLI, Claude Code, Roo Code, Kilo Code, etc.",
      ),
      means: pause("key_refused"),
    },
  ],
  limit: [
    {
      what: "requests a minute",
      source: "MoonshotAI/kimi-cli#1599",
      status: 429,
      body: error(
        "rate_limit_reached_error",
        "Your account org-x<ak-x> request reached organization max RPM: 20, please try again after 1 seconds",
      ),
      means: wait(1000),
    },
    {
      what: "too many at once",
      source: "MoonshotAI/kimi-cli#901",
      status: 429,
      body: error(
        "rate_limit_reached_error",
        "We're receiving too many requests at the moment. Please wait a moment and try again.",
      ),
      means: wait(),
    },
    {
      what: "tokens a day",
      source: "MoonshotAI/kimi-cli#2318",
      status: 429,
      body: error(
        "rate_limit_reached_error",
        "request reached organization TPD rate limit, current: 1505241, limit: 1500000",
      ),
      means: pause("quota"),
    },
    {
      what: "no balance",
      source: "MoonshotAI/Kimi-K2#5",
      status: 403,
      body: error(
        "exceeded_current_quota_error",
        "You exceeded your current token quota, please check your account balance",
      ),
      means: pause("quota"),
    },
    {
      what: "the plan for programming is used up",
      source: CODE_ERRORS,
      status: 403,
      body: error(
        "access_terminated_error",
        "You've reached your usage limit for this billing cycle. Your quota will be refreshed in the next cycle.",
      ),
      means: pause("quota"),
    },
    {
      what: "too long for the model",
      source: "MoonshotAI/kimi-cli#2011",
      status: 400,
      body: error(
        "invalid_request_error",
        "Invalid request: Your request exceeded model token limit: 262144 (requested: 269030)",
      ),
      means: fail("http_400"),
    },
  ],
  outage: [
    {
      what: "overloaded: to be waited for like a limit",
      source: "forum.moonshot.ai/t/the-engine-is-currently-overloaded/569",
      status: 429,
      body: error("engine_overloaded_error", "The engine is currently overloaded, please try again later"),
      means: wait(),
    },
  ],
  error: [
    {
      what: "a request that is wrong",
      source: ERRORS,
      status: 400,
      body: error("invalid_request_error", "Invalid request: temperature must be between 0 and 1"),
      means: fail("http_400"),
    },
  ],
};
