// Looks for completed sessions of this job among the backups: the same job again is complete already, and a changed input, or failures to be tried
// again, go on from the session that has most of its items. At most one log is read whole, whatever the number of backups.
import * as path from "node:path";
import type { CheckpointPaths } from "../checkpoint/names.ts";
import { LOG, STATUS } from "../checkpoint/names.ts";
import { sampleLog } from "../checkpoint/log/log-sample.ts";
import { scanLog } from "../checkpoint/log/log-reader.ts";
import { recordIdentity } from "../checkpoint/record/read-record.ts";
import { readReceipt } from "../checkpoint/backup/receipt.ts";
import { logStart } from "../checkpoint/log/log-start.ts";
import { type CompletedSession, completedSessions } from "../checkpoint/backup/sessions.ts";
import { readStatus } from "../checkpoint/status/status-file.ts";
import { isSameFingerprint } from "../core/fingerprint.ts";
import { isSameFile, isWhole } from "../core/job.ts";
import type { Status } from "../core/status.ts";
import type { Input } from "../input/input.ts";
import { IdentityJoin } from "../run/planner.ts";
import type { RunSetup } from "./run-setup.ts";
import { isSameItems } from "./input-reading.ts";
import { recordJoinFor, type Work } from "./join-records.ts";

export type CompletedWork = {
  readonly session: CompletedSession;
  /** Its results, joined to the input. */
  readonly work: Work;
  /** There is nothing to do. */
  readonly isComplete: boolean;
};

/**
 * The completed session that this run is done with already, or goes on from. None with `--no-resume`, nor where the checkpoint in place is this job's;
 * beside another job's there may be one that leaves nothing to do.
 * @param found the checkpoint in place, joined to the input
 */
export async function completedWork(
  setup: RunSetup,
  paths: CheckpointPaths,
  input: Input,
  found: { readonly status: Status | null; readonly work: Work },
): Promise<CompletedWork | null> {
  const { context, settings, fingerprint } = setup;
  const inPlace = found.status !== null;
  if (settings.resume === false || (inPlace && isOwn(setup, found.status, found.work))) return null;
  const sessions = completedSessions(
    context.host.fs,
    paths,
    (job) => isSameFingerprint({ id: job.fp }, fingerprint) && isWhole(job),
  );
  const same = sessions.find(({ job }) => isSameItems(job.input, input, found.work.bytes.sha256));
  const session = same ?? (inPlace ? null : await bestFit(setup, paths, input, sessions));
  if (session === null) return null;
  const work = await joinedWork(setup, input, session);
  if (work === null) return null;
  // Failures of a completed session have been accepted: only `--failed retry` takes that back.
  const counts = work.plan.counts(settings.failed === "retry");
  const isComplete = session === same && counts.pending === 0;
  const fits = isComplete || (!inPlace && work.plan.withResult > 0);
  return fits ? { session, work, isComplete } : null;
}

/** Whether the checkpoint in place is this job's: one that has just begun has no results yet to tell by. */
function isOwn({ fingerprint }: RunSetup, status: Status, { plan, sameInput }: Work): boolean {
  if (!isSameFingerprint(status.fingerprint, fingerprint)) return false;
  if (sameInput) return true;
  return plan.withResult > 0;
}

/**
 * The session that has most of the input's items, by samples of their logs; where none shows, the newest of an input in the same place. After `clear`,
 * and until something is completed again, only that place counts: what was cleared is not to come back by way of another input.
 */
async function bestFit(
  { context, source }: RunSetup,
  paths: CheckpointPaths,
  input: Input,
  all: readonly CompletedSession[],
): Promise<CompletedSession | null> {
  const { fs } = context.host;
  const ofPlace = all.filter(({ job }) => isSameFile(job.input.path, source.recordedPath));
  const sessions = readReceipt(fs, paths)?.cleared === true ? ofPlace : all;
  const [first, second] = sessions;
  if (first === undefined) return null;
  if (second === undefined && ofPlace.includes(first)) return first;
  const join = new IdentityJoin(input, 0);
  // Where several have the same item, the last one to be added gets it: the newest.
  for (const [at, { folder }] of [...sessions.entries()].toReversed())
    sampleLog(fs, path.join(folder, LOG), (frame, line) =>
      join.add({ ...recordIdentity(line, frame), offset: at, error: null }),
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

async function joinedWork(setup: RunSetup, input: Input, { folder }: CompletedSession): Promise<Work | null> {
  const { fs } = setup.context.host;
  const file = path.join(folder, STATUS);
  const read = readStatus(fs, file);
  if (read.kind !== "good") return null;
  const join = await recordJoinFor(read.status, file, setup.fingerprint, input);
  scanLog(fs, path.join(folder, LOG), logStart(read.status), join.visit);
  return join.finish(setup.processor);
}
