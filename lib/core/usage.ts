// Adding up what attempts have spent.
import type { Usage } from "./record.ts";
import type { UsageTotals } from "./status.ts";

export const USAGE_KEYS = ["input_tokens", "output_tokens", "cost"] as const;

/** The sum; it has no amount that neither states. */
export function addUsage(a: UsageTotals, b: Usage | undefined): UsageTotals;
export function addUsage(a: Usage | undefined, b: Usage | undefined): Usage | undefined;
export function addUsage(a: Usage | undefined, b: Usage | undefined): Usage | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const sum: { -readonly [K in keyof Usage]: Usage[K] } = { ...a };
  for (const key of USAGE_KEYS) if (b[key] !== undefined) sum[key] = (a[key] ?? 0) + b[key];
  return sum;
}
