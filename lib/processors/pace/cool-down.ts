// How long all wait after a refusal: as long as it asks for; without that, or where it has not helped, a time of ckpt's own that doubles. A broken
// answer that says when to come back is waited for, too.

const OWN_FIRST_MS = 200;
const OWN_MAX_MS = 60_000;
/** Rounds of refusals without an answer between, for which what they ask for is enough: an endpoint may ask for no time at all, for ever. */
const ROUNDS_BELIEVED = 3;
/** At most this much more, so that several runs do not come back in step. */
const JITTER = 0.1;

export class CoolDown {
  #rounds = 0;
  #untilMs = Number.NEGATIVE_INFINITY;

  get untilMs(): number {
    return this.#untilMs;
  }

  /** Something that was sent after the last refusal was answered. */
  answered(): void {
    this.#rounds = 0;
  }

  /**
   * @param isFirst of its round; those that follow were sent before it came
   * @param askedMs what it asks for; null when it does not say
   * @param random from 0 to 1
   * @returns what it makes all wait, in milliseconds, without the random part
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

  /** All wait for so long. @param random from 0 to 1 */
  asked(waitMs: number, nowMs: number, random: number): void {
    this.#untilMs = Math.max(this.#untilMs, nowMs + waitMs * (1 + JITTER * random));
  }
}
