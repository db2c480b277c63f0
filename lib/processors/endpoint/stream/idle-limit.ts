// The limit of the time without a byte. One timer at a time: setting it anew for each byte would cost more than reading it.
import type { Clock } from "../../../io/clock.ts";

export class IdleLimit {
  readonly #clock: Clock;
  readonly #onIdle: () => void;
  #limitMs: number;
  #lastMs: number;
  #cancel: (() => void) | null;

  /** Begins at once. `onIdle` is called once, unless `stop` was called before. @param limitMs null: no limit, until there is a shorter one */
  constructor(limitMs: number | null, clock: Clock, onIdle: () => void) {
    this.#clock = clock;
    this.#onIdle = onIdle;
    this.#limitMs = limitMs ?? Number.POSITIVE_INFINITY;
    this.#lastMs = clock.monotonic();
    this.#cancel = limitMs === null ? null : clock.after(limitMs, () => this.#check());
  }

  /** Bytes have come. */
  touch(): void {
    this.#lastMs = this.#clock.monotonic();
  }

  /** From now on, the limit is at most this long. */
  shorten(limitMs: number): void {
    this.touch();
    if (limitMs >= this.#limitMs) return;
    this.#limitMs = limitMs;
    this.#cancel?.();
    this.#cancel = this.#clock.after(limitMs, () => this.#check());
  }

  stop(): void {
    this.#cancel?.();
  }

  #check(): void {
    const leftMs = this.#lastMs + this.#limitMs - this.#clock.monotonic();
    if (leftMs <= 0) this.#onIdle();
    else this.#cancel = this.#clock.after(leftMs, () => this.#check());
  }
}
