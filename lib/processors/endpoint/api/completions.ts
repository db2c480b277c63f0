// Text completions, the older API of OpenAI: base models on vLLM, llama.cpp and others.
import { textOf } from "../answer-text.ts";
import { firstChoice } from "../endpoint-error.ts";
import { fieldsOf } from "../../../core/json-fields.ts";
import { ChoicesAssembler } from "../stream/choices-assembler.ts";
import { STREAM_WITH_USAGE } from "../stream/usage-option.ts";
import type { Api } from "./api.ts";
import { bearerKey, contentTexts, OPENAI, versionIn } from "./common.ts";

export const completions: Api = {
  name: "completions",
  home: OPENAI,
  path: "/completions",
  headers: {},
  keyHeaders: bearerKey,
  bodyOf: ({ prompt }) => ({ prompt }),
  messagesBody: null,
  parts: null,
  hasSystem: false,
  questionNames: ["prompt"],
  textsOf: ({ prompt }) => contentTexts(prompt),
  boundNames: ["max_tokens"],
  requiredNames: [],
  answers: ["text", "full"],
  noAnswer: "the answer is no text completion",
  lacksPart: "it has no choices[0].text",
  looksLikeAnswer: (value) => (fieldsOf(value)["choices"] ?? null) !== null,
  hasAnswer: (value) => typeof firstChoice(value)["text"] === "string",
  // A chunk has the form of a whole answer; only the last one has a finish reason.
  isChunk: (value, count) => count > 1 || (firstChoice(value)["finish_reason"] ?? null) === null,
  stream: { parameters: STREAM_WITH_USAGE, assembler: () => new ChoicesAssembler("text") },
  shared: null,
  read: (value) => {
    const { text, finish_reason: finish } = firstChoice(value);
    const answer = textOf({ content: text ?? "" }, () => "");
    return {
      ...answer,
      finish,
      finishName: "finish_reason",
      usage: fieldsOf(value)["usage"],
      generated: answer.text,
      message: () => null,
      vector: () => null,
      version: versionIn(value),
    };
  },
};
