// Errors about a model that does not exist, or that the account may not use. Sources: as in quota-words.ts.
import type { ErrorWords } from "./error-words.ts";

export const NO_MODEL: ErrorWords = {
  codes: {
    OpenAI: ["model_not_found"],
    Groq: ["model_decommissioned"],
    "Mistral, Baidu": ["invalid_model"],
    gateways: ["unknown_model", "modelnotfound", "model_not_available"],
    Azure: ["deploymentnotfound", "deployment_not_found"],
    Volcengine: [/^invalidendpoint(?:ormodel)?\.notfound$/, "modelnotopen", "invalidendpoint.closedendpoint"],
    Zhipu: ["1211", "1311"],
    SiliconFlow: ["20012"],
    FastChat: ["object.40301"],
    LiteLLM: [/^(?:key|team|user|org|project)_model_access_denied$/],
  },
  phrases: {
    "DeepSeek, SiliconFlow": ["model not exist", "model does not exist"],
    OpenRouter: ["is not a valid model id", "no endpoints found", "endpoints available matching"],
    MiniMax: ["unknown model"],
    many: ["model not found", "has been decommissioned"],
    LiteLLM: ["invalid model name passed"],
    模型: ["模型不存在", "无权访问模型"],
  },
};

/** A 404 with this text is about the model, without it about the URL. Anthropic only names it: `model: claude-9`. */
export const NO_MODEL_404: RegExp =
  /\bmodels?\b.*\b(?:not found|not exist|unknown|not supported|deprecated)\b|^model: \S+$/is;
