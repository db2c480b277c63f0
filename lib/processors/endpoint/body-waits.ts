// The wait that an error requests in its body: Gemini's `retryDelay` (google.rpc.RetryInfo), OpenRouter's `metadata.headers`, the `estimated_time` of
// a loading model (Hugging Face), `retry_after` of gateways; and the texts of OpenAI, Groq, Azure and Gemini.
import type { JsonValue } from "../../core/item.ts";
import { askedWaitMs, durationMs, untilMs, waitOfNumberMs } from "../pace/rate-headers.ts";
import { type Fields, fieldsOf } from "../../core/json-fields.ts";

/** Names of keys with waits, and the unit of a plain number in milliseconds. */
const NAMES: readonly (readonly [name: string, unitMs: number])[] = [
  ["retryDelay", 1000],
  ["retry_after_ms", 1],
  ["retryAfterMs", 1],
  ["retry_after_seconds", 1000],
  ["retryAfterSeconds", 1000],
  ["retry_after", 1000],
  ["retryAfter", 1000],
  ["retry_in", 1000],
  ["estimated_time", 1000],
];

/** "Please try again in 1m12.5s", "Please retry after 6 seconds", "Please wait 60 seconds before retrying", "Rate limit resets in 1 minute and 5 seconds". */
const IN_WORDS =
  /\b(?:(?:try again|retry|available|resets?) (?:in|after)|wait(?: for)?) ((?:(?:and )?\d+(?:\.\d+)?\s?[a-z]+,?\s?)+)/i;
/** "请在 20 秒后重试", "请 2 分钟后再试". */
const IN_CHINESE = /(\d+(?:\.\d+)?)\s?(毫秒|秒钟?|分钟?|小时)(?:之|以)?后/;
const CHINESE_MS: Readonly<Record<string, number>> = { 毫: 1, 秒: 1000, 分: 60_000, 小: 3_600_000 };

/** @param fields the error @param message its text @returns milliseconds, at least 0; null without a wait */
export function bodyWaitMs(fields: Fields, message: string, nowMs: number): number | null {
  const { metadata, details } = fields;
  const within = fieldsOf(metadata);
  const listed = Array.isArray(details) ? (details as readonly JsonValue[]).map(fieldsOf) : [];
  for (const place of [fields, within, ...listed]) {
    const waitMs = waitIn(place, nowMs);
    if (waitMs !== null) return waitMs;
  }
  const headers = lowerCase(fieldsOf(within["headers"]));
  return askedWaitMs((name) => headers.get(name) ?? null, nowMs) ?? waitInWords(message);
}

function waitInWords(message: string): number | null {
  const words = IN_WORDS.exec(message)?.[1] ?? "";
  const [, amount, unit = ""] = IN_CHINESE.exec(message) ?? [];
  const waitMs = durationMs(words.replaceAll(/\band |,/g, " ").replaceAll(/\s+/g, " "));
  return waitMs ?? (amount === undefined ? null : Number(amount) * (CHINESE_MS[unit.slice(0, 1)] ?? 0));
}

function waitIn(fields: Fields, nowMs: number): number | null {
  for (const [name, unitMs] of NAMES) {
    const value = fields[name];
    if (typeof value === "number" && value >= 0) return waitOfNumberMs(value, unitMs, nowMs);
    if (typeof value !== "string") continue;
    const waitMs = /^\d+(?:\.\d+)?$/.test(value)
      ? waitOfNumberMs(Number(value), unitMs, nowMs)
      : (durationMs(value) ?? untilMs(value, nowMs));
    if (waitMs !== null) return waitMs;
  }
  return null;
}

function lowerCase(fields: Fields): Map<string, string> {
  const texts = Object.entries(fields).filter(
    ([, value]) => typeof value === "string" || typeof value === "number",
  );
  return new Map(texts.map(([name, value]) => [name.toLowerCase(), `${value as string | number}`]));
}
