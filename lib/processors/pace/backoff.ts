// How long to wait before a retry: exponential backoff with full jitter, after Marc Brooker, "Exponential Backoff And Jitter" (AWS Architecture Blog,
// 2015). Attempts that failed together are not repeated together.

export type Backoff = {
  /** Upper bound of the first wait, in milliseconds. */
  readonly baseMs: number;
  /** Upper bound of any wait, in milliseconds. */
  readonly maxMs: number;
};

/** 2^40 ms are 35 years; without a limit the power would overflow. */
const DOUBLINGS_MAX = 40;

/**
 * Milliseconds to wait, a whole number from 0 to min(maxMs, baseMs · 2^failures).
 * @param failures failed attempts before the latest one, from 0
 * @param random returns a number in [0, 1)
 */
export function backoffMs(backoff: Backoff, failures: number, random: () => number): number {
  const boundMs = Math.min(backoff.maxMs, backoff.baseMs * 2 ** Math.min(failures, DOUBLINGS_MAX));
  return Math.floor(random() * (boundMs + 1));
}
