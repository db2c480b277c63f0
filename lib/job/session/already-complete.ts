// What a completed session means for a run of its job. Either everything is done, and at most the output has to be written; or the session is
// restored, and the run resumes from it.
import {
  type Checkpoint,
  presentRecord,
  receiptRecord,
  type SessionRecord,
} from "../../checkpoint/checkpoint.ts";
import type { LockedCheckpoint } from "../../checkpoint/locked-checkpoint.ts";
import { type CkptError, EXIT } from "../../core/errors.ts";
import { percentOf } from "../../core/percent.ts";
import { isSameFingerprint } from "../../core/fingerprint.ts";
import { isWhole, repeatsOf } from "../../core/job.ts";
import { isAllDone, type OutputFacts, type Status } from "../../core/status.ts";
import type { Input } from "../../input/input.ts";
import { isSpecial, existingFile } from "../../output/output-file.ts";
import { isOneOf } from "../../run/may-replace.ts";
import type { Summary } from "../../run/progress.ts";
import type { CommandEnd } from "../../cli/context.ts";
import { missingItems, noteNothingDue } from "../plan/rerun-choice.ts";
import type { JobState, RunSetup } from "../run-setup.ts";
import { type CompletedWork, completedWork } from "./completed-sessions.ts";
import { writeOutput } from "../output/job-output.ts";
import { type OutputPermit, permitOutput, type PermitRequest, placeOf } from "../output/output-permit.ts";
import { isSameSelection } from "../plan/selection.ts";
import { isSameItems } from "../input/input-reading.ts";
import type { Work } from "../plan/join-records.ts";
import { shapeOptions } from "../arguments/shape-arguments.ts";
import { mergeOfShards, showSummary } from "./summary.ts";

export type AfterCompletion =
  | { readonly kind: "ended"; readonly ending: CommandEnd }
  /** The completed session has been restored. */
  | { readonly kind: "restored"; readonly permit: OutputPermit };

/** What a completed session of this job means for a run. */
export type Completion =
  /** There is nothing to do: all is done, and the output is in place. */
  | {
      readonly kind: "nothing-to-do";
      readonly record: SessionRecord;
      readonly output: OutputFacts;
      /** Its results joined to the input; absent when only the receipt is left. */
      readonly work?: Work;
    }
  /** All is done, but the output has to be written. */
  | { readonly kind: "write-output"; readonly completed: CompletedWork }
  /** The run resumes from its results. */
  | { readonly kind: "resume"; readonly completed: CompletedWork };

/**
 * Looks for a completed session of this job. Changes nothing.
 * @param found the current checkpoint, joined with the input
 * @returns null when no completed session concerns this run
 */
export async function findCompletion(
  setup: RunSetup,
  checkpoint: Checkpoint,
  input: Input,
  found: { readonly status: Status | null; readonly work: Work },
): Promise<Completion | null> {
  const { status } = found;
  if (setup.settings.shard !== null)
    return status === null || !isSealed(setup, status, found.work)
      ? null
      : { kind: "nothing-to-do", record: presentRecord(status), output: NO_OUTPUT, work: found.work };
  const completed = await completedWork(setup, checkpoint, input, found);
  if (completed === null)
    return found.status === null && setup.settings.resume !== false && setup.settings.rerun.length === 0
      ? receiptCompletion(setup, checkpoint, input, found.work)
      : null;
  const { session, work, isComplete } = completed;
  if (!isComplete) return { kind: "resume", completed };
  const output = isMadeAsWanted(setup, session.output) ? outputInPlace(setup, session.output) : null;
  return output === null
    ? { kind: "write-output", completed }
    : { kind: "nothing-to-do", record: session, output, work };
}

/** A shard has no output. */
const NO_OUTPUT: OutputFacts = { path: "", sha256: null };

/** Whether a shard is complete. Its checkpoint stays where it is. */
function isSealed({ settings, fingerprint }: RunSetup, status: Status, { plan, sameInput }: Work): boolean {
  const isSame = sameInput && isSameFingerprint(status.fingerprint, fingerprint);
  return isSame && settings.resume !== false && isAllDone(status) && plan.counts(true).pending === 0;
}

/** What decides whether a run may write the output of a completed session. @param status of the checkpoint in place */
export function completionRequest(
  setup: RunSetup,
  checkpoint: Checkpoint,
  { session, work }: CompletedWork,
  status: Status | null,
): PermitRequest {
  const origin = { session, onRequest: false, startedOver: null };
  return { setup, checkpoint, work, origin, present: status === null ? null : presentRecord(status) };
}

/** The error for items that `--rerun` names and that are not there; null when there are none. */
export function missingOf(completion: Completion): CkptError | null {
  const work = completion.kind === "nothing-to-do" ? completion.work : completion.completed.work;
  return work === undefined ? null : missingItems(work);
}

/** Acts on a completed session. @returns null when no completed session concerns this run */
export async function afterCompletion(
  setup: RunSetup,
  checkpoint: LockedCheckpoint,
  found: JobState,
): Promise<AfterCompletion | null> {
  const { context, reporter } = setup;
  const { ready, work, recovered } = found;
  const status = recovered?.status ?? null;
  const completion = await findCompletion(setup, checkpoint, ready.input, { status, work });
  if (completion === null) return null;
  const missing = missingOf(completion);
  if (missing !== null) throw missing;
  if (completion.kind === "nothing-to-do") {
    noteNothingDue(setup, completion.work ?? null);
    const ending = alreadyComplete(setup, completion.record, completion.output);
    checkpoint.rerunReported();
    return { kind: "ended", ending };
  }
  const { completed } = completion;
  const permit = await permitOutput(completionRequest(setup, checkpoint, completed, status));
  if (permit === "cancel") return { kind: "ended", ending: { exitCode: EXIT.interrupted } };
  if (completion.kind === "write-output")
    return await writtenAgain(setup, checkpoint, found, completed, permit);
  const { session } = completed;
  checkpoint.restore(session.folder, session.manifest);
  reporter.note(context.catalogue.run.resumedFromBackup(session.backup));
  return { kind: "restored", permit };
}

async function writtenAgain(
  setup: RunSetup,
  checkpoint: LockedCheckpoint,
  found: JobState,
  completed: CompletedWork,
  permit: OutputPermit,
): Promise<AfterCompletion> {
  noteNothingDue(setup, completed.work);
  const ending = await writeAgain(setup, checkpoint, found, completed, permit);
  checkpoint.rerunReported();
  return { kind: "ended", ending };
}

/** Writes the output of a completed session again. It is recorded like an export, before and after it is renamed into place. */
async function writeAgain(
  setup: RunSetup,
  checkpoint: LockedCheckpoint,
  { ready }: JobState,
  { session, work, results }: CompletedWork,
  permit: OutputPermit,
): Promise<CommandEnd> {
  const { context, settings } = setup;
  const { nonce } = session;
  const { path: file } = permit.place;
  const content = { plan: work.plan, source: results, input: ready.input, settings };
  const before = checkpoint.exportedHashes(nonce, file);
  const written = await writeOutput(permit, content, context.host, ({ sha256 }) => {
    if (sha256 !== null) checkpoint.recordExport({ path: file, nonce, sha256: [sha256, ...before] });
    return Promise.resolve();
  });
  if (written.sha256 !== null) checkpoint.recordExport({ path: file, nonce, sha256: [written.sha256] });
  return alreadyComplete(setup, session, written);
}

/**
 * The backup is gone, but the receipt says that all was done, and the output with all results is there. It cannot be written again, whatever its rows
 * are to consist of now; and nothing is paid for twice for that.
 */
function receiptCompletion(
  setup: RunSetup,
  checkpoint: Checkpoint,
  input: Input,
  work: Work,
): Completion | null {
  const { fingerprint } = setup;
  const receipt = checkpoint.receipt();
  if (receipt === null || receipt.cleared === true) return null;
  const isSame =
    isWhole(receipt) &&
    repeatsOf(receipt) === work.repeats &&
    isSameSelection(receipt.selection, work.selection) &&
    isSameFingerprint(receipt.fingerprint, fingerprint) &&
    isSameItems(receipt.input, input, work.bytes.sha256);
  const output = isSame ? outputInPlace(setup, receipt.output) : null;
  return output === null ? null : { kind: "nothing-to-do", record: receiptRecord(receipt), output };
}

/** The output of a session in the place where this run would write it; null when it is missing or has been replaced. */
function outputInPlace(setup: RunSetup, output: OutputFacts | null): OutputFacts | null {
  const { fs } = setup.context.host;
  const place = placeOf(setup, output);
  if (output === null || place.path === "-" || isSpecial(fs, place.path)) return null;
  const file = existingFile(fs, place.path);
  return file !== null && isOneOf([{ path: output.path, sha256: output.sha256 }], file) ? file : null;
}

/** Whether the rows of an output consist of what this run wants them to; true where that is not on record. */
function isMadeAsWanted({ settings }: RunSetup, output: OutputFacts | null): boolean {
  return output?.made_with === undefined || output.made_with.join() === shapeOptions(settings).join();
}

function alreadyComplete(setup: RunSetup, record: SessionRecord, output: OutputFacts): CommandEnd {
  const { id, recordedAt, total, completed, failed, backup, job } = record;
  const exitCode = failed > 0 ? EXIT.someFailed : EXIT.ok;
  const { path: file, sha256 } = output;
  const summary: Summary = {
    session_id: id,
    outcome: "already_complete",
    exit_code: exitCode,
    ...(job.repeat === undefined ? null : { repeat: job.repeat }),
    selection: record.job.selection ?? null,
    total,
    completed,
    failed,
    pending: 0,
    attempted: 0,
    succeeded: 0,
    failed_now: 0,
    percent: percentOf(completed, total),
    elapsed_ms: 0,
    stop: null,
    errors: [],
    output: sha256 === null ? null : { path: file, sha256 },
    backup,
    resume_command: null,
    export_command: null,
    ...mergeOfShards(setup),
    finished_at: recordedAt,
  };
  showSummary(setup, summary);
  return { exitCode };
}
