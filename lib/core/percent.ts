// The progress in percent that all screens and JSON show: completed of total. Failures do not count as progress.

/** Percent, cut to a tenth and never rounded up: 100 means all of them. `999, 1000` → 99.9; of nothing: 0. */
export function percentOf(completed: number, total: number): number {
  return total <= 0 ? 0 : Math.floor((completed * 1000) / total) / 10;
}
