// The number of attempts at once: slow start, then additive growth while the window is used, and less after a refusal (like TCP, RFC 5681). Near the size
// that was too much last it grows only from time to time, so that all slots of an endpoint are used with few refusals (like CUBIC, RFC 9438). An endpoint
// that slows down instead of refusing is told by the times of its answers.
import { LatencyLevels } from "./latency-levels.ts";

const START = 8;
/** After a refusal whose cause is not the number of attempts. */
const SHRINK = 0.8;
/** Maximum reduction by one round of refusals. */
const SHRINK_MAX = 0.4;
/** A broken answer stops growth for this long. */
const HOLD_MS = 2000;
/** How often a size that was refused is tried again. */
const PROBE_MS = 10_000;
/** How often, in times of an answer, any size that was too much is tried again. */
const PROBE_ANSWERS = 40;
/** From this share of the window in flight, a refusal is about their number. */
const FULL = 0.75;

export class ConcurrencyWindow {
  readonly #max: number;
  readonly #levels = new LatencyLevels();
  #size: number;
  #slowStart = true;
  /** The size at the start of the last round of refusals. */
  #before = START;
  #isSure = false;
  /** The size that was too much last, until it is reached again. */
  #tooMany = Number.POSITIVE_INFINITY;
  /** How long the latest answer took. */
  #answerMs = 0;
  #holdUntilMs = Number.NEGATIVE_INFINITY;
  /** Answers became slower: what was slow may be quick by now, so the size is looked for again from there. */
  #startsAnew = false;
  /** When a size that was too much may be tried again. */
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

  /**
   * An attempt succeeded.
   * @param isFull whether the window was nearly full when it started
   * @param active attempts in flight when it started, including itself
   */
  succeeded(isFull: boolean, active: number, tookMs: number, nowMs: number): void {
    this.#levels.took(active, tookMs);
    this.#answerMs = tookMs;
    if (!isFull) return;
    const paying = active > this.limit ? null : this.#levels.tooMany(active);
    if (paying !== null && paying < this.limit) {
      this.#slowStart = false;
      this.#size = paying;
      this.#startsAnew = true;
      this.#probeLater(nowMs, 0);
    } else {
      this.#grow(nowMs);
    }
  }

  #grow(nowMs: number): void {
    if (nowMs < Math.max(this.#holdUntilMs, this.#probeAtMs)) return;
    this.#slowStart ||= this.#startsAnew;
    this.#startsAnew = false;
    const isProbe = !this.#slowStart && this.limit + 1 >= this.#tooMany;
    if (isProbe) {
      this.#probeLater(nowMs, PROBE_MS);
      this.#tooMany = this.limit + 1 > this.#tooMany ? Number.POSITIVE_INFINITY : this.#tooMany;
    }
    this.#size = Math.min(this.#max, this.#size + (this.#slowStart || isProbe ? 1 : 1 / this.#size));
  }

  #probeLater(nowMs: number, leastMs: number): void {
    this.#probeAtMs = nowMs + Math.max(leastMs, PROBE_ANSWERS * this.#answerMs);
  }

  /**
   * A refusal.
   * @param isFirst of its round; later ones of a round were sent at the same time, and the one with the fewest in flight shows how many fit
   * @param active attempts in flight when the refused one started, including itself; null when their number was not the cause
   */
  refused(isFirst: boolean, active: number | null, nowMs: number): void {
    if (isFirst) {
      // Slow start may have met another limit: the following growth finds the one that counts.
      this.#isSure = !this.#slowStart;
      this.#slowStart = false;
      this.#before = this.#size;
      this.#tooMany = Number.POSITIVE_INFINITY;
    }
    const isNumber = active !== null && active >= FULL * Math.floor(this.#before) - 1;
    const fitting = isNumber ? active - 1 : this.#before * SHRINK;
    this.#size = Math.max(1, this.#before * SHRINK_MAX, Math.min(this.#size, fitting));
    if (!this.#isSure || active === null) return;
    this.#tooMany = Math.min(this.#tooMany, active);
    this.#probeLater(nowMs, PROBE_MS);
  }

  /** A broken answer, or no answer. */
  strained(nowMs: number): void {
    this.#holdUntilMs = Math.max(this.#holdUntilMs, nowMs + HOLD_MS);
  }
}
