// Spreads attempts over the duration of one attempt, so that a full window is not sent as one burst (like RFC 9002, "Pacing").
import { LATE_TIMERS_MS, TokenBucket } from "./token-bucket.ts";

/** Reserve above the rate that would just fill the window. */
const ROOM = 1.25;
const ROOM_SLOW_START = 2;
const SIZE_MIN = 2;
/** Weight of a new measurement in the mean. */
const SHARE = 1 / 16;

export class Spread {
  #latencyMs = 0;
  #bucket: TokenBucket | null = null;

  /** An attempt was answered after this time. */
  took(ms: number): void {
    this.#latencyMs = this.#latencyMs === 0 ? ms : this.#latencyMs + (ms - this.#latencyMs) * SHARE;
  }

  /** Milliseconds until the next attempt may start; 0 before the first answer. @param limit attempts allowed at once */
  waitMs(limit: number, isInSlowStart: boolean, nowMs: number): number {
    if (this.#latencyMs <= 0) return 0;
    const perMs = ((isInSlowStart ? ROOM_SLOW_START : ROOM) * limit) / this.#latencyMs;
    const size = Math.max(SIZE_MIN, perMs * LATE_TIMERS_MS);
    this.#bucket ??= new TokenBucket(perMs, size, nowMs);
    this.#bucket.setRate(perMs, size, nowMs);
    return this.#bucket.waitMs(1, nowMs);
  }

  take(nowMs: number): void {
    this.#bucket?.take(1, nowMs);
  }
}
