// Looks for completed sessions of this job among the backups. The same job again is already complete. With a changed input, another number of answers, or with
// failures to retry, the run resumes from the session that has most of its items. At most one log is read completely, for any number of backups.
import { type Checkpoint, type CompletedSession, openCheckpoint } from "../../checkpoint/checkpoint.ts";
import { resultsOf, sampleResults } from "../../checkpoint/results.ts";
import { isSameFingerprint } from "../../core/fingerprint.ts";
import { isSameFile, isWhole, repeatsOf } from "../../core/job.ts";
import type { Plan } from "../../core/plan.ts";
import type { ResultSource } from "../../core/result-source.ts";
import type { Status } from "../../core/status.ts";
import type { Input } from "../../input/input.ts";
import { IdentityJoin } from "../../run/planner.ts";
import { rerunOfCompleted } from "../plan/rerun-choice.ts";
import type { RunSetup } from "../run-setup.ts";
import { isSameItems } from "../input/input-reading.ts";
import { isSameSelection } from "../plan/selection.ts";
import { joinResults, wantedAgain, type Work } from "../plan/join-records.ts";

export type CompletedWork = {
  readonly session: CompletedSession;
  readonly results: ResultSource;
  /** They, joined to the input. */
  readonly work: Work;
  /** There is nothing left to do. */
  readonly isComplete: boolean;
};

/**
 * The completed session that leaves nothing to do, or from which the run resumes. Null with `--no-resume`, and when the current checkpoint belongs to
 * this job. If it belongs to another job, only a session that leaves nothing to do counts.
 * @param found the current checkpoint, joined with the input
 */
export async function completedWork(
  setup: RunSetup,
  checkpoint: Checkpoint,
  input: Input,
  found: { readonly status: Status | null; readonly work: Work },
): Promise<CompletedWork | null> {
  const { settings, fingerprint } = setup;
  const inPlace = found.status !== null;
  if (settings.resume === false || (inPlace && isOwn(setup, found.status, found.work))) return null;
  const sessions = checkpoint.completedSessions(
    (job) => isSameFingerprint({ id: job.fp }, fingerprint) && isWhole(job),
  );
  const ofInput = sessions.filter(({ job }) => isSameItems(job.input, input, found.work.bytes.sha256));
  const same = newestOfEach(ofInput).find(
    ({ job }) =>
      repeatsOf(job) === found.work.repeats && isSameSelection(job.selection, found.work.selection),
  );
  const session = same ?? (inPlace ? null : await bestFit(setup, checkpoint, input, sessions));
  if (session === null) return null;
  const backup = openCheckpoint(checkpoint.fs, session.folder);
  const read = backup.readStatus();
  if (read.kind !== "good") return null;
  const results = resultsOf(backup, read.status);
  const rerun = rerunOfCompleted(setup, checkpoint, read.status);
  const work = await joinResults(results, setup, input, wantedAgain(found.work, rerun));
  // Failures of a completed session have been accepted: only `--failed retry` retries them.
  const counts = work.plan.counts(settings.failed === "retry");
  // Imported results may take the place of accepted failures.
  const mayImport = settings.import.length > 0 && counts.failed > 0;
  const isComplete = session === same && counts.pending === 0 && !mayImport;
  const fits = isComplete || (!inPlace && hasResults(work.plan));
  return fits ? { session, results, work, isComplete } : null;
}

/** Each session as it was completed last: it may have been resumed for more answers, or fewer, or for other items. @param sessions the newest first */
function newestOfEach(sessions: readonly CompletedSession[]): readonly CompletedSession[] {
  return sessions.filter(({ nonce }, at) => sessions.findIndex((other) => other.nonce === nonce) === at);
}

/** Whether the current checkpoint belongs to this job. With the same input, no results are needed to tell. */
function isOwn({ fingerprint }: RunSetup, status: Status, { plan, sameInput }: Work): boolean {
  if (!isSameFingerprint(status.fingerprint, fingerprint)) return false;
  if (sameInput) return true;
  return hasResults(plan);
}

/** Whether there is a result of an item of the input, chosen or not. */
function hasResults({ withResult, passedOver }: Plan): boolean {
  return withResult + passedOver > 0;
}

/**
 * The session that has most of the input's items, estimated from samples of the logs; without a match, the newest session with the same input path.
 * After `clear`, and until another session is completed, only the input path counts, so that cleared results do not come back through another input.
 */
async function bestFit(
  { source }: RunSetup,
  checkpoint: Checkpoint,
  input: Input,
  all: readonly CompletedSession[],
): Promise<CompletedSession | null> {
  const ofPlace = all.filter(({ job }) => isSameFile(job.input.path, source.recordedPath));
  const sessions = checkpoint.receipt()?.cleared === true ? ofPlace : all;
  const [first, second] = sessions;
  if (first === undefined) return null;
  if (second === undefined && ofPlace.includes(first)) return first;
  const join = new IdentityJoin(input, 0);
  // If several sessions have the same item, the last one added wins: the newest.
  for (const [at, { folder }] of [...sessions.entries()].toReversed())
    sampleResults(openCheckpoint(checkpoint.fs, folder), (entry) =>
      join.add({ ...entry.identity(), repeat: 1, offset: at, error: null }),
    );
  const { plan } = await join.finish();
  const shares = new Map<number, number>();
  for (let index = 0; index < plan.count; index++) {
    const at = plan.offset(index);
    if (at !== null) shares.set(at, (shares.get(at) ?? 0) + 1);
  }
  const [best] = [...shares].toSorted(([a, mine], [b, others]) => others - mine || a - b);
  return (best === undefined ? ofPlace[0] : sessions[best[0]]) ?? null;
}
