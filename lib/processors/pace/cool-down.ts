// How long all attempts wait after a refusal: as long as it requests; without a request, or if that did not help, a time of ckpt's own that doubles.
// A wait requested by a broken answer is kept, too.

const OWN_FIRST_MS = 200;
const OWN_MAX_MS = 60_000;
/** Number of rounds of refusals without a success for which the requested wait is trusted: an endpoint may request a wait of 0 forever. */
const ROUNDS_BELIEVED = 3;
/** Maximum random addition, so that several runs do not continue at the same moment. */
const JITTER = 0.1;

export class CoolDown {
  #rounds = 0;
  #untilMs = Number.NEGATIVE_INFINITY;

  get untilMs(): number {
    return this.#untilMs;
  }

  /** An attempt that started after the last refusal succeeded. */
  answered(): void {
    this.#rounds = 0;
  }

  /**
   * @param isFirst of its round; later ones were sent before it arrived
   * @param askedMs the requested wait; null without one
   * @param random from 0 to 1
   * @returns how long all attempts wait, in milliseconds, without the random part
   */
  refused(isFirst: boolean, askedMs: number | null, nowMs: number, random: number): number {
    if (isFirst) this.#rounds++;
    const isBelieved = askedMs !== null && this.#rounds <= ROUNDS_BELIEVED;
    const ownMs =
      isFirst && !isBelieved ? Math.min(OWN_MAX_MS, OWN_FIRST_MS * 2 ** Math.min(this.#rounds - 1, 20)) : 0;
    const waitMs = Math.max(askedMs ?? 0, ownMs);
    this.asked(waitMs, nowMs, random);
    return waitMs;
  }

  /** All attempts wait this long. @param random from 0 to 1 */
  asked(waitMs: number, nowMs: number, random: number): void {
    this.#untilMs = Math.max(this.#untilMs, nowMs + waitMs * (1 + JITTER * random));
  }
}
