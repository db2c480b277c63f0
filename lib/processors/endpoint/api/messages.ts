// The Messages API of Anthropic, which gateways and vLLM offer, too.
import type { JsonValue } from "../../../core/item.ts";
import { fieldJson } from "../../../core/json-text.ts";
import { textOf } from "../answer-text.ts";
import { type Fields, fieldsOf } from "../../../core/json-fields.ts";
import { MessagesAssembler } from "../stream/messages-assembler.ts";
import type { Api, ApiHome, RequestBody } from "./api.ts";
import { contentTexts, eventType, versionIn } from "./common.ts";

const ANTHROPIC: ApiHome = {
  baseUrl: "https://api.anthropic.com/v1",
  baseUrlVariable: null,
  keyVariable: "ANTHROPIC_API_KEY",
  account: [],
};

/** Events of a stream. */
const EVENTS = /^(?:message_(?:start|delta|stop)|content_block_(?:start|delta|stop)|ping)$/;

export const messages: Api = {
  name: "messages",
  home: ANTHROPIC,
  path: "/messages",
  headers: { "anthropic-version": "2023-06-01" },
  // Anthropic itself takes `Authorization` for another kind of token. Other servers of this API look for the key in one or the other.
  keyHeaders: (key, baseUrl) => ({
    "x-api-key": key,
    ...(baseUrl === ANTHROPIC.baseUrl ? {} : { authorization: `Bearer ${key}` }),
  }),
  bodyOf: ({ system, prompt }) => ({
    ...(system === null ? {} : { system }),
    messages: [{ role: "user", content: prompt }],
  }),
  messagesBody,
  parts: {
    text: (text) => ({ type: "text", text }),
    picture: (url) => ({ type: "image", source: pictureSource(url) }),
  },
  hasSystem: true,
  questionNames: ["messages", "system"],
  textsOf: ({ system, messages: asked }) => [...contentTexts(system), ...contentTexts(asked)],
  boundNames: ["max_tokens"],
  requiredNames: ["max_tokens"],
  answers: ["text", "message", "full"],
  noAnswer: "the answer is no message of the Messages API",
  lacksPart: "it has no content",
  looksLikeAnswer: (value) => {
    const { type, content } = fieldsOf(value);
    return type === "message" || Array.isArray(content);
  },
  hasAnswer: (value) => Array.isArray(fieldsOf(value)["content"]),
  isChunk: (value) => EVENTS.test(eventType(value)),
  stream: { parameters: { stream: true }, assembler: () => new MessagesAssembler() },
  shared: null,
  read: (value, json) => {
    const { content = null, stop_reason: finish, usage } = fieldsOf(value);
    const calls = blocksOf(content).filter(({ type }) => type === "tool_use") as readonly JsonValue[];
    const answer = textOf({ content, tool_calls: calls }, () => "");
    return {
      ...answer,
      finish,
      finishName: "stop_reason",
      usage,
      generated: answer.text || JSON.stringify(content),
      // As it is sent back in the next request of a conversation.
      message: () => {
        const blocks = fieldJson(json, value, ["content"]);
        return blocks === undefined ? null : `{"role":"assistant","content":${blocks}}`;
      },
      vector: () => null,
      version: versionIn(value),
    };
  },
};

/** Messages of the system have a place of their own in this API. */
function messagesBody(given: readonly unknown[]): RequestBody {
  const isSystem = (message: unknown): boolean =>
    typeof message === "object" && message !== null && "role" in message && message.role === "system";
  const system = given.filter(isSystem).flatMap((message) => contentTexts(message));
  return {
    ...(system.length === 0 ? {} : { system: system.join("\n\n") }),
    messages: given.filter((message) => !isSystem(message)),
  };
}

const DATA_URL = /^data:([^;,]*);base64,/;

function pictureSource(url: string): object {
  const [head, type] = DATA_URL.exec(url) ?? [];
  if (head === undefined) return { type: "url", url };
  return { type: "base64", media_type: type, data: url.slice(head.length) };
}

function blocksOf(content: JsonValue): readonly Fields[] {
  return Array.isArray(content) ? (content as readonly JsonValue[]).map(fieldsOf) : [];
}
