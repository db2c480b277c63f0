// Ends a session: commit, output, and the move into a backup when it is complete; and sums it up.
import type { LockedCheckpoint, Session } from "../../checkpoint/locked-checkpoint.ts";
import { resultsOf } from "../../checkpoint/results.ts";
import { EXIT, type ExitCode } from "../../core/errors.ts";
import { percentOf } from "../../core/percent.ts";
import { type PlanCounts, pendingWithoutRetries } from "../../core/plan-counts.ts";
import type { OutputFacts, RunEnd } from "../../core/status.ts";
import { ttftSummary } from "../../core/time-tally.ts";
import type { Summary } from "../../run/progress.ts";
import type { RunResult } from "../../run/run-loop.ts";
import { type CommandEnd, endBy } from "../../cli/context.ts";
import { type ErrorSummary, errorSummary } from "./error-summary.ts";
import { prune } from "./prune.ts";
import { noteKept } from "../plan/rerun-choice.ts";
import type { JobState, RunSetup } from "../run-setup.ts";
import { writeOutput } from "../output/job-output.ts";
import { isInVain } from "../shards/shard-run.ts";
import { exportCommand, mergeOfShards, resumeCommand, showSummary } from "./summary.ts";
import type { SessionOptions } from "./begin-session.ts";

/** How a run has ended, and what was said of it. */
export type Ended = { readonly end: CommandEnd; readonly summary: Summary };
export async function endSession(
  setup: RunSetup,
  checkpoint: LockedCheckpoint,
  session: Session,
  found: JobState,
  options: SessionOptions,
  result: RunResult,
): Promise<Ended> {
  const counts = found.work.plan.counts(options.retryFailed);
  const pending = pendingWithoutRetries(counts);
  if (result.stop !== null || pending > 0) {
    await session.end("stopped", result.stop?.kind ?? "limit");
    return stopped(setup, session, counts, result);
  }
  return finished(setup, checkpoint, session, found, options, counts, result);
}

/** After a failure: commits everything that can still be committed. The failure itself reports the rest. */
export async function lastCommit(session: Session): Promise<void> {
  // A committed end must stay: a move that has started identifies the status by its hash.
  if (session.poisoned || session.committed.runs.at(-1)?.ended !== null) return;
  try {
    await session.end("stopped", "error");
  } catch {
    // The error that ended the run is about to be reported, and only committed results were reported as saved.
  }
}

function stopped(setup: RunSetup, session: Session, counts: PlanCounts, result: RunResult): Ended {
  const { stop } = result;
  // A scheduler that starts a shard again whenever it ends with 4 would do so for ever.
  const isGivenUp = stop?.kind !== "signal" && setup.settings.shard !== null && isInVain(session.committed);
  if (isGivenUp) setup.reporter.warn(setup.context.catalogue.sharding.inVain);
  const ended = { exitCode: isGivenUp ? EXIT.fatal : EXIT.stopped };
  const end = stop?.kind === "signal" ? endBy(stop.signal) : ended;
  const facts = {
    outcome: "stopped",
    exitCode: end.exitCode,
    counts,
    result,
    output: null,
    backup: null,
  } as const;
  const summary = summaryOf(setup, session, facts);
  showSummary(setup, summary);
  return { summary, end };
}

async function finished(
  setup: RunSetup,
  checkpoint: LockedCheckpoint,
  session: Session,
  found: JobState,
  options: SessionOptions,
  counts: PlanCounts,
  result: RunResult,
): Promise<Ended> {
  const { context, settings, reporter } = setup;
  const { host } = context;
  const failed = counts.failed > 0;
  const ended: RunEnd = failed ? "failed" : "complete";
  reporter.clear();
  const { permit } = options;
  let output: OutputFacts | null = null;
  if (permit === null) {
    await session.end("finished", ended);
  } else {
    const source = resultsOf(checkpoint, session.committed);
    const content = { plan: found.work.plan, source, input: found.ready.input, settings };
    output = await writeOutput(permit, content, host, async (facts) => {
      session.setOutput(facts);
      await session.end("finished", ended);
    });
  }
  let backup: string | null = null;
  // That of a shard stays in place, where it is found together with the others.
  if (permit !== null && (!failed || options.acceptFailures)) {
    backup = checkpoint.complete(session.committed);
    await prune(context, checkpoint, backup, (text) => reporter.warn(text));
  }
  const exitCode = failed ? EXIT.someFailed : EXIT.ok;
  const outcome = failed ? "failed" : "complete";
  noteKept(setup, found.work.plan.kept);
  const summary = summaryOf(setup, session, { outcome, exitCode, counts, result, output, backup });
  showSummary(setup, summary);
  if (backup !== null) checkpoint.rerunReported();
  return { summary, end: { exitCode } };
}

type EndFacts = {
  readonly outcome: "complete" | "failed" | "stopped";
  readonly exitCode: ExitCode;
  readonly counts: PlanCounts;
  readonly result: RunResult;
  readonly output: OutputFacts | null;
  readonly backup: string | null;
};

/** The summary of a run that an error has ended. */
export function errorSummaryOf(
  setup: RunSetup,
  session: Session,
  counts: PlanCounts,
  elapsedMs: number,
  error: unknown,
): Promise<ErrorSummary> {
  const result = { stop: null, elapsedMs };
  const end = { outcome: "stopped", exitCode: EXIT.fatal, output: null, backup: null } as const;
  const { settings, context } = setup;
  return errorSummary(
    summaryOf(setup, session, { ...end, counts, result }),
    error,
    settings.dir,
    context.catalogue,
  );
}

function summaryOf(setup: RunSetup, session: Session, facts: EndFacts): Summary {
  const { run, committed } = session;
  const { counts, output, outcome } = facts;
  const { path: file, sha256 } = output ?? { path: "", sha256: null };
  return {
    session_id: committed.session.id,
    outcome,
    exit_code: facts.exitCode,
    ...(committed.repeat === undefined ? null : { repeat: committed.repeat }),
    selection: committed.selection ?? null,
    total: counts.total,
    completed: counts.done,
    failed: counts.failed,
    pending: pendingWithoutRetries(counts),
    percent: percentOf(counts.done, counts.total),
    attempted: run.attempted,
    succeeded: run.succeeded,
    failed_now: run.failed,
    usage: { run: run.usage, session: session.usage },
    ...(session.ttftOfRun === null ? {} : { ttft: ttftSummary(session.ttftOfRun) }),
    elapsed_ms: Math.round(facts.result.elapsedMs),
    stop: facts.result.stop,
    errors: committed.errors,
    output: sha256 === null ? null : { path: file, sha256 },
    backup: facts.backup,
    resume_command:
      facts.backup === null && (output !== null || outcome !== "complete")
        ? resumeCommand(setup, outcome, committed.words ?? [])
        : null,
    export_command:
      outcome === "stopped" && setup.settings.shard === null && counts.done + counts.failed > 0
        ? exportCommand(setup, committed.output)
        : null,
    ...(outcome === "stopped" ? null : mergeOfShards(setup)),
  };
}
