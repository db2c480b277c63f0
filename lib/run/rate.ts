// The rate of a run over the last 30 s, so that it reflects the present.

const WINDOW_MS = 30_000;
const SAMPLE_EVERY_MS = 500;

export class RateMeter {
  readonly #samples: { readonly atMs: number; readonly count: number }[] = [];

  /** Records that there were `count` results in total at `nowMs`. Samples less than half a second apart replace each other. */
  sample(nowMs: number, count: number): void {
    const last = this.#samples.at(-1);
    const before = this.#samples.at(-2);
    if (last !== undefined && before !== undefined && nowMs - before.atMs < SAMPLE_EVERY_MS)
      this.#samples.pop();
    this.#samples.push({ atMs: nowMs, count });
    while (nowMs - (this.#samples[0]?.atMs ?? nowMs) > WINDOW_MS) this.#samples.shift();
  }

  /** Results per second over the window; null before the first result. */
  perSecond(): number | null {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || last.count === first.count || last.atMs === first.atMs)
      return null;
    return ((last.count - first.count) * 1000) / (last.atMs - first.atMs);
  }
}
