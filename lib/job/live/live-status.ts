// What the live channel shows of a running job (docs/live.md).
import type { BucketPoint } from "../../core/result-buckets.ts";
import { ttftSummary } from "../../core/ttft.ts";
import { percentileMs } from "../../core/ttft.ts";
import type { Budget } from "../../run/budget.ts";
import type { LiveTally, RecentResult } from "../../run/live-tally.ts";
import { progressJson } from "../../ui/reporters/json.ts";
import type {
  LiveResult,
  LiveSettings,
  LiveState,
  LiveStatus,
  LiveTimeline,
} from "../../view/channel/contract.ts";
import type { JobParts } from "./running-job.ts";

export function liveStatus(
  { session, loop, tally }: Pick<JobParts, "session" | "loop" | "tally">,
  now: { readonly state: LiveState; readonly settings: LiveSettings; readonly budget: Budget },
): LiveStatus {
  const { committed, run, usage, ttftOfRun } = session;
  const { state, settings, budget } = now;
  const tokens = usage.input_tokens + usage.output_tokens;
  const repeats = committed.repeat ?? 1;
  return {
    v: 1,
    session_id: committed.session.id,
    run: { pid: run.pid, host: run.host, started_at: run.started_at },
    state,
    stop: loop.stopReason,
    input: committed.input,
    processor: committed.processor,
    repeat: repeats,
    ...progressJson(loop.progress),
    succeeded_now: run.succeeded,
    failed_now: run.failed,
    usage: { run: run.usage, session: usage },
    budgets: {
      cost: budget.cost === null ? null : { spent: usage.cost, allowed: budget.cost },
      tokens: budget.tokens === null ? null : { spent: tokens, allowed: budget.tokens },
    },
    settings,
    errors: committed.errors,
    latency: latencyOf(tally),
    ttft: ttftOfRun === null ? null : ttftSummary(ttftOfRun),
    versions: session.versions.list(),
    timeline: timelineOf(tally),
    results: tally.recent().map((result) => resultOf(result, repeats)),
  };
}

function latencyOf({ durations }: LiveTally): LiveStatus["latency"] {
  if (durations === null) return null;
  const [p50, p90, p99] = [0.5, 0.9, 0.99].map((share) => percentileMs(durations, share));
  return { p50_ms: p50 ?? 0, p90_ms: p90 ?? 0, p99_ms: p99 ?? 0 };
}

function timelineOf(tally: LiveTally): LiveTimeline {
  const points = tally.points();
  const each = <T>(of: (point: BucketPoint) => T): T[] => points.map(of);
  return {
    started_at: new Date(tally.startMs).toISOString(),
    bucket_ms: tally.bucketMs,
    ok: each(({ ok }) => ok),
    failed: each(({ failed }) => failed),
    input_tokens: each(({ inputTokens }) => inputTokens),
    output_tokens: each(({ outputTokens }) => outputTokens),
    cost: each(({ cost }) => cost),
    p50_ms: each(({ p50Ms }) => p50Ms),
    p90_ms: each(({ p90Ms }) => p90Ms),
    p99_ms: each(({ p99Ms }) => p99Ms),
    ttft_ms: each(({ ttftMs }) => ttftMs),
  };
}

function resultOf(result: RecentResult, repeats: number): LiveResult {
  const { index, id, repeat, status, output, error, isWhole, attempts, startedAtMs, durationMs } = result;
  return {
    index,
    id,
    ...(repeats === 1 ? null : { repeat }),
    status,
    output,
    error,
    whole: isWhole,
    attempts,
    started_at: new Date(startedAtMs).toISOString(),
    duration_ms: Math.round(durationMs),
  };
}
