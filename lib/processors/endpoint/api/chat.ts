// Chat completions of OpenAI, which nearly every server offers.
import type { JsonValue } from "../../../core/item.ts";
import { fieldJson, fieldText } from "../../../core/json-text.ts";
import { textOf } from "../answer-text.ts";
import { firstChoice } from "../endpoint-error.ts";
import { fieldsOf } from "../../../core/json-fields.ts";
import { ChoicesAssembler } from "../stream/choices-assembler.ts";
import { STREAM_WITH_USAGE } from "../stream/usage-option.ts";
import type { Api } from "./api.ts";
import { OPENAI, bearerKey, contentTexts, versionIn } from "./common.ts";

/** Path of the message in an answer. */
const MESSAGE = ["choices", "0", "message"] as const;

export const chat: Api = {
  name: "chat",
  home: OPENAI,
  path: "/chat/completions",
  headers: {},
  keyHeaders: bearerKey,
  bodyOf: ({ system, prompt }) => ({
    messages: [
      ...(system === null ? [] : [{ role: "system", content: system }]),
      { role: "user", content: prompt },
    ],
  }),
  messagesBody: (messages) => ({ messages }),
  parts: {
    text: (text) => ({ type: "text", text }),
    picture: (url) => ({ type: "image_url", image_url: { url } }),
  },
  hasSystem: true,
  questionNames: ["messages"],
  textsOf: ({ messages }) => contentTexts(messages),
  boundNames: ["max_completion_tokens", "max_tokens"],
  requiredNames: [],
  answers: ["text", "message", "full"],
  noAnswer: "the answer is no chat completion",
  lacksPart: "it has no choices[0].message",
  looksLikeAnswer: (value) => (fieldsOf(value)["choices"] ?? null) !== null,
  hasAnswer: (value) => {
    const { message } = firstChoice(value);
    return typeof message === "object" && message !== null;
  },
  isChunk: (value) => {
    const { delta, message } = firstChoice(value);
    const isNamed = fieldsOf(value)["object"] === "chat.completion.chunk";
    return isNamed || (delta !== undefined && message === undefined);
  },
  stream: { parameters: STREAM_WITH_USAGE, assembler: () => new ChoicesAssembler("message") },
  shared: null,
  read: (value, json) => {
    const { message = null } = firstChoice(value);
    const written = (): string => fieldText(json, value, [...MESSAGE, "content"]) ?? "";
    const answer = textOf(fieldsOf(message), written);
    return {
      ...answer,
      finish: finishReasonIn(value),
      finishName: "finish_reason",
      usage: fieldsOf(value)["usage"],
      generated: answer.text || JSON.stringify(message),
      message: () => fieldJson(json, value, MESSAGE) ?? null,
      vector: () => null,
      version: versionIn(value),
    };
  },
};

/** Its own finish reason, else that of the provider behind a gateway, else Gemini's reason for not answering. */
function finishReasonIn(value: JsonValue): JsonValue | undefined {
  const { finish_reason: reason, native_finish_reason: native } = firstChoice(value);
  return reason ?? native ?? fieldsOf(fieldsOf(value)["promptFeedback"])["blockReason"];
}
