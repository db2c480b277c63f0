// `ckpt info --json`: the documented fields (docs/scripting.md), and those of the last run.
import type { Receipt } from "../../checkpoint/checkpoint.ts";
import { percentOf } from "../../core/percent.ts";
import { runInProgress } from "../../core/run-in-progress.ts";
import { isAllDone } from "../../core/status.ts";
import { ttftSummary } from "../../core/time-tally.ts";
import type { LastRun } from "../../ui/last-run.ts";
import type { InfoView } from "../../ui/render-info.ts";

/** The documented fields (docs/scripting.md). */
export function infoJson(view: InfoView, receipt: Receipt | null): object {
  const { status, holder, backups, completed: isCompleted } = view;
  const { total, completed, failed, results_saved: saved } = status;
  const current = holder === null || isCompleted !== undefined ? null : runInProgress(status);
  return {
    session_id: status.session.id,
    saved_at: status.saved_at,
    state: isCompleted !== undefined || isAllDone(status) ? "complete" : status.state,
    total,
    completed,
    failed,
    pending: total - completed - failed,
    percent: percentOf(completed, total),
    batch_size: status.batch_size || null,
    results_saved: saved,
    results_bytes: status.log.bytes,
    gone: status.gone,
    ...(status.repeat === undefined ? null : { repeat: status.repeat }),
    selection: status.selection ?? null,
    input: status.input,
    processor: status.processor,
    runs: status.runs,
    errors: status.errors,
    usage: status.usage,
    ...(status.endpoints === undefined ? null : { endpoints: status.endpoints }),
    ...(status.versions === undefined ? null : { versions: status.versions }),
    ...(status.ttft === undefined ? {} : { ttft: ttftSummary(status.ttft) }),
    rate_per_s: current?.ratePerS ?? null,
    eta_ms: current?.etaMs ?? null,
    backups: { count: backups.count, newest: backups.newest?.name ?? null },
    locked_by: holder,
    last_run: lastRunJson(receipt),
  };
}

/** Tokens and cost of the last run, and of all runs. */
const usageOf = ({ run_usage: run, usage: session }: Receipt): LastRun["usage"] => ({ run, session });

export function lastRunJson(receipt: Receipt | null): object | null {
  if (receipt === null) return null;
  const { session_id: id, finished_at: at, exit_code: code, backup } = receipt;
  const output = receipt.output && { path: receipt.output.path, sha256: receipt.output.sha256 };
  const { total, completed, failed } = receipt;
  const usage = { run: receipt.run_usage ?? null, session: receipt.usage };
  return {
    session_id: id,
    finished_at: at,
    exit_code: code,
    total,
    completed,
    failed,
    output,
    backup,
    usage,
  };
}

export function lastRun(receipt: Receipt | null): LastRun | null {
  if (receipt === null) return null;
  const { session_id: sessionId, finished_at: finishedAt, completed, failed, total, backup } = receipt;
  const output = receipt.output === null || receipt.output.path === "-" ? null : receipt.output.path;
  return { sessionId, finishedAt, completed, failed, total, output, backup, usage: usageOf(receipt) };
}
