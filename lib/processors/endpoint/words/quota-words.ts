// Errors about missing money, or about a quota that is used up for a day or longer: waiting within a run does not help. Sources: the error pages of
// the providers named (Zhipu: docs.bigmodel.cn/cn/api/api-code; MiniMax: platform.minimax.io/docs/api-reference/errorcode; DashScope:
// help.aliyun.com/model-studio/error-code; Volcengine: volcengine.com/docs/82379/1299023; Baidu: cloud.baidu.com/doc/qianfan-api; Moonshot:
// platform.kimi.com/docs/api/errors), and issues: songquanpeng/one-api#1270, BerriAI/litellm#14144, anomalyco/opencode#37161,
// pollinations/pollinations#12136 (Fireworks), google-gemini/gemini-cli#8437 (Gemini's quotaId), anthropics/claude-code#4207; others are next to the
// rows of tests/contract/wild.
import type { ErrorWords } from "./error-words.ts";

export const NO_MONEY: ErrorWords = {
  codes: {
    "many gateways": [
      /^(?:insufficient|not_enough)_?(?:user_|account_)?(?:balance|credits?|funds)(?:_error)?$/,
      /^(?:free_quota|budget|account_monthly_budget)_(?:exceeded|exhausted)$/, // LiteLLM: budget_exceeded
      "credit_limit",
      "credit_limit_exceeded",
      "usage_limit_exceeded",
    ],
    "IBM watsonx": ["token_quota_reached"],
    Google: ["billing_disabled"],
    // The allowance of the day; no right to it, or no more of it.
    "iFlytek Spark": ["11201"],
    "Tencent Hunyuan": [/^failedoperation\.\w*resourcepackexhausted$/],
    "OpenAI, Anthropic, Baidu": [/^billing_\w+$/], // billing_not_active, billing_hard_limit_reached; billing_error; billing_insufficient_balance
    OpenAI: ["credit_balance_exhausted", /^(?:organization|project)_(?:spend|usage)_limit_exceeded$/],
    Anthropic: ["enforced_spend_limit_reached"],
    "one-api, new-api": ["insufficient_user_quota", "pre_consume_token_quota_failed"],
    Moonshot: ["exceeded_current_quota_error"],
    DashScope: ["arrearage", "account.arrearage", "allocationquota.freetieronly"],
    Volcengine: ["accountoverdueerror", "quotaexceeded", "setlimitexceeded"],
    // In arrears; calls of the day, the plan, or its weekly or monthly share used up.
    Zhipu: ["1113", "1304", "1308", "1309", "1310"],
    // No balance; the plan is used up.
    MiniMax: ["base_resp.1008", "base_resp.2056"],
    // Calls of the day; all calls.
    Baidu: ["error_code.17", "error_code.19", /^quota_user_daily_\w+$/],
    FastChat: ["object.42902"],
    Gemini: [/^generate\w*perday\S*$/],
    // Limits of free models, the key, the workspace or a guardrail; all credits.
    OpenRouter: [
      "openrouter_free_tier_daily",
      "openrouter_key_limit",
      "openrouter_workspace_budget",
      "openrouter_guardrail_budget",
      "openrouter_credits",
    ],
    "opencode Zen and others": [
      "creditserror",
      "payment_required",
      "credit_balance_too_low",
      "reject_no_credit",
    ],
  },
  phrases: {
    balance: [
      "insufficient balance",
      "insufficient account balance",
      "not enough balance",
      "balance is insufficient",
      "balance is negative",
      "balance is too low",
      "balance too low",
      "balance is not sufficient",
      "balance is not enough",
      "balance exhausted",
      "balance is exhausted",
      "balance has been exhausted",
      "have enough balance",
    ],
    funds: ["insufficient funds", "insufficient account funds", "have enough funds"],
    "what is to be done": ["recharge your account", "top up your", "please top up", "please recharge"],
    Anthropic: ["credit balance is too low", "api usage limits"],
    credits: [
      "insufficient credit",
      "not enough credits",
      "out of credits",
      "no credits remaining",
      "credit exhausted",
      "credits exhausted",
      "requires more credits",
      "purchase credits",
      "have enough credits",
      "no remaining credits",
      "no credits left",
      "credits expired",
      "credits have expired",
      "credit limit exceeded",
    ],
    OpenRouter: ["key limit exceeded"],
    Portkey: ["budget exceeded for", "usage limit exceeded for"],
    "Cohere, Replicate": ["api calls / month", "free time limit"],
    "limits of a day": [
      "too many tokens per day",
      "tokens per day limit exceeded",
      "requests per day limit exceeded",
      "rpd limit reached",
      "tpd limit reached",
    ],
    "limits that were set": ["monthly spend limit", "spend limit reached", "spend limit exceeded"],
    plans: [
      "trial has expired",
      "trial has ended",
      "subscription has expired",
      "no active subscription",
      "needs an active subscription",
    ],
    "xAI, Gemini": ["doesn't have any credits", "used all available credits", "credits are depleted"],
    "Hugging Face and others": [
      "monthly included credits",
      "exhausted your credits",
      "purchase more credits",
    ],
    payment: ["payment required", "no payment method", "add a payment method", "enter a payment method"],
    bills: [
      "overdue balance",
      "overdue payment",
      "overdue bill",
      "account is in arrears",
      "pay past invoices",
    ],
    OpenAI: ["billing hard limit", "check your billing details"],
    DashScope: [
      "your account is in good standing",
      "free allocated quota exceeded",
      "free tier of the model has been",
    ],
    "Fireworks, Moonshot": ["monthly spending limit", "your current token quota", "tpd rate limit"],
    "Moonshot's plans": ["usage limit for this billing cycle", "usage limit for this period"],
    "plans of Ollama and MiniMax": [
      "hourly usage limit",
      "5-hour usage limit",
      "session usage limit",
      "weekly usage limit",
    ],
    "one-api, new-api": ["user quota is not enough", "token quota is not enough"],
    LiteLLM: ["budget has been exceeded", "exceededbudget", "exceeded budget"],
    Azure: ["out of call volume quota"],
    "free quotas": ["daily free allocation", "free quota exceeded", "free quota used", "free-models-per-day"],
    余额: ["余额不足", "余额不够", "余额小于", "余额已用", "余额为零", "欠费", "请充值", "请先充值"],
    餘額: ["餘額不足", "欠費", "點數不足", "儲值"],
    额度: [
      "额度不足",
      "额度已用",
      "额度已耗尽",
      "额度用完",
      "额度已超",
      "积分不足",
      "预扣费额度失败",
      "额度已达上限",
      "余量已用",
      "余量不足",
      "次数已用完",
      "日流控超限",
      "配额已用",
      "配额已耗尽",
      "调用次数限额",
    ],
    套餐: ["无可用资源包", "资源包已用", "套餐已到期", "套餐已过期"],
    日本語: [
      "残高が不足",
      "残高不足",
      "残高がありません",
      "クレジットが不足",
      "クレジット不足",
      "チャージしてください",
    ],
    한국어: ["잔액이 부족", "잔액 부족", "크레딧이 부족", "크레딧 부족", "충전해"],
    Deutsch: [
      "guthaben reicht nicht",
      "guthaben aufgebraucht",
      "nicht genügend guthaben",
      "guthaben ist erschöpft",
    ],
    Français: ["solde insuffisant", "crédits insuffisants", "crédit insuffisant"],
    "Español, Português, Italiano": [
      "saldo insuficiente",
      "créditos insuficientes",
      "credito insufficiente",
      "saldo insufficiente",
    ],
    Русский: ["недостаточно средств", "недостаточно кредитов"],
    "Tiếng Việt": ["số dư không đủ"],
  },
};

/**
 * Codes that mean "no money" at OpenAI and a rate limit elsewhere: Gemini sends them with a wait, DashScope with a link to its page on token limits
 * (can1357/oh-my-pi#8496, openclaw/openclaw#148236). They count as "no money" unless the same error mentions a rate or a wait.
 */
export const NO_MONEY_PERHAPS: ErrorWords = {
  codes: { OpenAI: ["insufficient_quota", "quota_exceeded"] },
  phrases: {
    OpenAI: ["exceeded your current quota"],
    many: [
      "insufficient quota",
      "quota exhausted",
      "quota has been exhausted",
      "quota has been used up",
      "quota has been reached",
      "配额不足",
    ],
  },
};

/** A 401 with this text is about money, not about the key (opencode Zen). */
export const NO_MONEY_401: RegExp =
  /\b(?:credits?|billing|balance|payment|quota|overdue)\b|余额|欠费|额度|充值/i;
