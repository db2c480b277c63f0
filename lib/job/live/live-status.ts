// The status of a running job as the live channel gives it (docs/live.md).
import { latencySummary, ttftSummary } from "../../core/time-tally.ts";
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
import { timelineLists } from "../../view/timeline-lists.ts";
import type { RunningJobParts } from "./running-job.ts";

export function liveStatus(
  { session, loop, tally }: Pick<RunningJobParts, "session" | "loop" | "tally">,
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
    latency: tally.durations === null ? null : latencySummary(tally.durations),
    ttft: ttftOfRun === null ? null : ttftSummary(ttftOfRun),
    versions: session.versions.list(),
    timeline: timelineOf(tally),
    results: tally.recent().map((result) => resultOf(result, repeats)),
  };
}

function timelineOf(tally: LiveTally): LiveTimeline {
  return {
    started_at: new Date(tally.startMs).toISOString(),
    bucket_ms: tally.bucketMs,
    ...timelineLists(tally.points()),
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
