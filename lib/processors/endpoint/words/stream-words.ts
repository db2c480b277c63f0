// Errors about streams: a model answers only in streams, or not in streams. Sources: issues of OpenManus (330), cursor-byok (14) and gh-models (31); Alibaba Cloud's error codes of Model Studio; Fireworks' API reference.
import type { ErrorWords } from "./error-words.ts";

/** The model must be asked for a stream. */
export const STREAM_REQUIRED: ErrorWords = {
  codes: {},
  phrases: {
    DashScope: ["only support stream mode", "must be set to false for non-streaming call"],
    "OpenAI (Codex)": ["stream must be set to true"],
    Fireworks: ["must have stream=true"],
    gateways: ["only supports stream", "streaming is required", "requires streaming"],
    流式: ["仅支持流式", "只支持流式"],
  },
};

/** The model must not be asked for a stream. */
export const STREAM_REFUSED: ErrorWords = {
  codes: {},
  phrases: {
    "OpenAI, GitHub Models": ["'stream' does not support true"],
    gateways: ["does not support streaming", "streaming is not supported", "streaming not supported"],
    流式: ["不支持流式"],
  },
};
