// Any other API, named by its path (`--api /rerank`): the body is posted there, and the whole answer is kept.
import { fieldsOf } from "../../../core/json-fields.ts";
import type { Api } from "./api.ts";
import { bearerKey, contentTexts, OPENAI, versionIn } from "./common.ts";

/** @param path begins with a slash */
export function otherApi(path: string): Api {
  return {
    name: path,
    home: OPENAI,
    path,
    headers: {},
    keyHeaders: bearerKey,
    bodyOf: null,
    messagesBody: null,
    parts: null,
    hasSystem: false,
    questionNames: [],
    // Nothing is known of the body: the model's name is the only text that is no input.
    textsOf: ({ model: _model, ...body }) => Object.values(body).flatMap(allTexts),
    boundNames: ["max_tokens", "max_completion_tokens", "max_output_tokens", "max_new_tokens"],
    requiredNames: [],
    answers: ["full"],
    noAnswer: "the answer is no JSON value",
    lacksPart: "it is empty",
    looksLikeAnswer: () => true,
    hasAnswer: () => true,
    isChunk: (_value, count) => count > 1,
    stream: null,
    shared: null,
    read: (value) => ({
      text: "",
      isRefusal: false,
      hasCalls: false,
      isFilled: true,
      finish: undefined,
      finishName: "finish_reason",
      usage: fieldsOf(value)["usage"],
      generated: null,
      message: () => null,
      vector: () => null,
      version: versionIn(value),
    }),
  };
}

function allTexts(value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return contentTexts(value);
  return Object.values(value).flatMap(allTexts);
}
