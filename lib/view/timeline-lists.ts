// Results over time as the live channel and the page tell them: a list for each figure, with one entry for each piece of time.
import type { BucketPoint } from "../core/result-buckets.ts";

export type TimelineLists = {
  readonly ok: readonly number[];
  readonly failed: readonly number[];
  readonly input_tokens: readonly number[];
  readonly output_tokens: readonly number[];
  readonly cost: readonly number[];
  readonly p50_ms: readonly (number | null)[];
  readonly p90_ms: readonly (number | null)[];
  readonly p99_ms: readonly (number | null)[];
  readonly ttft_ms: readonly (number | null)[];
};

export function timelineLists(points: readonly BucketPoint[]): TimelineLists {
  return {
    ok: points.map(({ ok }) => ok),
    failed: points.map(({ failed }) => failed),
    input_tokens: points.map(({ inputTokens }) => inputTokens),
    output_tokens: points.map(({ outputTokens }) => outputTokens),
    cost: points.map(({ cost }) => cost),
    p50_ms: points.map(({ p50Ms }) => p50Ms),
    p90_ms: points.map(({ p90Ms }) => p90Ms),
    p99_ms: points.map(({ p99Ms }) => p99Ms),
    ttft_ms: points.map(({ ttftMs }) => ttftMs),
  };
}
