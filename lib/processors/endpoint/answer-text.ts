// What the message of an answer says: its text, or the words of a refusal, wherever they stand.
import { fieldsOf } from "./json-fields.ts";
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

/**
 * @param message none without one
 * @param written JSON text of its content, for what is neither a text nor made of parts: some servers put a JSON value in the place of its text
 */
export function textOf(message: ReturnType<typeof fieldsOf>, written: () => string): AnswerText {
  const { content, refusal, tool_calls: calls, function_call: call } = message;
  const parts = partsOf(content);
  const text = typeof content === "string" ? content : parts === null ? written() : joined(parts, "text");
  const refused = [typeof refusal === "string" ? refusal : "", joined(parts ?? [], "refusal")];
  const words = refused.filter((one) => one.trim() !== "");
  const hasCalls = (Array.isArray(calls) && calls.length > 0) || Object.keys(fieldsOf(call)).length > 0;
  // A refusal beside a text is rare, and no word of either is lost.
  const kept = words.length === 0 ? text : [text, ...words].filter((one) => one.trim() !== "").join("\n");
  return { text: kept, isRefusal: words.length > 0, hasCalls, isFilled: kept.trim() !== "" || hasCalls };
}

type Part = ReturnType<typeof fieldsOf>;

/** The parts of a content, of which a text may stand bare, and a single one without an array; null when it is not made of parts. */
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
