// What a run has done, for those who look on while it goes on: its results over time in a bounded number of buckets, and the last ones. It is told of each
// result, so it must cost next to nothing; everything else is worked out when somebody asks.
import type { Result } from "../core/record.ts";
import { percentileMs, type TtftCounts, TtftTally } from "../core/ttft.ts";
import type { Unit } from "./item-queue.ts";

const PIECE_MS = 1000;
/** With more, neighbours are joined. */
const BUCKETS_MAX = 120;
const RECENT_MAX = 20;
/** Outputs are kept up to this length (UTF-16 units), errors too. */
const TEXT_MAX = 4000;

/** One piece of time. */
export type LivePoint = {
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

/** A result, with the beginning of its output or message. */
export type RecentResult = {
  readonly index: number;
  readonly id: string | null;
  readonly repeat: number;
  readonly status: Result["status"];
  readonly error: { readonly kind: string; readonly message: string } | null;
  /** The beginning of the output's JSON text; null for a failure. */
  readonly output: string | null;
  /** Whether that is all of it. */
  readonly isWhole: boolean;
  readonly attempts: number;
  readonly startedAtMs: number;
  readonly durationMs: number;
};

class Bucket {
  ok = 0;
  failed = 0;
  inputTokens = 0;
  outputTokens = 0;
  cost = 0;
  readonly durations: TtftTally = new TtftTally();
  ttft: TtftTally | null = null;

  add(result: Result): void {
    if (result.status === "ok") this.ok++;
    else this.failed++;
    this.durations.add(result.durationMs);
    const { usage, ttftMs } = result;
    if (usage !== undefined) {
      this.inputTokens += usage.input_tokens ?? 0;
      this.outputTokens += usage.output_tokens ?? 0;
      this.cost += usage.cost ?? 0;
    }
    if (ttftMs !== undefined) (this.ttft ??= new TtftTally()).add(ttftMs);
  }

  join(other: Bucket): void {
    this.ok += other.ok;
    this.failed += other.failed;
    this.inputTokens += other.inputTokens;
    this.outputTokens += other.outputTokens;
    this.cost += other.cost;
    if (other.durations.counts !== null) this.durations.join(other.durations.counts);
    const ttft = other.ttft?.counts ?? null;
    if (ttft !== null) (this.ttft ??= new TtftTally()).join(ttft);
  }

  get point(): LivePoint {
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

export class LiveTally {
  readonly #startMs: number;
  #bucketMs = PIECE_MS;
  #buckets: Bucket[] = [];
  readonly #durations: TtftTally = new TtftTally();
  /** The last results, from #next on the oldest first. Two lists, so that no result needs an object of its own. */
  readonly #results: Result[] = [];
  readonly #units: Unit[] = [];
  #next = 0;

  /** @param startMs milliseconds since the epoch */
  constructor(startMs: number) {
    this.#startMs = startMs;
  }

  add(result: Result, unit: Unit): void {
    this.#results[this.#next] = result;
    this.#units[this.#next] = unit;
    this.#next = (this.#next + 1) % RECENT_MAX;
    this.#durations.add(result.durationMs);
    this.#bucketAt(result.startedAtMs + result.durationMs).add(result);
  }

  /** The clock may be set back or forth: what came then belongs to the first piece of time, or to the last. */
  #bucketAt(atMs: number): Bucket {
    let at = Math.max(0, Math.floor((atMs - this.#startMs) / this.#bucketMs));
    while (at >= BUCKETS_MAX) {
      this.#halve();
      at = Math.floor(at / 2);
    }
    while (this.#buckets.length <= at) this.#buckets.push(new Bucket());
    return this.#buckets[at] ?? new Bucket();
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

  get startMs(): number {
    return this.#startMs;
  }

  /** How long each piece of time is, in milliseconds; it doubles when there are too many. */
  get bucketMs(): number {
    return this.#bucketMs;
  }

  /** The pieces of time from the start of the run to its last result. */
  points(): LivePoint[] {
    return this.#buckets.map(({ point }) => point);
  }

  /** Durations of all results of this run; null without any. */
  get durations(): TtftCounts | null {
    return this.#durations.counts;
  }

  /** The last results, the newest first. */
  recent(): RecentResult[] {
    const count = this.#results.length;
    return Array.from({ length: count }, (_, back) => {
      const at = (this.#next - 1 - back + 2 * RECENT_MAX) % RECENT_MAX;
      return recentOf(this.#results[at], this.#units[at]);
    }).filter((one) => one !== null);
  }
}

function recentOf(result: Result | undefined, unit: Unit | undefined): RecentResult | null {
  if (result === undefined || unit === undefined) return null;
  const { index, id } = unit.item;
  const { attempts, startedAtMs, durationMs } = result;
  const told = { index, id, repeat: unit.repeat, attempts, startedAtMs, durationMs };
  if (result.status === "failed") {
    const { kind, message } = result.error;
    const isWhole = message.length <= TEXT_MAX;
    const error = { kind, message: cut(message) };
    return { ...told, status: "failed", error, output: null, isWhole };
  }
  const { outputJson } = result;
  const isWhole = outputJson.length <= TEXT_MAX;
  return { ...told, status: "ok", error: null, output: cut(outputJson), isWhole };
}

function cut(text: string): string {
  return text.length <= TEXT_MAX ? text : text.slice(0, TEXT_MAX).toWellFormed();
}
