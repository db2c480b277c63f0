// Extracts the text of an answer's message, or of a refusal, wherever it is.
import { fieldsOf } from "../../core/json-fields.ts";
import type { JsonValue } from "../../core/item.ts";

export type AnswerText = {
  /** The text; without one, the text of a refusal; empty without either. */
  readonly text: string;
  readonly isRefusal: boolean;
  /** Whether it calls tools. */
  readonly hasCalls: boolean;
  /** Whether anything was generated: a text, a refusal or tool calls. */
  readonly isFilled: boolean;
};

/**
 * @param message undefined when the answer has none
 * @param written JSON text of its content, used when the content is neither a text nor a list of parts: some servers send a JSON value instead of a
 * text
 */
export function textOf(message: ReturnType<typeof fieldsOf>, written: () => string): AnswerText {
  const { content, refusal, tool_calls: calls, function_call: call } = message;
  const parts = partsOf(content);
  const text = typeof content === "string" ? content : parts === null ? written() : joined(parts, "text");
  const ofRefusal = (parts ?? []).filter(({ type }) => type === "refusal");
  const refused = [wordsOf(refusal), joined(parts ?? [], "refusal")];
  const words = refused.filter((one) => one.trim() !== "");
  const isRefusal = words.length > 0 || refusal === true || ofRefusal.length > 0;
  const hasCalls = (Array.isArray(calls) && calls.length > 0) || Object.keys(fieldsOf(call)).length > 0;
  // A refusal in addition to a text is rare. Both are kept.
  const kept = words.length === 0 ? text : [text, ...words].filter((one) => one.trim() !== "").join("\n");
  return { text: kept, isRefusal, hasCalls, isFilled: kept.trim() !== "" || hasCalls };
}

/** The words of a refusal: a text, or an object that has one. */
function wordsOf(refusal: JsonValue | undefined): string {
  if (typeof refusal === "string") return refusal;
  const { text, message, reason } = fieldsOf(refusal);
  return [text, message, reason].find((one) => typeof one === "string") ?? "";
}

type Part = ReturnType<typeof fieldsOf>;

/** The parts of a content; null when it has none. A part may be a bare text, and a single part may come without an array. */
function partsOf(content: JsonValue | undefined): readonly Part[] | null {
  if (content === null || content === undefined || typeof content === "string") return [];
  if (Array.isArray(content))
    return (content as readonly JsonValue[]).map((part) =>
      typeof part === "string" ? { text: part } : fieldsOf(part),
    );
  const only = fieldsOf(content);
  return typeof only["text"] === "string" || typeof only["refusal"] === "string" ? [only] : null;
}

function joined(parts: readonly Part[], name: string): string {
  return parts
    .map((part) => part[name])
    .filter((text) => typeof text === "string")
    .join("");
}
