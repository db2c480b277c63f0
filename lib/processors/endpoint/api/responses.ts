// The Responses API of OpenAI. An answer is a list of output items: messages, reasoning, calls of tools.
import type { JsonValue } from "../../../core/item.ts";
import { fieldJson } from "../../../core/json-text.ts";
import { textOf } from "../answer-text.ts";
import { type Fields, fieldsOf } from "../../../core/json-fields.ts";
import { ResponsesAssembler } from "../stream/responses-assembler.ts";
import type { Api } from "./api.ts";
import { bearerKey, contentTexts, eventType, OPENAI, versionIn } from "./common.ts";

/** Items that ask the caller to do something. Calls that the server makes itself (a web search) are not among them. */
const CALLS: ReadonlySet<unknown> = new Set([
  "function_call",
  "custom_tool_call",
  "computer_call",
  "local_shell_call",
  "shell_call",
  "apply_patch_call",
]);

export const responses: Api = {
  name: "responses",
  home: OPENAI,
  path: "/responses",
  headers: {},
  keyHeaders: bearerKey,
  bodyOf: ({ system, prompt }) => ({
    ...(system === null ? {} : { instructions: system }),
    input: prompt,
  }),
  messagesBody: (input) => ({ input }),
  parts: {
    text: (text) => ({ type: "input_text", text }),
    picture: (url) => ({ type: "input_image", image_url: url }),
  },
  hasSystem: true,
  questionNames: ["input", "instructions"],
  textsOf: ({ instructions, input }) => [...contentTexts(instructions), ...contentTexts(input)],
  boundNames: ["max_output_tokens"],
  requiredNames: [],
  answers: ["text", "message", "full"],
  noAnswer: "the answer is no response of the Responses API",
  lacksPart: "it has no output",
  looksLikeAnswer: (value) => {
    const { object, output } = fieldsOf(value);
    return object === "response" || Array.isArray(output);
  },
  hasAnswer: (value) => Array.isArray(fieldsOf(value)["output"]),
  isChunk: (value) => eventType(value).startsWith("response."),
  stream: { parameters: { stream: true }, assembler: () => new ResponsesAssembler() },
  shared: null,
  read: (value, json) => {
    const items = itemsOf(value);
    const content = items.filter(({ type }) => type === "message").flatMap((item) => partsIn(item));
    const calls = items.filter(({ type }) => CALLS.has(type)) as readonly JsonValue[];
    const answer = textOf({ content, tool_calls: calls }, () => "");
    return {
      ...answer,
      finish: finishIn(value),
      finishName: "status",
      usage: fieldsOf(value)["usage"],
      generated: answer.text || JSON.stringify(items),
      message: () => fieldJson(json, value, ["output"]) ?? null,
      vector: () => null,
      version: versionIn(value),
    };
  },
};

function itemsOf(value: JsonValue): readonly Fields[] {
  const { output } = fieldsOf(value);
  return Array.isArray(output) ? (output as readonly JsonValue[]).map(fieldsOf) : [];
}

function partsIn({ content }: Fields): readonly JsonValue[] {
  return Array.isArray(content) ? (content as readonly JsonValue[]) : [content ?? ""];
}

/** Why an answer is incomplete, else its status. */
function finishIn(value: JsonValue): JsonValue | undefined {
  const { status, incomplete_details: details } = fieldsOf(value);
  return status === "incomplete" ? (fieldsOf(details)["reason"] ?? status) : status;
}
