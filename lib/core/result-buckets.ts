// Results over time in a bounded number of pieces: how many, how long they took, what they used. It is told of each result, so it must cost next to nothing.
import type { Usage } from "./record.ts";
import { percentileMs, type TimeCounts, TimeTally } from "./time-tally.ts";

/** The shortest piece. */
export const PIECE_MS = 1000;
/** With more, neighbours are joined. */
const BUCKETS_MAX = 120;

/** One piece of time. */
export type BucketPoint = {
  readonly ok: number;
  readonly failed: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cost: number;
  /** Durations of the results, the retries included; null without any. */
  readonly p50Ms: number | null;
  readonly p90Ms: number | null;
  readonly p99Ms: number | null;
  /** Time to the first token; null without streamed answers. */
  readonly ttftMs: number | null;
};

/** What is counted of a result. */
export type CountedResult = {
  readonly durationMs: number;
  readonly usage?: Usage | null;
  readonly ttftMs?: number | null;
};

class Bucket {
  ok = 0;
  failed = 0;
  inputTokens = 0;
  outputTokens = 0;
  cost = 0;
  readonly durations: TimeTally = new TimeTally();
  ttft: TimeTally | null = null;

  add({ durationMs, usage, ttftMs }: CountedResult, isOk: boolean): void {
    if (isOk) this.ok++;
    else this.failed++;
    this.durations.add(durationMs);
    if (usage !== undefined && usage !== null) {
      this.inputTokens += usage.input_tokens ?? 0;
      this.outputTokens += usage.output_tokens ?? 0;
      this.cost += usage.cost ?? 0;
    }
    if (ttftMs !== undefined && ttftMs !== null) (this.ttft ??= new TimeTally()).add(ttftMs);
  }

  join(other: Bucket): void {
    this.ok += other.ok;
    this.failed += other.failed;
    this.inputTokens += other.inputTokens;
    this.outputTokens += other.outputTokens;
    this.cost += other.cost;
    if (other.durations.counts !== null) this.durations.join(other.durations.counts);
    const ttft = other.ttft?.counts ?? null;
    if (ttft !== null) (this.ttft ??= new TimeTally()).join(ttft);
  }

  get point(): BucketPoint {
    const { ok, failed, inputTokens, outputTokens, cost } = this;
    const [times, ttft] = [this.durations.counts, this.ttft?.counts ?? null];
    const at = (share: number): number | null => (times === null ? null : percentileMs(times, share));
    return {
      ok,
      failed,
      inputTokens,
      outputTokens,
      cost,
      p50Ms: at(0.5),
      p90Ms: at(0.9),
      p99Ms: at(0.99),
      ttftMs: ttft === null ? null : percentileMs(ttft, 0.5),
    };
  }
}

export class ResultBuckets {
  #bucketMs = PIECE_MS;
  #buckets: Bucket[] = [];

  /** @param atMs milliseconds from the beginning; what came before it, because a clock was set back, belongs to the first piece */
  add(atMs: number, result: CountedResult, isOk: boolean): void {
    let at = Math.max(0, Math.floor(atMs / this.#bucketMs));
    while (at >= BUCKETS_MAX) {
      this.#halve();
      at = Math.floor(at / 2);
    }
    while (this.#buckets.length <= at) this.#buckets.push(new Bucket());
    this.#buckets[at]?.add(result, isOk);
  }

  #halve(): void {
    this.#bucketMs *= 2;
    this.#buckets = this.#buckets.flatMap((bucket, at) => {
      if (at % 2 === 1) return [];
      const next = this.#buckets[at + 1];
      if (next !== undefined) bucket.join(next);
      return [bucket];
    });
  }

  /** How long each piece of time is, in milliseconds; it doubles when there are too many. */
  get bucketMs(): number {
    return this.#bucketMs;
  }

  /** Durations of all results; null without any. */
  get durations(): TimeCounts | null {
    return this.#joined(({ durations }) => durations);
  }

  /** Times to the first token of all results; null without streamed answers. */
  get ttft(): TimeCounts | null {
    return this.#joined(({ ttft }) => ttft);
  }

  #joined(of: (bucket: Bucket) => TimeTally | null): TimeCounts | null {
    const all = new TimeTally();
    for (const bucket of this.#buckets) {
      const counts = of(bucket)?.counts ?? null;
      if (counts !== null) all.join(counts);
    }
    return all.counts;
  }

  /** The pieces of time from the beginning to the last result. */
  points(): BucketPoint[] {
    return this.#buckets.map(({ point }) => point);
  }
}
