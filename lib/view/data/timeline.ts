// The results of a session over time, as the page plots them. A session may rest for days between two runs: such rests are left out of the plot, and it is marked where.
import { type CountedResult, PIECE_MS, ResultBuckets } from "../../core/result-buckets.ts";
import type { TimeCounts } from "../../core/time-tally.ts";
import type { ViewTimeline } from "../page-contract.ts";
import { timelineLists } from "../timeline-lists.ts";

/** The shortest rest that is left out. */
const REST_MS_MIN = 5 * 60_000;

/** `atMs`: when it begins, from the start of the plot, which has no rests. */
type Rest = { readonly atMs: number; readonly lengthMs: number };

export class Timeline {
  readonly #buckets = new ResultBuckets();
  readonly #busy = new BusyTime();
  #startMs: number | null = null;
  /** When the last result was finished. */
  #endMs = 0;
  readonly #rests: Rest[] = [];
  #restedMs = 0;

  /** Adds a result. Results come in about the order in which they were finished. @param startedAtMs milliseconds since the epoch */
  add(startedAtMs: number, isOk: boolean, result: CountedResult): void {
    const finishedMs = startedAtMs + result.durationMs;
    if (this.#startMs === null) {
      this.#startMs = startedAtMs;
      this.#endMs = finishedMs;
    }
    if (startedAtMs - this.#endMs >= REST_MS_MIN) {
      const lengthMs = startedAtMs - this.#endMs;
      this.#rests.push({ atMs: this.#endMs - this.#startMs - this.#restedMs, lengthMs });
      this.#restedMs += lengthMs;
    }
    this.#endMs = Math.max(this.#endMs, finishedMs);
    const atMs = finishedMs - this.#startMs - this.#restedMs;
    this.#buckets.add(atMs, result, isOk);
    this.#busy.add(Math.max(0, atMs - result.durationMs), Math.max(0, atMs), this.#buckets.bucketMs);
  }

  /** Of all results; null without any. */
  get durations(): TimeCounts | null {
    return this.#buckets.durations;
  }

  get ttft(): TimeCounts | null {
    return this.#buckets.ttft;
  }

  /** Null without results. */
  get view(): ViewTimeline | null {
    if (this.#startMs === null) return null;
    const start = this.#startMs;
    const points = this.#buckets.points();
    const bucketMs = this.#buckets.bucketMs;
    const busyMs = this.#busy.pieces(bucketMs);
    return {
      bucket_ms: bucketMs,
      at_ms: points.map((_, at) => start + at * bucketMs + this.#restedBefore(at * bucketMs)),
      breaks: [...new Set(this.#rests.map(({ atMs }) => Math.ceil(atMs / bucketMs)))],
      ...timelineLists(points),
      in_flight: points.map((_, at) => Math.round((10 * (busyMs[at] ?? 0)) / bucketMs) / 10),
    };
  }

  #restedBefore(atMs: number): number {
    return this.#rests.reduce((sum, rest) => (rest.atMs <= atMs ? sum + rest.lengthMs : sum), 0);
  }
}

/** For each piece of time, the time that attempts were in flight in it, summed over all attempts, in milliseconds. */
class BusyTime {
  #pieceMs = PIECE_MS;
  #pieces: number[] = [];

  add(fromMs: number, toMs: number, pieceMs: number): void {
    this.#widen(pieceMs);
    for (let at = Math.floor(fromMs / pieceMs); at * pieceMs < toMs; at++) {
      while (this.#pieces.length <= at) this.#pieces.push(0);
      const part = Math.min(toMs, (at + 1) * pieceMs) - Math.max(fromMs, at * pieceMs);
      this.#pieces[at] = (this.#pieces[at] ?? 0) + part;
    }
  }

  pieces(pieceMs: number): readonly number[] {
    this.#widen(pieceMs);
    return this.#pieces;
  }

  #widen(pieceMs: number): void {
    while (this.#pieceMs < pieceMs) {
      this.#pieceMs *= 2;
      this.#pieces = this.#pieces.flatMap((ms, at) =>
        at % 2 === 1 ? [] : [ms + (this.#pieces[at + 1] ?? 0)],
      );
    }
  }
}
