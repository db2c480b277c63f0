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
  },
  phrases: {
    DeepSeek: ["content exists risk"],
    // Gateways pass these errors on without their codes.
    "Azure, DashScope, MiniMax": ["content management policy", "inappropriate content", "new_sensitive"],
    Moonshot: ["considered high risk"],
    "OpenRouter, OpenAI": ["input was flagged", "violating our usage policy"],
    敏感: ["不安全或敏感内容", "敏感词"],
  },
};

export const TOO_LONG: ErrorWords = {
  codes: {
    OpenAI: ["context_length_exceeded", "string_above_max_length"],
    "llama.cpp, Anthropic": ["exceed_context_size_error", "request_too_large"],
    "Zhipu, Baidu": ["1261", "tokens_too_long", "characters_too_long", "error_code.336007"],
    FastChat: ["object.40303"],
  },
  phrases: {
    "OpenAI, Groq": ["request too large for", "maximum context length"],
    "FastChat, Anthropic": ["context length is", "prompt is too long"],
    Moonshot: ["exceeded model token limit", "token length too long"],
    "llama.cpp": ["exceeds the available context size", "too large to process"],
  },
};
