// The rate that an endpoint lets through, learned from its refusals. A refusal says that its bucket is empty: between two refusals it has let
// through what flowed in, whatever its size. So what was accepted from one refusal to the next, waits included, is its rate.
import { TokenBucket } from "./token-bucket.ts";

/** Fewer say too little. */
const ACCEPTED_MIN = 2;
/** Timers are late by a millisecond or more: so much may be made up for, in milliseconds of the rate. */
const SLACK_MS = 50;

export class LearnedRate {
  #perMs: number | null = null;
  #sinceMs = 0;
  #isConfirmed = false;
  #bucket: TokenBucket | null = null;
  #refusedAtMs: number | null = null;
  #accepted = 0;

  /** An answer came that was no refusal. */
  accepted(): void {
    this.#accepted++;
  }

  /**
   * The first refusal since the last cool-down.
   * @param held whether the refused attempt had been held back by this rate: then it is the rate that is too high
   */
  refused(held: boolean, nowMs: number): void {
    const spanMs = this.#refusedAtMs === null ? 0 : nowMs - this.#refusedAtMs;
    this.#refusedAtMs = nowMs;
    const count = this.#accepted;
    this.#accepted = 0;
    if (spanMs <= 0 || count < ACCEPTED_MIN) return;
    this.#perMs = count / spanMs;
    this.#isConfirmed = held;
    this.#sinceMs = nowMs;
    this.#bucket ??= new TokenBucket(this.#perMs, 1, nowMs);
  }

  /** The cool-down after a refusal is over: growth counts from here. */
  resumed(nowMs: number): void {
    this.#sinceMs = nowMs;
  }

  /** Milliseconds until another attempt may begin; 0 while nothing is known. */
  waitMs(nowMs: number): number {
    if (this.#bucket === null || this.#perMs === null) return 0;
    const perMs = this.#perMs * this.#growth((nowMs - this.#sinceMs) / 1000);
    this.#bucket.setRate(perMs, Math.max(2, perMs * SLACK_MS), nowMs);
    return this.#bucket.waitMs(1, nowMs);
  }

  take(nowMs: number): void {
    this.#bucket?.take(1, nowMs);
  }

  /** A confirmed rate is approached from below and passed slowly; one that may be something else's effect doubles twice a second. */
  #growth(seconds: number): number {
    return this.#isConfirmed
      ? 0.97 + 0.01 * seconds + 0.0005 * seconds * seconds
      : 2 ** Math.min(2 * seconds, 40);
  }
}
