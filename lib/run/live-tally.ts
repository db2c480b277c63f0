// What a run has done, for those who look on while it goes on: its results over time in a bounded number of buckets, and the last ones. It is told of each
// result, so it must cost next to nothing; everything else is worked out when somebody asks.
import type { Result } from "../core/record.ts";
import { type BucketPoint, ResultBuckets } from "../core/result-buckets.ts";
import type { TimeCounts } from "../core/time-tally.ts";
import type { Unit } from "./item-queue.ts";

const RECENT_MAX = 20;
/** Outputs are kept up to this length (UTF-16 units), errors too. */
const TEXT_MAX = 4000;

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

export class LiveTally {
  readonly #startMs: number;
  readonly #buckets = new ResultBuckets();
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
    this.#buckets.add(result.startedAtMs + result.durationMs - this.#startMs, result, result.status === "ok");
  }

  get startMs(): number {
    return this.#startMs;
  }

  /** How long each piece of time is, in milliseconds; it doubles when there are too many. */
  get bucketMs(): number {
    return this.#buckets.bucketMs;
  }

  /** The pieces of time from the start of the run to its last result. */
  points(): BucketPoint[] {
    return this.#buckets.points();
  }

  /** Durations of all results of this run; null without any. */
  get durations(): TimeCounts | null {
    return this.#buckets.durations;
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
