// The number of attempts at once: slow start, then additive growth while the window is used, ×0.8 after a refusal (like TCP, RFC 5681). Near the size
// that was refused last it grows only from time to time, so that all slots of an endpoint are used with few refusals (like CUBIC, RFC 9438).

const START = 4;
const SHRINK = 0.8;
/** Maximum reduction by one round of refusals. */
const SHRINK_MAX = 0.4;
/** A broken answer stops growth for this long. */
const HOLD_MS = 2000;
/** How often a refused size is tried again. */
const PROBE_MS = 10_000;

export class ConcurrencyWindow {
  readonly #max: number;
  #size: number;
  #slowStart = true;
  /** The size at the start of the last round of refusals, and the number of refusals. */
  #before = START;
  #isSure = false;
  #refusals = 0;
  /** The size that was refused last, until it is reached again without a refusal. */
  #refusedAt = Number.POSITIVE_INFINITY;
  #holdUntilMs = Number.NEGATIVE_INFINITY;
  /** When a refused size may be tried again. */
  #probeAtMs = Number.NEGATIVE_INFINITY;

  /** @param max upper bound, at least 1 */
  constructor(max: number) {
    this.#max = max;
    this.#size = Math.min(START, max);
  }

  /** Attempts allowed at once, at least 1. */
  get limit(): number {
    return Math.max(1, Math.floor(this.#size));
  }

  get isInSlowStart(): boolean {
    return this.#slowStart;
  }

  /** An attempt succeeded. @param used whether the window was nearly full when it started */
  succeeded(used: boolean, nowMs: number): void {
    if (!used || nowMs < Math.max(this.#holdUntilMs, this.#probeAtMs)) return;
    const isProbe = !this.#slowStart && this.limit + 2 >= this.#refusedAt;
    if (isProbe) {
      this.#probeAtMs = nowMs + PROBE_MS;
      this.#refusedAt = this.limit + 1 > this.#refusedAt ? Number.POSITIVE_INFINITY : this.#refusedAt;
    }
    const growth = this.#slowStart || isProbe ? 1 : 1 / this.#size;
    this.#size = Math.min(this.#max, this.#size + growth);
  }

  /**
   * A refusal.
   * @param isFirst of its round; later ones of a round were sent at the same time and show how many fit
   * @param active attempts in flight when the refused one started, including itself; null when their number was not the cause
   */
  refused(isFirst: boolean, active: number | null): void {
    if (isFirst) {
      // Slow start overshoots: the following growth finds the limit.
      this.#isSure = !this.#slowStart;
      this.#slowStart = false;
      this.#probeAtMs = Number.NEGATIVE_INFINITY;
      this.#before = this.#size;
      this.#refusals = 0;
    }
    this.#refusals++;
    const fitted = Math.max(this.#before - this.#refusals, this.#before * SHRINK_MAX);
    const tooMany = Math.min(Math.floor(fitted) + 1, active ?? Number.POSITIVE_INFINITY);
    this.#refusedAt = this.#isSure ? tooMany : Number.POSITIVE_INFINITY;
    this.#size = Math.max(1, Math.min(this.#before * SHRINK, fitted));
  }

  /** A broken answer, or no answer. */
  strained(nowMs: number): void {
    this.#holdUntilMs = Math.max(this.#holdUntilMs, nowMs + HOLD_MS);
  }
}
