// The rate of a run: results over the last half minute, so that it follows the present and not the start.

const WINDOW_MS = 30_000;
const SAMPLE_EVERY_MS = 500;

export class RateMeter {
  readonly #samples: { readonly atMs: number; readonly count: number }[] = [];

  /** Notes that `count` results had come in all by `nowMs`; samples closer than half a second replace each other. */
  sample(nowMs: number, count: number): void {
    const last = this.#samples.at(-1);
    const before = this.#samples.at(-2);
    if (last !== undefined && before !== undefined && nowMs - before.atMs < SAMPLE_EVERY_MS)
      this.#samples.pop();
    this.#samples.push({ atMs: nowMs, count });
    while (nowMs - (this.#samples[0]?.atMs ?? nowMs) > WINDOW_MS) this.#samples.shift();
  }

  /** Results a second over the window; null until something has come. */
  perSecond(): number | null {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || last.count === first.count || last.atMs === first.atMs)
      return null;
    return ((last.count - first.count) * 1000) / (last.atMs - first.atMs);
  }
}
