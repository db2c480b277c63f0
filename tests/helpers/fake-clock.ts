// A clock that stands still until a test moves it on; what was planned with it happens then, in order.
import type { Clock } from "../../lib/io/clock.ts";

type Timer = { readonly atMs: number; readonly action: () => void };

export class FakeClock implements Clock {
  /** Time of day; a test may set it back. */
  wallMs: number = Date.UTC(2026, 10, 23, 20);
  #atMs = 0;
  readonly #timers = new Set<Timer>();

  now(): number {
    return this.wallMs;
  }

  monotonic(): number {
    return this.#atMs;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(ms, resolve);
    });
  }

  after(ms: number, action: () => void): () => void {
    const timer = { atMs: this.#atMs + ms, action };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** Timers that have not come yet. */
  get planned(): number {
    return this.#timers.size;
  }

  /** Moves on by `ms`; what falls due happens at its own time, and promises settle in between. */
  async advance(ms: number): Promise<void> {
    const end = this.#atMs + ms;
    for (;;) {
      const next = [...this.#timers].toSorted((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined || next.atMs > end) break;
      this.#timers.delete(next);
      this.#move(next.atMs);
      next.action();
      await settle();
    }
    this.#move(end);
    await settle();
  }

  #move(atMs: number): void {
    this.wallMs += atMs - this.#atMs;
    this.#atMs = atMs;
  }
}

/** Lets all promises that can settle do so. */
export async function settle(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}
