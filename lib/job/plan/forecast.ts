// What a run would do, found out without changing anything: no lock, no recovery, no move. It uses the same rules as the run, in the same order.
import { type Checkpoint, openCheckpoint } from "../../checkpoint/checkpoint.ts";
import { lockedByAnother, previewRecovery } from "../../checkpoint/locked-checkpoint.ts";
import { CkptError } from "../../core/errors.ts";
import type { Status } from "../../core/status.ts";
import type { Input } from "../../input/input.ts";
import { retriesFailed } from "../../run/decide.ts";
import { safePath } from "../../ui/escape.ts";
import { completionRequest, findCompletion, missingOf } from "../session/already-complete.ts";
import { identityJoin, joinFor, wantedAgain, type Work } from "./join-records.ts";
import { shortPath } from "../output/output-maker.ts";
import { decideOutput, type PermitRequest } from "../output/output-permit.ts";
import { permitRequest } from "../session/resume-or-start.ts";
import { missingItems, nothingToRerun } from "./rerun-choice.ts";
import type { RunSetup } from "../run-setup.ts";
import { lookAtShards } from "../shards/shard-run.ts";
import { decideByRules } from "../session/settle-decision.ts";

/** What a run would do first. `ask`: a question on this terminal; `write_output`: everything is done but the output. */
export type Action = "start" | "resume" | "start_over" | "write_output" | "nothing" | "ask" | "refuse";

export type Forecast = {
  readonly action: Action;
  /** The items that the run would see. */
  readonly work: Work;
  readonly retryFailed: boolean;
  /** What the run would say or ask before its first attempt; safe to print. */
  readonly notes: readonly string[];
  /** The error with which the run would end before its first attempt; null when it would start. */
  readonly refusal: CkptError | null;
};

type FoundCheckpoint = { readonly status: Status | null; readonly records: number; readonly work: Work };

/** @throws what a run throws while it reads the input and the checkpoint: input.*, template.*, checkpoint.damaged, … */
export async function forecastRun(setup: RunSetup, input: Input): Promise<Forecast> {
  const { context, settings, processor } = setup;
  const inPlace = openCheckpoint(context.host.fs, settings.dir);
  const checkpoint = inPlace.settled();
  const join = await joinFor(setup, checkpoint, input);
  const recovery = previewRecovery(checkpoint, join.visit);
  const found = {
    status: recovery?.status ?? null,
    records: recovery?.records ?? 0,
    work: await join.finish(processor),
  };
  const others = lookAtShards(setup, { input, work: found.work });
  const forecast =
    (await forecastCompletion(setup, checkpoint, input, found)) ??
    (await forecastCheckpoint(setup, checkpoint, input, found));
  const locked = lockedByAnother(inPlace);
  const refusal = others ?? locked;
  return refusal === null ? forecast : refused(forecast, refusal);
}

function refused(forecast: Forecast, refusal: CkptError): Forecast {
  return { ...forecast, action: "refuse", refusal };
}

/** Null when no completed session concerns the run. */
async function forecastCompletion(
  setup: RunSetup,
  checkpoint: Checkpoint,
  input: Input,
  found: FoundCheckpoint,
): Promise<Forecast | null> {
  const { settings, context } = setup;
  const { summary, run } = context.catalogue;
  const completion = await findCompletion(setup, checkpoint, input, found);
  if (completion === null) return null;
  const missing = missingOf(completion);
  if (completion.kind === "nothing-to-do") {
    const { record, work = found.work } = completion;
    const note =
      record.failed > 0
        ? summary.alreadyFailed(record.total, record.failed, record.job.repeat)
        : summary.alreadyComplete(record.total, record.job.repeat);
    const forecast: Forecast = {
      action: "nothing",
      work,
      retryFailed: false,
      notes: [note],
      refusal: null,
    };
    return missing === null ? forecast : refused(forecast, missing);
  }
  const { session, work } = completion.completed;
  const request = completionRequest(setup, checkpoint, completion.completed, found.status);
  const forecast: Forecast =
    completion.kind === "write-output"
      ? { action: "write_output", work, retryFailed: false, notes: [], refusal: null }
      : {
          action: "resume",
          work,
          retryFailed: retriesFailed(work.plan.counts(true), {
            failed: settings.failed,
            rerun: settings.rerun.length > 0,
          }),
          notes: [run.resumedFromBackup(session.backup)],
          refusal: null,
        };
  return missing === null ? withOutput(setup, forecast, request) : refused(forecast, missing);
}

async function forecastCheckpoint(
  setup: RunSetup,
  checkpoint: Checkpoint,
  input: Input,
  found: FoundCheckpoint,
): Promise<Forecast> {
  const { settings, context, processor } = setup;
  const { plan: texts } = context.catalogue;
  const { status, records, work } = found;
  const retryFailed = retriesFailed(work.plan.counts(true), {
    failed: settings.failed,
    rerun: settings.rerun.length > 0,
  });
  const start: Forecast = { action: "start", work, retryFailed, notes: [], refusal: null };
  if (status === null) {
    if (settings.rerun.length > 0) return refused(start, nothingToRerun(setup));
    const choice = { kind: "restart", onRequest: settings.resume === false } as const;
    return withOutput(setup, start, permitRequest(setup, checkpoint, found, choice));
  }
  const decision = decideByRules(setup, status, records, work);
  switch (decision.kind) {
    case "refuse":
      return refused(start, decision.error);
    case "ask":
      return { ...start, action: "ask", notes: [texts.wouldAsk[decision.about]] };
    case "continue": {
      const refusal = missingItems(work);
      if (refusal !== null) return refused(start, refusal);
      if (decision.retry === "all") work.plan.retryRejected();
      const notes = decision.note === undefined ? [] : [decision.note];
      const resume = { ...start, action: "resume", notes, retryFailed: decision.retry !== "none" } as const;
      return withOutput(setup, resume, permitRequest(setup, checkpoint, found, decision));
    }
    case "restart": {
      if (settings.rerun.length > 0) return refused(start, nothingToRerun(setup));
      const notes = [...(decision.note === undefined ? [] : [decision.note]), texts.wouldStartOver];
      const join = await identityJoin(input, null, wantedAgain(work, null));
      const fresh = await join.finish(processor);
      const restart = { ...start, action: "start_over", notes, work: fresh } as const;
      return withOutput(setup, restart, permitRequest(setup, checkpoint, found, decision));
    }
  }
}

/** Adds what the run would do about its output. */
function withOutput(setup: RunSetup, forecast: Forecast, request: PermitRequest): Forecast {
  if (setup.settings.shard !== null) return forecast;
  const { host, catalogue } = setup.context;
  try {
    const decision = decideOutput(request, { changesNothing: true });
    switch (decision.kind) {
      case "permit":
        return forecast;
      case "refuse":
        return refused(forecast, decision.error);
      case "ask": {
        const file = safePath(shortPath(decision.file.path, host.cwd));
        return {
          ...forecast,
          action: "ask",
          notes: [...forecast.notes, catalogue.plan.wouldAskOutput(file)],
        };
      }
    }
  } catch (error) {
    if (error instanceof CkptError) return refused(forecast, error);
    throw error;
  }
}
