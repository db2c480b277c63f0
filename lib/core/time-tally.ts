// Counts times (durations of results, times to the first token) in a small histogram: buckets grow by a factor of 2^(1/4), so that a percentile is known to 10 %, whatever its size.

/** `counts[i]`: answers whose time falls into bucket `first + i`. Bucket b holds times of 2^(b/4) ms up to 2^((b+1)/4) ms. */
export const TTFT = { first: "number", counts: ["number"] } as const;
export type TimeCounts = { readonly first: number; readonly counts: readonly number[] };

const BUCKETS_PER_OCTAVE = 4;
/** The last bucket begins at more than 4 hours. */
const BUCKETS = 24 * BUCKETS_PER_OCTAVE;

export class TimeTally {
  readonly #counts = new Float64Array(BUCKETS);
  #count = 0;

  /** @param earlier what was counted before; entries out of bounds are ignored */
  constructor(earlier?: TimeCounts) {
    if (earlier !== undefined) this.join(earlier);
  }

  add(ms: number): void {
    this.#add(Math.min(BUCKETS - 1, Math.floor(BUCKETS_PER_OCTAVE * Math.log2(Math.max(1, ms)))), 1);
  }

  /** Adds what another tally has counted. */
  join({ first, counts }: TimeCounts): void {
    for (const [at, count] of counts.entries()) this.#add(first + at, count);
  }

  #add(bucket: number, count: number): void {
    const before = this.#counts[bucket];
    if (before === undefined) return;
    this.#counts[bucket] = before + count;
    this.#count += count;
  }

  /** Null without any. */
  get counts(): TimeCounts | null {
    if (this.#count === 0) return null;
    const first = this.#counts.findIndex((count) => count > 0);
    const last = this.#counts.findLastIndex((count) => count > 0);
    return { first, counts: [...this.#counts.subarray(first, last + 1)] };
  }
}

/** Times to the first token as programs get them. */
export type TtftSummary = { readonly count: number; readonly p50_ms: number; readonly p90_ms: number };

/** Half of the answers had their first token after at most `p50_ms`, nine of ten after at most `p90_ms`, both to about 10 %. */
export function ttftSummary(counts: TimeCounts): TtftSummary {
  const count = counts.counts.reduce((sum, one) => sum + one, 0);
  return { count, p50_ms: percentile(counts, 0.5 * count), p90_ms: percentile(counts, 0.9 * count) };
}

/** Durations as programs get them, to about 10 %. */
export type LatencySummary = { readonly p50_ms: number; readonly p90_ms: number; readonly p99_ms: number };

export function latencySummary(counts: TimeCounts): LatencySummary {
  const at = (share: number): number => percentileMs(counts, share);
  return { p50_ms: at(0.5), p90_ms: at(0.9), p99_ms: at(0.99) };
}

/** The milliseconds within which this share (0 to 1) of the counted times lies, to about 10 %. */
export function percentileMs(counts: TimeCounts, share: number): number {
  return percentile(counts, share * counts.counts.reduce((sum, one) => sum + one, 0));
}

/** The middle of the bucket that holds the answer of this rank, in whole milliseconds. */
function percentile({ first, counts }: TimeCounts, rank: number): number {
  let below = 0;
  const at = counts.findIndex((count) => (below += count) >= rank);
  return Math.round(2 ** ((first + Math.max(0, at) + 0.5) / BUCKETS_PER_OCTAVE));
}
