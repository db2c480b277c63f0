// Errors caused by a single item: its content is not allowed, or it is too long. Other items may succeed. Sources: as in quota-words.ts; Azure's
// content filtering; Groq's errors (console.groq.com/docs/errors: 413 with the code of a rate limit).
import type { ErrorWords } from "./error-words.ts";

export const NOT_ALLOWED: ErrorWords = {
  codes: {
    "OpenAI, Moonshot": [
      "content_filter",
      "content_policy_violation",
      "invalid_prompt",
      "cyber_policy_violation",
    ],
    Azure: ["responsibleaipolicyviolation"],
    gateways: ["moderation_blocked", "safety_check_failed", "prohibited_content", "sensitive_words_detected"],
    DashScope: ["data_inspection_failed", "datainspectionfailed"],
    Zhipu: ["1301"],
    // About the request; about the answer.
    MiniMax: ["base_resp.1026", "base_resp.1027"],
    Volcengine: [
      /^(?:input|output)?(?:text|image|video|audio)?(?:sensitivecontentdetected|riskdetection)(?:\.\S+)?$/,
    ],
    Baidu: ["unsafe_request", /^\w+_unsafe$/],
    // About the request; about the answer; about the conversation.
    "iFlytek Spark": ["10013", "10014", "10019"],
    "StepFun and others": ["censorship_blocked", "content_flagged", "content_policy"],
  },
  phrases: {
    DeepSeek: ["content exists risk"],
    // Gateways pass these errors on without their codes.
    "Azure, DashScope, MiniMax": ["content management policy", "inappropriate content", "new_sensitive"],
    Moonshot: ["considered high risk"],
    "OpenRouter, OpenAI": ["input was flagged", "violating our usage policy", "result of our safety system"],
    Anthropic: ["blocked by content filtering policy"],
    xAI: ["violates usage guidelines"],
    StepFun: ["machine outputted is blocked"],
    "Gemini and gateways": [
      "prohibited_content",
      "blocked due to safety",
      "blocked by safety",
      "flagged by safety",
      "flagged by moderation",
      "flagged by our moderation",
      "blocked by guardrail",
      "violates our content policy",
    ],
    敏感: [
      "不安全或敏感内容",
      "敏感词",
      "敏感信息",
      "敏感内容",
      "审核不通过",
      "审核未通过",
      "涉嫌违规",
      "内容违规",
    ],
  },
};

export const TOO_LONG: ErrorWords = {
  codes: {
    OpenAI: ["context_length_exceeded", "string_above_max_length"],
    "llama.cpp, Anthropic": ["exceed_context_size_error", "request_too_large"],
    "Zhipu, Baidu": ["1261", "tokens_too_long", "characters_too_long", "error_code.336007"],
    FastChat: ["object.40303"],
    "iFlytek Spark": ["10907"],
  },
  phrases: {
    "OpenAI, Groq": ["request too large for", "maximum context length"],
    "xAI, Bedrock": ["maximum prompt length", "input is too long"],
    Gemini: ["exceeds the maximum number of tokens"],
    DashScope: ["range of input length"],
    "TGI, SGLang, LM Studio": [
      "`inputs` must have less than",
      "longer than the model's context",
      "context length of only",
    ],
    "LiteLLM, Ollama": ["contextwindowexceeded", "prompt too long", "max context length"],
    many: [
      "exceeds the context window",
      "exceeds the model's context",
      "context window exceeded",
      "too many input tokens",
    ],
    过长: [
      "输入内容过长",
      "输入过长",
      "上下文长度限制",
      "超过最大token",
      "超出最大token",
      "token数量超过上限",
      "输入长度超过",
    ],
    "FastChat, Anthropic": ["context length is", "prompt is too long"],
    Moonshot: ["exceeded model token limit", "token length too long"],
    "llama.cpp": ["exceeds the available context size", "too large to process"],
  },
};
