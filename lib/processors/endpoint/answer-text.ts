// What the message of an answer says: its text, or the words of a refusal, wherever they stand.
import { fieldsOf } from "./endpoint-error.ts";
import type { JsonValue } from "../../core/item.ts";

export type AnswerText = {
  /** The text; without any, the words of a refusal; empty when it has neither. */
  readonly text: string;
  readonly isRefusal: boolean;
  /** It calls tools. */
  readonly hasCalls: boolean;
  /** Something was generated: a text, a refusal or calls. */
  readonly isFilled: boolean;
};

export function textOf(message: ReturnType<typeof fieldsOf>): AnswerText {
  const { content, refusal, tool_calls: calls, function_call: call } = message;
  const parts = Array.isArray(content) ? (content as readonly JsonValue[]).map(fieldsOf) : [];
  const text = typeof content === "string" ? content : joined(parts, "text");
  const refused = [typeof refusal === "string" ? refusal : "", joined(parts, "refusal")];
  const words = refused.filter((one) => one.trim() !== "");
  const hasCalls = (Array.isArray(calls) && calls.length > 0) || Object.keys(fieldsOf(call)).length > 0;
  // A refusal beside a text is rare, and no word of either is lost.
  const kept = words.length === 0 ? text : [text, ...words].filter((one) => one.trim() !== "").join("\n");
  return { text: kept, isRefusal: words.length > 0, hasCalls, isFilled: kept.trim() !== "" || hasCalls };
}

function joined(parts: readonly ReturnType<typeof fieldsOf>[], name: string): string {
  return parts
    .map((part) => part[name])
    .filter((text) => typeof text === "string")
    .join("");
}
