// The wait that an answer requests in its headers. retry-after-ms wins over Retry-After (RFC 9110: seconds or a date), that over
// x-ratelimit-reset-requests, -tokens, the same with -minute, a plain x-ratelimit-reset and ratelimit-reset (as OpenAI writes them: `1s`, `6m0s`,
// `120ms`; others: seconds, seconds or milliseconds since the epoch, or a date).
import { UNIT_MS } from "../../core/durations.ts";

/** Numbers of seconds from this on are a time since the epoch (2001 and later). */
const EPOCH_SECONDS_MIN = 1_000_000_000;
/** From this on, they are milliseconds since the epoch (OpenRouter). */
const EPOCH_MS_MIN = 1_000_000_000_000;

/** Parts of a limit's header names before and after `reset` and `remaining`. */
const LIMITS: readonly (readonly [before: string, behind: string])[] = [
  ["x-ratelimit-", "-requests"],
  ["x-ratelimit-", "-tokens"],
  ["x-ratelimit-", "-requests-minute"], // Cerebras
  ["x-ratelimit-", "-tokens-minute"],
  ["x-ratelimit-", ""],
  ["ratelimit-", ""], // draft-ietf-httpapi-ratelimit-headers, up to 07
];

/**
 * @param header returns a header's value; null without it
 * @param nowMs milliseconds since the epoch, for dates
 * @param limited the answer is a rate-limit refusal; other answers report limits that are not reached
 * @returns milliseconds, at least 0; null without a wait
 */
export function askedWaitMs(
  header: (name: string) => string | null,
  nowMs: number,
  limited: boolean = true,
): number | null {
  const exact = numberOf(header("retry-after-ms"));
  if (exact !== null) return exact;
  const asked = retryAfterMs(header("retry-after"), nowMs);
  if (asked !== null) return asked;
  const resets = LIMITS.flatMap(([before, behind]) => {
    const waitMs = resetMs(header(`${before}reset${behind}`), nowMs);
    const left = numberOf(header(`${before}remaining${behind}`));
    if (waitMs === null || (!limited && left !== null && left > 0)) return [];
    return [{ waitMs, spent: left === 0 }];
  });
  // The limit that was reached, if the answer tells; else the longer one.
  const hit = resets.some(({ spent }) => spent) ? resets.filter(({ spent }) => spent) : resets;
  return hit.length === 0 ? null : Math.max(...hit.map(({ waitMs }) => waitMs));
}

/** Seconds or a date; some servers write `"5"`, `5s`, `PT5S`, `5;…`, or the time of the clock. */
function retryAfterMs(header: string | null, nowMs: number): number | null {
  const text = (header ?? "")
    .trim()
    .replace(/^["+]+/, "")
    .replace(/(?:"|\s*[;(]).*$/s, "")
    .trim();
  // If both the endpoint and a proxy set it, the value is a list.
  const seconds = /^[\d\s.,]+$/.test(text) ? text.split(",").flatMap((one) => numberOf(one) ?? []) : [];
  if (seconds.length > 0) return waitOfNumberMs(Math.max(...seconds), 1000, nowMs);
  return durationMs(text.replace(/^PT(?=\d)/i, "")) ?? untilMs(text, nowMs);
}

/** @param unitMs of a number that is a duration; one of 30 years and more is a time since the epoch */
export function waitOfNumberMs(number: number, unitMs: number, nowMs: number): number {
  if (number >= EPOCH_MS_MIN) return Math.max(0, number - nowMs);
  return number >= EPOCH_SECONDS_MIN && unitMs === 1000
    ? Math.max(0, number * 1000 - nowMs)
    : number * unitMs;
}

function numberOf(text: string | null): number | null {
  return text !== null && /^\s*\d{1,15}(?:\.\d+)?\s*$/.test(text) ? Number(text) : null;
}

/** One part of a duration: an amount and its unit, which may be spelled out. */
const PART =
  /(\d{1,15}(?:\.\d+)?)\s?(milliseconds?|seconds?|secs?|minutes?|mins?|hours?|days?|ms|[smhd])\b\s?/g;

/** Milliseconds of a duration such as `37s`, `6m0s`, `1.5 seconds`; null for other texts. */
export function durationMs(text: string): number | null {
  const compact = text
    .trim()
    .toLowerCase()
    .replaceAll(/([a-z])(?=\d)/g, "$1 ");
  const parts = [...compact.matchAll(PART)];
  if (parts.length === 0 || parts.map(([part]) => part).join("") !== compact) return null;
  return parts.reduce((sum, [, amount, unit = ""]) => {
    const short = unit.startsWith("ms") || unit.startsWith("milli") ? "ms" : unit.slice(0, 1);
    return sum + Number(amount) * (UNIT_MS[short] ?? 0);
  }, 0);
}

/** Milliseconds until a date; null for other texts (a date parser accepts `-1`). */
export function untilMs(text: string, nowMs: number): number | null {
  const atMs = /[a-z].*\d:\d|\d:\d.*[a-z]/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs);
}

function resetMs(text: string | null, nowMs: number): number | null {
  const seconds = numberOf(text);
  if (seconds !== null) return waitOfNumberMs(seconds, 1000, nowMs);
  return text === null ? null : (durationMs(text) ?? untilMs(text, nowMs));
}
