// A token bucket, for limits per minute. The time is passed in; it has no clock.

/** Timers are late by a millisecond or more: so much of the rate may be made up for, in milliseconds. */
export const LATE_TIMERS_MS = 20;

export class TokenBucket {
  #perMs: number;
  #size: number;
  #level: number;
  #atMs: number;

  /**
   * @param perMs refill, per millisecond
   * @param size maximum content; it starts full
   * @param nowMs milliseconds of a monotonic clock
   */
  constructor(perMs: number, size: number, nowMs: number) {
    this.#perMs = perMs;
    this.#size = size;
    this.#level = size;
    this.#atMs = nowMs;
  }

  /** Changes the refill rate from now on. */
  setRate(perMs: number, size: number, nowMs: number): void {
    this.#refill(nowMs);
    this.#perMs = perMs;
    this.#size = size;
    this.#level = Math.min(this.#level, size);
  }

  /** Milliseconds until `count` may be taken; 0 if it may be taken now. More than the size waits for a full bucket and leaves a debt. */
  waitMs(count: number, nowMs: number): number {
    this.#refill(nowMs);
    const lack = Math.min(count, this.#size) - this.#level;
    // Do not wait for a rounding error of the refill.
    return lack <= 1e-9 ? 0 : lack / this.#perMs;
  }

  take(count: number, nowMs: number): void {
    this.#refill(nowMs);
    this.#level -= count;
  }

  /** The bucket is empty at that time. */
  empty(atMs: number): void {
    this.#level = Math.min(this.#level, 0);
    this.#atMs = Math.max(this.#atMs, atMs);
  }

  /** Corrects the amount taken: a positive number gives back, a negative one takes more. */
  give(count: number): void {
    this.#level = Math.min(this.#size, this.#level + count);
  }

  #refill(nowMs: number): void {
    // After empty(), the reference time may lie in the future.
    this.#level = Math.min(this.#size, this.#level + Math.max(0, nowMs - this.#atMs) * this.#perMs);
    this.#atMs = Math.max(this.#atMs, nowMs);
  }
}
