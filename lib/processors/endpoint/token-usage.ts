// Reads the reported token usage of an answer. Impossible counts are ignored: negative, fractional, too large, or 0 although something was generated.
import { fieldsOf } from "../../core/json-fields.ts";
import type { JsonValue } from "../../core/item.ts";

export type Tokens = { readonly input_tokens: number; readonly output_tokens: number };

/** @param usage the answer's `usage` @param isFilled something was generated @returns null for a missing count */
export function tokensOf(
  usage: JsonValue | undefined,
  isFilled: boolean,
): { readonly [K in keyof Tokens]: number | null } {
  const { prompt_tokens: prompt, completion_tokens: completion, ...others } = fieldsOf(usage);
  // Gateways send both pairs, and may fill only one.
  return {
    input_tokens: count(prompt, isFilled) ?? count(others["input_tokens"], isFilled),
    output_tokens: count(completion, isFilled) ?? count(others["output_tokens"], isFilled),
  };
}

/** A hundred times more than any model supports. */
const TOKENS_MAX = 1_000_000_000;

function count(value: JsonValue | undefined, isFilled: boolean): number | null {
  if (typeof value !== "number" || !Number.isInteger(value) || value > TOKENS_MAX) return null;
  return value > 0 || (value === 0 && !isFilled) ? value : null;
}

/**
 * Whether an answer has reached its token limit although its finish reason does not say so. If more tokens are reported, the reasoning tokens were
 * not limited and are not counted.
 * @param cap `max_tokens` of the request; null without one
 */
export function reachesCap(usage: JsonValue | undefined, cap: number | null): boolean {
  const { output_tokens: output } = tokensOf(usage, true);
  if (cap === null || output === null || output < cap) return false;
  const { completion_tokens_details: ofChat, output_tokens_details: ofResponses } = fieldsOf(usage);
  const details = fieldsOf(ofChat ?? ofResponses);
  const reasoning = count(details["reasoning_tokens"], true) ?? 0;
  return output === cap || output - reasoning >= cap;
}
