// What several adapters share.
import type { JsonValue } from "../../../core/item.ts";
import { fieldsOf } from "../../../core/json-fields.ts";
import { isAzure } from "../base-url.ts";
import type { AnswerVersion, Api, ApiHome } from "./api.ts";

export const OPENAI: ApiHome = {
  baseUrl: "https://api.openai.com/v1",
  baseUrlVariable: "OPENAI_BASE_URL",
  keyVariable: "OPENAI_API_KEY",
  account: [
    ["openai-organization", "OPENAI_ORG_ID"],
    ["openai-project", "OPENAI_PROJECT_ID"],
  ],
};

/** The key as OpenAI and those that are compatible with it take it. */
export const bearerKey: Api["keyHeaders"] = (key, baseUrl) =>
  isAzure(baseUrl) ? { "api-key": key } : { authorization: `Bearer ${key}` };

/** `model` and `system_fingerprint` at the top of an answer. */
export function versionIn(value: JsonValue): AnswerVersion {
  const { model, system_fingerprint: fingerprint } = fieldsOf(value);
  return { model: textOrNull(model), fingerprint: textOrNull(fingerprint) };
}

function textOrNull(value: JsonValue | undefined): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

/** The `type` of an event of a stream; empty without one. */
export function eventType(value: JsonValue): string {
  const { type } = fieldsOf(value);
  return typeof type === "string" ? type : "";
}

/** The texts of a content: a text, or parts of which some have a `text`. Pictures and numbers have none. */
export function contentTexts(content: unknown): readonly string[] {
  if (typeof content === "string") return [content];
  if (Array.isArray(content)) return (content as readonly unknown[]).flatMap(contentTexts);
  if (typeof content !== "object" || content === null) return [];
  const { text, content: inner } = content as { readonly text?: unknown; readonly content?: unknown };
  return [...(typeof text === "string" ? [text] : []), ...contentTexts(inner)];
}
