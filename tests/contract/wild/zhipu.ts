import { fail, pause, type Provider, retry, wait } from "./provider.ts";

const CHAT = "docs.bigmodel.cn/api-reference (对话补全)";
const CODES = "docs.bigmodel.cn/cn/api/api-code";

const usage = { completion_tokens: 6, prompt_tokens: 11, total_tokens: 17 };
const error = (code: string, message: string): object => ({ error: { code, message }, request_id: "x" });
const answer = (content: string, finish: string): object => ({
  choices: [{ finish_reason: finish, index: 0, message: { content, role: "assistant" } }],
  created: 1_741_000_000,
  id: "x",
  model: "glm-4-plus",
  request_id: "x",
  usage,
});

export const zhipu: Provider = {
  name: "Zhipu",
  success: [
    {
      what: "an answer with its reasoning",
      source: CHAT,
      body: {
        ...answer("巴黎。", "stop"),
        choices: [
          {
            finish_reason: "stop",
            index: 0,
            message: { content: "巴黎。", reasoning_content: "用户在问首都", role: "assistant" },
          },
        ],
      },
      means: { text: "巴黎。", tokens: [11, 6] },
    },
  ],
  refusal: [
    {
      what: "an answer that was taken back",
      source: CHAT,
      body: { ...answer("", "sensitive"), content_filter: [{ level: 0, role: "assistant" }] },
      means: { text: "", marks: ["content_filter", "empty"], tokens: [11, 6] },
    },
    {
      what: "a text that is not allowed",
      source: CODES,
      status: 400,
      body: {
        contentFilter: [{ level: 1, role: "user" }],
        error: {
          code: "1301",
          message:
            "系统检测到输入或生成内容可能包含不安全或敏感内容，请您避免输入易产生敏感内容的提示语，感谢您的配合。",
        },
      },
      means: fail("content_filter"),
    },
    {
      what: "a token that has expired",
      source: CODES,
      status: 401,
      body: error("1003", "Authentication Token已过期，请重新生成/获取"),
      means: pause("key_refused"),
    },
    {
      what: "an unknown model",
      source: CODES,
      status: 400,
      body: error("1211", "模型不存在，请检查模型代码。"),
      means: pause("model_not_found"),
    },
  ],
  limit: [
    {
      what: "too fast",
      source: "zhukunpenglinyutong/jetbrains-cc-gui#897",
      status: 429,
      body: error("1302", "您的账户已达到速率限制，请您控制请求频率"),
      means: wait(),
    },
    {
      what: "a model that too many want",
      source: "docs.bigmodel.cn/cn/api/rate-limit",
      status: 429,
      body: error("1305", "该模型当前访问量过大，请您稍后再试"),
      means: wait(),
    },
    {
      what: "no balance",
      source: "continuedev/continue#11823",
      status: 429,
      body: error("1113", "余额不足或无可用资源包,请充值。"),
      means: pause("quota"),
    },
    {
      what: "no balance, for clients of Anthropic",
      source: "anthropics/claude-code#9201",
      status: 429,
      body: {
        type: "error",
        error: { type: "1113", message: "Insufficient balance or no resource package. Please recharge." },
        request_id: "x",
      },
      means: pause("quota"),
    },
    {
      what: "a plan is used up for now",
      source: CODES,
      status: 429,
      body: error("1308", "已达到 5 小时的使用上限。您的限额将在 2026-06-01 15:00:00 重置。"),
      means: pause("quota"),
    },
    {
      what: "too long for the model",
      source: CODES,
      status: 400,
      body: error("1261", "Prompt 超长"),
      means: fail("http_400"),
    },
  ],
  outage: [
    {
      what: "the answer was broken off",
      source: CHAT,
      body: answer("巴", "network_error"),
      means: retry("answer_error"),
    },
    {
      what: "the account cannot be reached",
      source: CODES,
      status: 500,
      body: error("1120", "无法成功访问您的账户，请稍后重试。"),
      means: retry("http_500"),
    },
  ],
  error: [
    {
      what: "a parameter that is not valid",
      source: CODES,
      status: 400,
      body: error("1210", "API 调用参数有误，请检查文档。"),
      means: fail("http_400"),
    },
    {
      what: "a wrong path, in an answer of status 200",
      source: CODES,
      body: { code: 500, msg: "404 NOT_FOUND", success: false },
      means: retry("http_500"),
    },
  ],
};
