// The meaning of finish reasons, in every spelling that providers document.

/** whole: complete; length: cut off; broken: generation failed, a retry may help; unknown: not in this list. */
export type Finish = "whole" | "length" | "content_filter" | "refusal" | "broken" | "unknown";

/** Sources: the API references of those named; Zhipu: docs.bigmodel.cn; Gemini: FinishReason of Vertex AI. */
export const FINISH_REASONS: Readonly<
  Record<Exclude<Finish, "unknown">, Readonly<Record<string, readonly string[]>>>
> = {
  whole: {
    OpenAI: ["stop", "tool_calls", "function_call"],
    "Anthropic, Bedrock": ["end_turn", "stop_sequence", "tool_use"],
    "Together, TGI": ["eos", "eos_token"],
    "Cohere, Qianfan": ["complete", "tool_call", "normal"],
    "OpenAI's Responses": ["completed"],
  },
  length: {
    OpenAI: ["length"],
    "Anthropic, Gemini": ["max_tokens", "model_context_window_exceeded"],
    "Mistral, Cohere": ["model_length", "error_limit"],
    gateways: [
      "max_output_tokens",
      "max_new_tokens",
      "max_completion_tokens",
      "max_length",
      "token_limit",
      "length_exceeded",
      "context_length",
      "context_length_exceeded",
      "truncated",
    ],
    // Without `incomplete_details`, which says why.
    "OpenAI's Responses": ["incomplete"],
  },
  content_filter: {
    "OpenAI, Azure": ["content_filter"],
    Zhipu: ["sensitive"],
    "Bedrock, Cohere": ["content_filtered", "guardrail_intervened", "error_toxic"],
    Gemini: [
      "safety",
      "image_safety",
      "recitation",
      "blocklist",
      "prohibited_content",
      "spii",
      "model_armor",
    ],
    gateways: ["moderation", "flagged", "blocked", "censored"],
  },
  refusal: { Anthropic: ["refusal"] },
  broken: {
    "Mistral, OpenRouter": ["error"],
    Zhipu: ["network_error"],
    DeepSeek: ["insufficient_system_resource"],
    "vLLM, SGLang": ["abort"],
    "Ollama (the model was loaded, nothing more)": ["load", "unload"],
    Gemini: ["malformed_function_call", "unexpected_tool_call"],
    "Cohere, gateways": ["timeout", "user_cancel", "cancelled", "canceled", "aborted"],
    others: [
      "server_error",
      "internal_error",
      "upstream_error",
      "provider_error",
      "connection_error",
      "engine_error",
      "timed_out",
      "interrupted",
      "overloaded",
      "failure",
    ],
    "OpenAI's Responses": ["failed", "in_progress", "queued"],
  },
};

const FINISHES: ReadonlyMap<string, Finish> = new Map(
  Object.entries(FINISH_REASONS).flatMap(([finish, sources]) =>
    Object.values(sources).flatMap((words) => words.map((word) => [word, finish as Finish] as const)),
  ),
);

/** Values that mean "no reason". */
const NOTHING: ReadonlySet<string> = new Set(["", "null", "none", "undefined"]);

/** Whether a finish reason is given: in a stream, all pieces but the last one have none. */
export function isFinishReason(reason: unknown): boolean {
  if (typeof reason !== "string") return reason !== null && reason !== undefined;
  return !NOTHING.has(reason.trim().toLowerCase());
}

/** @param reason of the answer, in any case; null, missing or empty counts as whole */
export function finishOf(reason: unknown): Finish {
  if (reason === null || reason === undefined) return "whole";
  if (typeof reason !== "string") return "unknown";
  // Python programs write an enum member as `FinishReason.MAX_TOKENS`; Gemini's endpoint sends `content_filter: PROHIBITED_CONTENT`.
  const word = reason
    .trim()
    .replaceAll(/([a-z])(?=[A-Z])/g, "$1_")
    .toLowerCase()
    .replaceAll(/[\s-]+/g, "_")
    .replace(/^finish_?reason[._]/, "")
    .replace(/^content_filter:.*/s, "content_filter");
  return NOTHING.has(word) ? "whole" : (FINISHES.get(word) ?? "unknown");
}
