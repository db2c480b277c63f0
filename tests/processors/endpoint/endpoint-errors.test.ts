// What errors of known providers mean, wherever they stand. The bodies are of the forms that the pages and issues named in lib/core/*-words.ts show.
import { describe, expect, test } from "bun:test";
import { chat } from "../../../lib/processors/endpoint/api/chat.ts";
import { errorIn, errorOf } from "../../../lib/processors/endpoint/endpoint-error.ts";
import { ruleOf, type RuleAction } from "../../../lib/processors/endpoint/endpoint-rules.ts";
import type { JsonValue } from "../../../lib/core/item.ts";

const NOW_MS = Date.parse("2026-11-23T20:00:00Z");

/** @param status of the answer; null: 200 */
function decide(
  status: number | null,
  body: JsonValue,
  known: { readonly keyWorked?: boolean; readonly asked?: string } = {},
): readonly [kind: string, action: RuleAction] {
  const error = status === null ? errorIn(body, chat, NOW_MS) : errorOf(body, NOW_MS);
  if (error === null) throw new Error("no error is found in the body");
  const { keyWorked = true, asked = "why?" } = known;
  const situation = { ...error, seen: "error" as const, status: status ?? error.status, keyWorked };
  const { kind, action } = ruleOf({ ...situation, asked: () => asked });
  return [kind, action];
}

const of = (error: JsonValue): JsonValue => ({ error });

describe("no money pauses at once", () => {
  test.each<[message: string]>([
    ["Key limit exceeded (monthly limit). Manage it using https://openrouter.ai/settings/keys"],
    ["You have exceeded your monthly spend limit"],
    ["Your account balance is negative"],
    ["Account balance too low, please top up"],
    ["You ran out of credits"],
    ["No credits remaining"],
    ["Your free trial has expired"],
    ["Your subscription has expired, please renew"],
    ["This request needs an active subscription"],
    ["Prepaid credit exhausted"],
    ["账户余额小于0，请先充值"],
    ["您的余额不够"],
    ["账号余额已用完"],
    ["当前套餐已过期"],
    ["No active subscription"],
    ["套餐额度已超限"],
    ["积分不足"],
    ["點數不足，請儲值"],
    ["帳戶餘額不足"],
    ["残高が不足しています"],
    ["クレジットが不足しています。チャージしてください"],
    ["クレジット残高がありません"],
    ["잔액이 부족합니다"],
    ["크레딧이 부족합니다. 충전해 주세요"],
    ["Ihr Guthaben reicht nicht aus"],
    ["Guthaben aufgebraucht"],
    ["Solde insuffisant"],
    ["Crédits insuffisants"],
    ["Saldo insuficiente"],
    ["Credito insufficiente"],
    ["Недостаточно средств на балансе"],
    ["Số dư không đủ"],
    ["Insufficient quota"],
    ["Your quota has been exhausted"],
    ["配额不足"],
  ])("%s", (message) => {
    for (const status of [400, 402, 403, 429, 500, null]) {
      expect(decide(status, of({ message }))).toEqual(["quota", "pause"]);
    }
  });

  test.each<[name: string, status: number | null, body: JsonValue]>([
    [
      "OpenAI",
      429,
      of({
        message: "You exceeded your current quota, please check your plan and billing details.",
        type: "insufficient_quota",
        code: "insufficient_quota",
      }),
    ],
    [
      "OpenAI, an account that is not active",
      429,
      of({
        message: "Your account is not active, please check your billing details on our website.",
        type: "billing_not_active",
      }),
    ],
    [
      "OpenAI, the limit that was set",
      400,
      of({ message: "Billing hard limit has been reached", code: "billing_hard_limit_reached" }),
    ],
    [
      "Anthropic",
      400,
      {
        type: "error",
        error: {
          type: "invalid_request_error",
          message: "Your credit balance is too low to access the Anthropic API.",
        },
      },
    ],
    [
      "Anthropic, the limit that was set",
      400,
      {
        type: "error",
        error: {
          type: "invalid_request_error",
          message: "You have reached your specified API usage limits.",
        },
      },
    ],
    [
      "Gemini, credits",
      429,
      [of({ code: 429, message: "Your prepayment credits are depleted.", status: "RESOURCE_EXHAUSTED" })],
    ],
    [
      "Gemini, the quota of a day",
      429,
      [
        of({
          code: 429,
          message: "You exceeded your current quota.",
          status: "RESOURCE_EXHAUSTED",
          details: [
            { violations: [{ quotaId: "GenerateRequestsPerDayPerProjectPerModel-FreeTier" }] },
            { retryDelay: "27s" },
          ],
        }),
      ],
    ],
    [
      "DeepSeek",
      402,
      of({ message: "Insufficient Balance", type: "unknown_error", code: "invalid_request_error" }),
    ],
    ["Zhipu", 429, of({ code: "1113", message: "余额不足或无可用资源包,请充值。" })],
    ["Zhipu, in its older form", 200, { code: 1113, msg: "您的账户已欠费,请充值后重试", success: false }],
    [
      "MiniMax",
      null,
      { id: "x", choices: null, base_resp: { status_code: 1008, status_msg: "insufficient balance" } },
    ],
    [
      "MiniMax for OpenAI's clients",
      429,
      of({ http_code: "429", message: "insufficient balance (1008)", type: "insufficient_balance_error" }),
    ],
    [
      "Moonshot",
      429,
      of({
        message: "Your account is suspended, please check your plan",
        type: "exceeded_current_quota_error",
      }),
    ],
    [
      "DashScope",
      400,
      of({
        code: "Arrearage",
        message: "Access denied, please make sure your account is in good standing.",
        type: "Arrearage",
      }),
    ],
    [
      "DashScope, the free quota",
      403,
      of({ code: "AllocationQuota.FreeTierOnly", message: "The free tier of the model has been exhausted." }),
    ],
    [
      "Volcengine",
      403,
      of({
        code: "AccountOverdueError",
        message: "The request failed because your account has an overdue balance.",
        type: "Forbidden",
      }),
    ],
    ["SiliconFlow", 403, { code: 30001, message: "Sorry, your account balance is insufficient", data: null }],
    [
      "Baidu, the calls of a day",
      null,
      { error_code: 17, error_msg: "Open api daily request limit reached" },
    ],
    [
      "Baidu",
      429,
      of({ code: "BILLING_INSUFFICIENT_BALANCE", message: "Your account has insufficient balance" }),
    ],
    [
      "Fireworks",
      412,
      of({
        message:
          "Account x is suspended, possibly due to reaching the monthly spending limit or failure to pay past invoices.",
        code: "PRECONDITION_FAILED",
        type: "error",
      }),
    ],
    [
      "Hugging Face",
      402,
      { error: "You have exceeded your monthly included credits for Inference Providers." },
    ],
    [
      "OpenRouter",
      402,
      of({ message: "This request requires more credits, or fewer max_tokens.", code: 402 }),
    ],
    ["OpenRouter, in a 200", null, of({ message: "Insufficient credits", code: 402 })],
    [
      "OpenRouter, the free models of a day",
      429,
      of({
        message: "Rate limit exceeded: free-models-per-day.",
        code: 429,
        metadata: { headers: { "X-RateLimit-Reset": "1" } },
      }),
    ],
    [
      "xAI",
      403,
      {
        code: "The caller does not have permission",
        error: "Your newly created team doesn't have any credits yet.",
      },
    ],
    [
      "opencode Zen",
      401,
      {
        type: "error",
        error: { type: "CreditsError", message: "No payment method. Add a payment method here" },
      },
    ],
    ["a 401 that speaks of credit", 401, of({ message: "Not enough credit on this key" })],
    [
      "one-api",
      403,
      of({ message: "user quota is not enough", type: "one_api_error", code: "insufficient_user_quota" }),
    ],
    ["one-api in Chinese", 403, of({ message: "用户额度不足", type: "new_api_error" })],
    [
      "LiteLLM",
      400,
      of({
        message: "Budget has been exceeded! Current cost: 76.1, Max budget: 10.0",
        type: "budget_exceeded",
        code: "400",
      }),
    ],
    ["LiteLLM, a detail of FastAPI", 400, { detail: { error: "ExceededBudget: User over budget" } }],
    ["an error in capitals", null, { Error: { Code: "Arrearage", Message: "no" } }],
    ["an error in a list", null, { errors: [{ code: "insufficient_quota", message: "no" }] }],
    ["Novita", 403, { code: 403, reason: "NOT_ENOUGH_BALANCE", message: "not enough balance" }],
    ["FastChat", null, { object: "error", message: "quota", code: 42902 }],
    [
      "the error of a provider, behind a gateway",
      400,
      of({
        message: "Provider returned error",
        metadata: { raw: '{"error":{"message":"Your credit balance is too low"}}' },
      }),
    ],
  ])("%s", (_name, status, body) => {
    expect(decide(status === 200 ? null : status, body)).toEqual(["quota", "pause"]);
  });
});

describe("a limit of rate makes ckpt wait", () => {
  test.each<[name: string, status: number | null, body: JsonValue]>([
    [
      "Gemini",
      429,
      [
        of({
          code: 429,
          message: "You exceeded your current quota, please check your plan and billing details.",
          status: "RESOURCE_EXHAUSTED",
          details: [
            { violations: [{ quotaId: "GenerateRequestsPerMinutePerProjectPerModel-FreeTier" }] },
            { retryDelay: "37s" },
          ],
        }),
      ],
    ],
    [
      "DashScope, with OpenAI's words for no money",
      429,
      of({
        message:
          "You exceeded your current quota, please check your plan and billing details. For details, see: https://help.aliyun.com/zh/model-studio/error-code#token-limit",
        type: "insufficient_quota",
        code: "insufficient_quota",
      }),
    ],
    [
      "DashScope, tokens",
      429,
      of({
        code: "insufficient_quota",
        message: "Allocated quota exceeded, please increase your quota limit.",
      }),
    ],
    [
      "DashScope, its own form",
      429,
      { code: "Throttling.AllocationQuota", message: "Allocated quota exceeded" },
    ],
    ["MiniMax", null, { choices: null, base_resp: { status_code: 1002, status_msg: "rate limit" } }],
    ["Zhipu", null, of({ code: "1302", message: "您当前使用该 API 的并发数过高" })],
    ["Baidu", null, { error_code: 336501, error_msg: "Rate limit reached for RPM" }],
    ["Baidu, in its newer form", 200, { code: "rpm_rate_limit_exceeded", msg: "Rate limit reached for RPM" }],
    ["Moonshot", 429, of({ message: "The engine is currently overloaded", type: "engine_overloaded_error" })],
    [
      "Azure",
      429,
      of({
        code: "429",
        message:
          "Requests have exceeded token rate limit of your current OpenAI S0 pricing tier. Please retry after 6 seconds.",
      }),
    ],
    [
      "Mistral",
      429,
      {
        object: "error",
        message: "Rate limit exceeded",
        type: "rate_limited",
        code: "1300",
        raw_status_code: 429,
      },
    ],
    [
      "OpenRouter, in a 200",
      null,
      of({
        message: "Provider returned error",
        code: 429,
        metadata: { raw: "m is temporarily rate-limited upstream", provider_name: "Up" },
      }),
    ],
    [
      "Anthropic's form, in a 200",
      null,
      { type: "error", error: { type: "rate_limit_error", message: "slow down" } },
    ],
    ["FastChat", null, { object: "error", message: "slow", code: 42901 }],
  ])("%s", (_name, status, body) => {
    expect(decide(status === 200 ? null : status, body)).toEqual(["http_429", "wait"]);
  });
});

describe("an error about one item fails that item only", () => {
  test.each<[name: string, status: number | null, body: JsonValue, kind: string]>([
    [
      "OpenRouter's moderation",
      403,
      of({
        code: 403,
        message: "flagged",
        metadata: { reasons: ["violence"], flagged_input: "x", provider_name: "Up" },
      }),
      "content_filter",
    ],
    [
      "a provider behind OpenRouter",
      403,
      of({
        code: 403,
        message: "Provider returned error",
        metadata: { raw: "PERMISSION_DENIED", provider_name: "Up" },
      }),
      "http_403",
    ],
    [
      "Azure",
      400,
      of({
        code: "content_filter",
        innererror: { code: "ResponsibleAIPolicyViolation" },
        message: "filtered",
      }),
      "content_filter",
    ],
    [
      "DashScope",
      400,
      of({ code: "data_inspection_failed", message: "Input text data may contain inappropriate content." }),
      "content_filter",
    ],
    [
      "DeepSeek",
      400,
      of({ message: "Content Exists Risk", type: "invalid_request_error" }),
      "content_filter",
    ],
    [
      "Moonshot",
      400,
      of({ type: "content_filter", message: "The request was rejected because it was considered high risk" }),
      "content_filter",
    ],
    [
      "Zhipu",
      400,
      of({ code: "1301", message: "系统检测到输入或生成内容可能包含不安全或敏感内容" }),
      "content_filter",
    ],
    [
      "MiniMax",
      null,
      { choices: null, base_resp: { status_code: 1026, status_msg: "input new_sensitive" } },
      "content_filter",
    ],
    [
      "Volcengine",
      400,
      of({ code: "InputTextSensitiveContentDetected", message: "sensitive" }),
      "content_filter",
    ],
    [
      "Volcengine, its other form",
      400,
      of({ code: "OutputTextRiskDetection", message: "sensitive" }),
      "content_filter",
    ],
    [
      "Baidu",
      400,
      of({ code: "system_unsafe", type: "unsafe_request", message: "unsafe" }),
      "content_filter",
    ],
    [
      "FastChat, too long",
      null,
      { object: "error", message: "This model's maximum context length is 2048 tokens.", code: 40303 },
      "too_long",
    ],
    [
      "OpenAI, more than a minute's worth",
      429,
      of({
        code: "rate_limit_exceeded",
        message: "Request too large for gpt-4 on tokens per min (TPM): Limit 10000, Requested 12000.",
      }),
      "too_long",
    ],
    [
      "Groq, more than a minute's worth",
      413,
      of({ code: "rate_limit_exceeded", message: "Request too large for model `m`" }),
      "http_413",
    ],
    [
      "vLLM, too long",
      400,
      {
        object: "error",
        message: "This model's maximum context length is 4096 tokens.",
        type: "BadRequestError",
        code: 400,
      },
      "http_400",
    ],
    [
      "vLLM, in a 200",
      null,
      { object: "error", message: "bad", type: "BadRequestError", code: 400 },
      "http_400",
    ],
    ["a firewall's page after a success", 403, "403 Forbidden", "http_403"],
  ])("%s", (_name, status, body, kind) => {
    expect(decide(status, body)).toEqual([kind, "fail"]);
  });
});

describe("a refused key, an unknown model", () => {
  test.each<[name: string, status: number | null, body: JsonValue, kind: string]>([
    [
      "Gemini",
      400,
      [
        of({
          code: 400,
          message: "API key not valid. Please pass a valid API key.",
          status: "INVALID_ARGUMENT",
          details: [{ reason: "API_KEY_INVALID" }],
        }),
      ],
      "key_refused",
    ],
    [
      "DashScope",
      401,
      of({ code: "invalid_api_key", message: "Incorrect API key provided." }),
      "key_refused",
    ],
    ["MiniMax", null, { base_resp: { status_code: 2049, status_msg: "invalid api key" } }, "key_refused"],
    ["Zhipu", null, { code: 1002, msg: "Authorization Token非法", success: false }, "key_refused"],
    ["Baidu", null, { error_code: 110, error_msg: "Access token invalid or no longer valid" }, "key_refused"],
    [
      "Anthropic's form, in a 200",
      null,
      { type: "error", error: { type: "authentication_error", message: "invalid x-api-key" } },
      "key_refused",
    ],
    [
      "OpenAI",
      403,
      of({ code: "model_not_found", message: "Project does not have access to model" }),
      "model_not_found",
    ],
    [
      "Azure",
      404,
      of({ code: "DeploymentNotFound", message: "The API deployment for this resource does not exist." }),
      "model_not_found",
    ],
    ["DeepSeek", 400, of({ message: "Model Not Exist", type: "invalid_request_error" }), "model_not_found"],
    [
      "SiliconFlow",
      400,
      { code: 20012, message: "Model does not exist. Please check it carefully.", data: null },
      "model_not_found",
    ],
    ["Ollama", 404, { error: 'model "x" not found, try pulling it first' }, "model_not_found"],
    ["an organization", 403, of({ message: "This organization has been disabled." }), "key_refused"],
    ["an account", 403, of({ message: "账号已被封禁" }), "key_refused"],
    ["Zhipu, model", 400, of({ code: "1211", message: "模型不存在" }), "model_not_found"],
  ])("%s", (_name, status, body, kind) => {
    expect(decide(status, body)).toEqual([kind, "pause"]);
  });

  test("a 403 that says that requests come too fast is about that, whatever is known of the key", () => {
    const error = of({ message: "Rate limit exceeded", code: "rate_limit_exceeded" });
    for (const keyWorked of [false, true])
      expect(decide(403, error, { keyWorked })).toEqual(["http_429", "wait"]);
  });

  test("a 403 is about the key while nothing has succeeded with it", () => {
    expect(decide(403, of({ message: "Forbidden" }), { keyWorked: false })).toEqual(["key_refused", "pause"]);
  });
});

describe("faults that pass", () => {
  test.each<[name: string, status: number | null, body: JsonValue, kind: string]>([
    ["Zhipu, in a 200", null, { code: 500, msg: "404 NOT_FOUND", success: false }, "http_500"],
    [
      "Anthropic, overloaded, in a 200",
      null,
      { type: "error", error: { type: "overloaded_error", message: "Overloaded" } },
      "http_529",
    ],
    ["MiniMax", null, { base_resp: { status_code: 1013, status_msg: "internal service error" } }, "http_500"],
    [
      "OpenRouter, in the choice",
      null,
      {
        choices: [
          {
            error: { code: 502, message: "upstream went away" },
            message: { content: "The capital of Fra" },
            finish_reason: "error",
          },
        ],
      },
      "http_502",
    ],
    ["an upstream that nothing is known of", null, of({ message: "oops" }), "answer_error"],
    [
      "an upstream that says so in capitals",
      null,
      { Error: { Code: "InternalServerError", Message: "oops" } },
      "http_500",
    ],
    ["the connection was given up", 499, of({ message: "client closed request" }), "http_499"],
  ])("%s", (_name, status, body, kind) => {
    expect(decide(status, body)).toEqual([kind, "retry"]);
  });
});

describe("what is no error, or means nothing more than its status", () => {
  const answer = { choices: [{ message: { content: "insufficient balance" }, finish_reason: "stop" }] };
  test.each<[name: string, body: JsonValue]>([
    ["an answer about quotas", answer],
    ["an empty error beside an answer", { ...answer, error: {} }],
    ["an error filled in with nothing", { ...answer, error: { code: null, message: "" } }],
    ["null for an error", { ...answer, error: null }],
    ["an error that says success", { ...answer, error: { code: 0, message: "success" } }],
    ["an error that says OK", { ...answer, error: { code: "200", message: "OK" } }],
    ["MiniMax's word for success", { ...answer, base_resp: { status_code: 0, status_msg: "success" } }],
    ["words beside an answer", { ...answer, message: "ok", code: 0 }],
    ["a code of success", { code: 200, msg: "success", data: {} }],
    ["Ollama's own form", { message: { role: "assistant", content: "余额不足" }, done: true }],
  ])("%s", (_name, body) => {
    expect(errorIn(body, chat, NOW_MS)).toBeNull();
  });

  test.each<[name: string, message: string, asked: string]>([
    [
      "quotes the item",
      "Invalid value: 'What does insufficient balance mean?'",
      "What does  insufficient\nbalance mean?",
    ],
    ["quotes an item in Chinese", "参数错误：什么叫余额不足", "什么叫余额不足"],
    [
      "holds the word balance",
      "Invalid value for balance: the balance of the scales must be a number",
      "why?",
    ],
    ["holds the word quota", "Unknown field quota in tools[0]", "why?"],
  ])("a 400 that %s fails its item", (_name, message, asked) => {
    expect(decide(400, of({ message, type: "invalid_request_error" }), { asked })).toEqual([
      "http_400",
      "fail",
    ]);
  });

  test("a number is a code of the provider in whose place it stands", () => {
    expect(decide(400, of({ code: 1008, message: "no" }))).toEqual(["http_400", "fail"]);
    expect(decide(400, { object: "error", code: 1113, message: "no" })).toEqual(["http_400", "fail"]);
  });
});

describe("the words of an error are kept", () => {
  test.each<[body: JsonValue, words: string]>([
    [
      { object: "error", message: "context length is 2048 tokens", code: 40303 },
      "context length is 2048 tokens",
    ],
    [{ code: 500, msg: "404 NOT_FOUND", success: false }, "404 NOT_FOUND"],
    [{ base_resp: { status_code: 1008, status_msg: "insufficient balance" } }, "insufficient balance"],
    [{ error: "oops" }, "oops"],
    [{ error: "server_error", message: "it broke" }, "it broke"],
    [{ detail: "Not Found" }, "Not Found"],
    [{ detail: [{ loc: ["body"], msg: "field required" }] }, '[{"loc":["body"],"msg":"field required"}]'],
    [{ success: false, errors: [{ code: 10000, message: "Authentication error" }] }, "Authentication error"],
    [
      { error: { message: "Provider returned error", metadata: { raw: "busy" } } },
      "Provider returned error: busy",
    ],
    [{ error: { odd: 1 } }, '{"odd":1}'],
    [{ Error: "oops" }, "oops"],
    [{ Error: { Code: "X", Message: "it broke" } }, "it broke"],
    [{ Message: "it broke" }, "it broke"],
    [{ errorMessage: "Task timed out", errorType: "Sandbox.Timedout" }, "Task timed out"],
    [{ errors: ["it broke"] }, "it broke"],
    [{ fault: { faultstring: "it broke", detail: { errorcode: "x.y" } } }, "it broke"],
    [{ ok: false, reason: "it broke" }, "it broke"],
  ])("%j", (body, words) => {
    expect(errorIn(body, chat, NOW_MS)?.message).toBe(words);
  });
});

describe("how long an error asks to be left alone", () => {
  test.each<[name: string, error: JsonValue, waitMs: number | null]>([
    [
      "Gemini",
      { details: [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "37s" }] },
      37_000,
    ],
    ["Gemini, with decimals", { details: [{ reason: "x" }, { retryDelay: "37.463s" }] }, 37_463],
    ["OpenRouter", { metadata: { headers: { "X-RateLimit-Reset": String(NOW_MS + 5000) } } }, 5000],
    ["a gateway", { retry_after: 3 }, 3000],
    ["a gateway, in milliseconds", { metadata: { retry_after_ms: "250" } }, 250],
    ["Hugging Face", { message: "Model m is currently loading", estimated_time: 20.5 }, 20_500],
    ["OpenAI, in words", { message: "Rate limit reached. Please try again in 1m2.5s. Visit …" }, 62_500],
    ["Azure, in words", { message: "Please retry after 6 seconds." }, 6000],
    ["GitHub, in words", { message: "Please wait 60 seconds before retrying." }, 60_000],
    ["two units, in words", { message: "Try again in 1 minute and 5 seconds" }, 65_000],
    ["a reset, in words", { message: "Rate limit resets in 12 seconds." }, 12_000],
    ["Chinese seconds", { message: "请求过于频繁，请在 20 秒后重试" }, 20_000],
    ["Chinese minutes", { message: "请 2 分钟后再试" }, 120_000],
    ["a gateway, with its unit in the name", { retryAfterSeconds: 7 }, 7000],
    ["a gateway, as a date", { retry_after: new Date(NOW_MS + 5000).toISOString() }, 5000],
    ["a gateway, since the epoch", { retry_after: NOW_MS / 1000 + 5 }, 5000],
    ["no words", { message: "try again later" }, null],
    ["a wait that is none", { retry_after: -1, details: [{ retryDelay: "soon" }] }, null],
  ])("%s", (_name, error, waitMs) => {
    expect(errorOf({ error }, NOW_MS).waitMs).toBe(waitMs);
  });
});
