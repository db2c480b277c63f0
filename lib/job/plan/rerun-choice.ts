// Which rerun a run carries out (`--rerun`): the one on record, if it is not over yet, or the one that was typed. The same words as on record mean the same
// rerun until its end was reported, so that whoever is killed can type them again and repeats nothing.
import type { Checkpoint } from "../../checkpoint/checkpoint.ts";
import type { Recovered } from "../../checkpoint/locked-checkpoint.ts";
import { CkptError } from "../../core/errors.ts";
import { Rerun } from "../../core/rerun.ts";
import type { JobScope, OutputFacts, Status } from "../../core/status.ts";
import type { FileSystem } from "../../io/fs.ts";
import { existingFile, isSpecial } from "../../output/output-file.ts";
import { isOneOf } from "../../run/may-replace.ts";
import type { Work } from "./join-records.ts";
import type { JobState, RunSetup } from "../run-setup.ts";
import type { SettledDecision } from "../session/settle-decision.ts";

type RerunRequest = Pick<RunSetup, "settings" | "context">;

/** The rerun of a run on the checkpoint in place; null: nothing is run again. */
export function rerunInPlace(asked: RerunRequest, checkpoint: Checkpoint, status: Status): Rerun | null {
  if (asked.settings.rerun.length === 0 && status.rerun === undefined) return null;
  return rerunOf(asked, status, isOverInPlace(asked, checkpoint, status));
}

/** The same for a run that resumes from a completed session. @param checkpoint the one that has its backup */
export function rerunOfCompleted(asked: RerunRequest, checkpoint: Checkpoint, status: Status): Rerun | null {
  const receipt = checkpoint.receipt();
  const isLast = receipt?.nonce === status.session.nonce;
  return rerunOf(asked, status, !isLast || receipt.rerun_reported === true);
}

function rerunOf({ settings }: RerunRequest, { rerun }: Status, isOver: boolean): Rerun | null {
  const typed = settings.rerun;
  if (rerun !== undefined && !isOver && (typed.length === 0 || isSame(typed, rerun.what)))
    return new Rerun(rerun.what, rerun.to_seq);
  return typed.length === 0 ? null : new Rerun(typed, Number.POSITIVE_INFINITY);
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((word, at) => word === b[at]);
}

/**
 * A rerun that left failures is over when its output is in place: it is the last thing that such a run writes. One that completed its session is over
 * when a backup has it: the checkpoint has been restored from there.
 */
function isOverInPlace({ settings, context }: RerunRequest, checkpoint: Checkpoint, status: Status): boolean {
  const { rerun, session } = status;
  const completed = checkpoint.completedSessions((job) => job.rerun?.to_seq === rerun?.to_seq);
  if (completed.some(({ nonce }) => nonce === session.nonce)) return true;
  const hasEnded = status.state === "finished" && status.runs.at(-1)?.ended === "failed";
  return hasEnded && settings.failed !== "keep" && isWritten(context.host.fs, status.output);
}

function isWritten(fs: FileSystem, output: OutputFacts | null): boolean {
  if (output === null || output.path === "-" || isSpecial(fs, output.path)) return true;
  const file = existingFile(fs, output.path);
  return file !== null && file.sha256 === output.sha256 && isOneOf([output], file);
}

/** What goes on record of a rerun that begins; null: nothing new. */
export function rerunScope(
  { rerun, plan }: Work,
  recovered: Recovered | null,
): Pick<JobScope, "rerun"> | null {
  if (rerun === null || !rerun.isNew || recovered === null || plan.counts(false).rerun === 0) return null;
  return { rerun: { what: rerun.what, to_seq: recovered.position.records } };
}

export function nothingToRerun({ settings }: RerunRequest): CkptError {
  return new CkptError("checkpoint.nothingToRerun", { dir: settings.dir });
}

/** The error for items that were typed and are not there; null when there are none. */
export function missingItems({ rerun, count }: Work): CkptError | null {
  const items = rerun?.missing(count) ?? [];
  return items.length === 0 ? null : new CkptError("checkpoint.noSuchItem", { items });
}

/** @throws checkpoint.nothingToRerun, checkpoint.noSuchItem */
export function refuseRerun(
  asked: RerunRequest,
  choice: SettledDecision,
  { recovered, work }: JobState,
): void {
  if (asked.settings.rerun.length === 0) return;
  if (recovered === null || choice === "cancel" || choice.kind === "restart") throw nothingToRerun(asked);
  const missing = missingItems(work);
  if (missing !== null) throw missing;
}

/** Says so where another rerun, which was stopped before its end, gives way to the one that was typed. */
export function noteReplaced(
  { settings, context, reporter }: RunSetup,
  { status, work }: { readonly status: Status | null; readonly work: Work },
): void {
  const before = status?.rerun;
  if (before === undefined || work.rerun?.isNew !== true || isSame(settings.rerun, before.what)) return;
  if (status?.state !== "finished") reporter.note(context.catalogue.run.rerunReplaced(before.what));
}

/** Says so where nothing matches what was typed. */
export function noteNothingDue({ settings, context, reporter }: RunSetup, work: Work | null): void {
  if (settings.rerun.length === 0 || (work?.plan.counts(false).rerun ?? 0) > 0) return;
  const texts = context.catalogue.run;
  reporter.note(work?.rerun?.isNew === false ? texts.rerunOver : texts.nothingDue(settings.rerun));
}

/** Items that were run again and failed, and have a good result all the same. */
export function noteKept({ context, reporter }: RunSetup, kept: number): void {
  if (kept > 0) reporter.note(context.catalogue.run.resultsKept(kept));
}
