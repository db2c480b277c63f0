// A token bucket: what a limit of so many a minute lets through now. It is given the time, and knows no clock.

/** Timers are late by a millisecond or more: so much of the rate may be made up for, in milliseconds. */
export const LATE_TIMERS_MS = 20;

export class TokenBucket {
  #perMs: number;
  #size: number;
  #level: number;
  #atMs: number;

  /**
   * @param perMs refill, per millisecond
   * @param size what may gather while nothing is taken; it begins with that much
   * @param nowMs milliseconds of any clock that never goes back
   */
  constructor(perMs: number, size: number, nowMs: number) {
    this.#perMs = perMs;
    this.#size = size;
    this.#level = size;
    this.#atMs = nowMs;
  }

  /** Changes the refill from now on. */
  setRate(perMs: number, size: number, nowMs: number): void {
    this.#refill(nowMs);
    this.#perMs = perMs;
    this.#size = size;
    this.#level = Math.min(this.#level, size);
  }

  /** Milliseconds until `count` may be taken, 0 when it may be now. More than fits waits for a full bucket, and leaves a debt. */
  waitMs(count: number, nowMs: number): number {
    this.#refill(nowMs);
    const lack = Math.min(count, this.#size) - this.#level;
    // A rounding error of the refill is no reason to wait.
    return lack <= 1e-9 ? 0 : lack / this.#perMs;
  }

  take(count: number, nowMs: number): void {
    this.#refill(nowMs);
    this.#level -= count;
  }

  /** Nothing has gathered by then. */
  empty(atMs: number): void {
    this.#level = Math.min(this.#level, 0);
    this.#atMs = Math.max(this.#atMs, atMs);
  }

  /** Corrects what was taken: more than zero gives back, less takes more. */
  give(count: number): void {
    this.#level = Math.min(this.#size, this.#level + count);
  }

  #refill(nowMs: number): void {
    // After empty() the time that counts may not have come yet.
    this.#level = Math.min(this.#size, this.#level + Math.max(0, nowMs - this.#atMs) * this.#perMs);
    this.#atMs = Math.max(this.#atMs, nowMs);
  }
}
