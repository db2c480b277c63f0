// Errors that refuse the key or its account for any request. Sources: as in quota-words.ts.
import type { ErrorWords } from "./error-words.ts";

export const KEY_REFUSED: ErrorWords = {
  codes: {
    OpenAI: [
      "invalid_api_key",
      "account_deactivated",
      "access_terminated",
      "unsupported_country_region_territory",
    ],
    "Anthropic, llama.cpp, DeepSeek": ["authentication_error"],
    "Google, xAI": ["api_key_invalid", "unauthenticated", "api_key_expired"],
    "DashScope, Volcengine": ["invalidapikey", "authenticationerror"],
    Moonshot: ["incorrect_api_key_error", "invalid_authentication_error", "access_terminated_error"],
    // The key; an inactive, missing or locked account; no permission for the API.
    Zhipu: ["1000", "1001", "1002", "1003", "1004", "1110", "1111", "1112", "1121", "1220"],
    MiniMax: ["base_resp.1004", "base_resp.2049"],
    Baidu: [
      "invalid_iam_token",
      "error_code.13",
      "error_code.14",
      "error_code.15",
      "error_code.110",
      "error_code.111",
    ],
    FastChat: ["object.40101", "object.40102", "object.40103"],
  },
  phrases: {
    Gemini: ["api key not valid", "api key is not valid", "api key expired", "api key has expired"],
    many: [
      "api key is invalid",
      "api key invalid",
      "invalid api key",
      "invalid api-key",
      "incorrect api key",
    ],
    DeepSeek: ["authentication fails"],
    account: [
      "account has been disabled",
      "account has been suspended",
      "account has been deactivated",
      "organization has been disabled",
    ],
    Azure: ["resource has been temporarily blocked"],
    密钥: [
      "身份验证失败",
      "无效的令牌",
      "令牌已过期",
      "令牌状态不可用",
      "账户已被锁定",
      "账号已被锁定",
      "账号已被封禁",
      "账户已被封禁",
      "账户已停用",
    ],
  },
};
