// Parses values of options: text → number, duration, size, choice. Each error says what was expected.
import { TIMER_MS_MAX, UNIT_MS } from "../core/durations.ts";
import { CkptError } from "../core/errors.ts";

/** @param option the option as typed, or the variable (CKPT_…) */
function bad(option: string, value: string, expected: string): CkptError {
  return new CkptError("usage.badValue", { option, value, expected });
}

/** A whole number between `min` and `max`. @throws usage.badValue */
export function parseCount(option: string, text: string, min: number, max: number): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max)) throw bad(option, text, `${min}–${max}`);
  return value;
}

/** A decimal number from 0 (12, 0.15). @throws usage.badValue */
export function parseDecimal(option: string, text: string): number {
  const value = /^\d{1,12}(?:\.\d{1,12})?$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(value)) throw bad(option, text, "12, 0.15");
  return value;
}

/** A time with its unit (200ms, 30s, 5m, 2h, 1d; 0 needs none) in milliseconds. @throws usage.badValue */
export function parseDuration(option: string, text: string): number {
  const match = /^(\d{1,10}(?:\.\d{1,3})?)(ms|s|m|h|d)?$/.exec(text);
  const unit = match?.[2];
  const value = match === null ? Number.NaN : Number(match[1]) * (UNIT_MS[unit ?? "ms"] ?? 1);
  const hasUnit = unit !== undefined || value === 0;
  if (!hasUnit || !(value <= TIMER_MS_MAX)) throw bad(option, text, "200ms, 30s, 5m, 2h");
  return value;
}

/** A size in bytes (65536, 64K, 16M, 1G; powers of 1024). @throws usage.badValue */
export function parseSize(option: string, text: string, max: number): number {
  const match = /^(\d{1,15})([KMG]?)(?:i?B)?$/i.exec(text);
  const powers: Readonly<Record<string, number>> = { "": 0, K: 1, M: 2, G: 3 };
  const value =
    match === null ? Number.NaN : Number(match[1]) * 1024 ** (powers[(match[2] ?? "").toUpperCase()] ?? 0);
  if (!(value >= 1 && value <= max)) throw bad(option, text, "64K, 16M, 1G");
  return value;
}

/** One of several words. @throws usage.badValue */
export function parseChoice<T extends string>(option: string, text: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === text);
  if (found === undefined) throw bad(option, text, choices.join(", "));
  return found;
}
