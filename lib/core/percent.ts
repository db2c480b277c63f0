// How far a set of items is, the one number that every screen and every JSON shows: completed of all. A failure is no progress.

/** Percent, cut to a tenth and never rounded up: 100 means all of them. `999, 1000` → 99.9; of nothing: 0. */
export function percentOf(completed: number, total: number): number {
  return total <= 0 ? 0 : Math.floor((completed * 1000) / total) / 10;
}
