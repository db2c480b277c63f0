// The recorded sessions of a folder: those in its backups, and the last completed one if its backup is gone. Reads one small file per backup (two if
// an older version made it) and no log.
import * as path from "node:path";
import { CkptError, systemCode } from "../../core/errors.ts";
import { isSameInput, type JobFacts, jobOf } from "../../core/job.ts";
import type { OutputFacts, Status } from "../../core/status.ts";
import { NotRegularError, syncFolder, writeSynced } from "../../io/file.ts";
import type { FileSystem } from "../../io/fs.ts";
import { readableStatus } from "../contents.ts";
import { type BackupEntry, listBackups, readBackup } from "./backups.ts";
import { encodeManifest, type Manifest } from "./manifest.ts";
import { type CheckpointPaths, checkpointPaths, isCompletedBackup, MANIFEST } from "../names.ts";
import { type Receipt, readReceipt } from "./receipt.ts";

export type SessionRecord = {
  readonly nonce: string;
  readonly id: string;
  readonly job: JobFacts;
  readonly output: OutputFacts | null;
  /** ISO time of the backup, or of the completion. */
  readonly recordedAt: string;
  readonly total: number;
  readonly completed: number;
  readonly failed: number;
  /** Name of its backup; null without one. */
  readonly backup: string | null;
};

/** A completed session whose backup is intact by file sizes. */
export type CompletedSession = SessionRecord & {
  readonly backup: string;
  readonly folder: string;
  readonly manifest: Manifest;
};

/** All recorded sessions, the newest first. Unreadable ones are left out. */
export function recordedSessions(fs: FileSystem, paths: CheckpointPaths): SessionRecord[] {
  const kept = listBackups(fs, paths).flatMap((entry) => recordOf(entry, readableJob(fs, entry)) ?? []);
  const receipt = readReceipt(fs, paths);
  const isKept = kept.some(({ backup }) => backup === receipt?.backup);
  return receipt === null || isKept ? kept : [receiptRecord(receipt), ...kept];
}

/** The last completed session from its receipt, when its backup is gone. */
export function receiptRecord(receipt: Receipt): SessionRecord {
  const { nonce, session_id: id, finished_at: recordedAt, total, completed, failed } = receipt;
  const job = jobOf(receipt);
  return { nonce, id, job, output: writtenOutput(job), recordedAt, total, completed, failed, backup: null };
}

/** The backup named by a receipt, if it still exists and belongs to that session. */
export function receiptBackup(fs: FileSystem, paths: CheckpointPaths, receipt: Receipt): BackupEntry | null {
  if (receipt.backup === null) return null;
  const entry = readBackup(fs, path.join(paths.backups, receipt.backup));
  return entry.manifest?.nonce === receipt.nonce ? entry : null;
}

/** The session of the current checkpoint. */
export function presentRecord(status: Status): SessionRecord {
  const { session, saved_at: recordedAt, output, total, completed, failed } = status;
  const { nonce, id } = session;
  return { nonce, id, job: jobOf(status), output, recordedAt, total, completed, failed, backup: null };
}

/**
 * Completed sessions from which a run may resume, the newest first.
 * @throws system.failed for a backup that cannot be read at the moment: it may hold results, which must not be made again because of that
 */
export function completedSessions(
  fs: FileSystem,
  paths: CheckpointPaths,
  isWanted: (job: JobFacts) => boolean,
): CompletedSession[] {
  return listBackups(fs, paths).flatMap((entry): CompletedSession[] => {
    const { name: backup, folder, manifest, problems } = entry;
    if (manifest === null && isCompletedBackup(backup)) refuseUnreadable(entry);
    if (manifest?.reason !== "completed" || manifest.form !== "checkpoint") return [];
    const record = recordOf(entry, jobIn(fs, entry));
    if (record === null || manifest.cleared === true || !isWanted(record.job)) return [];
    refuseUnreadable(entry);
    return problems.length > 0 ? [] : [{ ...record, backup, folder, manifest }];
  });
}

function refuseUnreadable({ folder, problems }: BackupEntry): void {
  const unreadable = problems.find((problem) => problem.kind === "unreadable");
  if (unreadable === undefined) return;
  const { file, cause } = unreadable;
  throw new CkptError("system.failed", { what: "read", path: path.join(folder, file), cause });
}

function recordOf({ name, manifest }: BackupEntry, job: JobFacts | null): SessionRecord | null {
  if (manifest === null || job === null || manifest.nonce === null) return null;
  const { nonce, session_id: id, created_at: recordedAt, total, completed, failed } = manifest;
  return {
    nonce,
    id: id ?? "",
    job,
    output: writtenOutput(job),
    recordedAt,
    total,
    completed,
    failed,
    backup: name,
  };
}

/** The output of an ended session. The file that it replaced is gone. */
function writtenOutput({ output }: JobFacts): OutputFacts | null {
  if (output === null) return null;
  const { replaces: _over, ...written } = output;
  return written;
}

/** The job of a backup; from its status if the manifest has none. */
function jobIn(fs: FileSystem, { folder, manifest }: BackupEntry): JobFacts | null {
  if (manifest === null || manifest.job !== undefined) return manifest?.job ?? null;
  const status = readableStatus(fs, checkpointPaths(folder));
  return status === null ? null : jobOf(status);
}

function readableJob(fs: FileSystem, entry: BackupEntry): JobFacts | null {
  try {
    return jobIn(fs, entry);
  } catch (error) {
    if (systemCode(error) === null && !(error instanceof NotRegularError)) throw error;
    return null;
  }
}

/** Marks the completed sessions of a job as cleared: no run resumes from them. Needs the lock. Can be repeated. */
export function clearCompleted(
  fs: FileSystem,
  paths: CheckpointPaths,
  cleared: Pick<JobFacts, "fp" | "input">,
): void {
  for (const entry of listBackups(fs, paths)) {
    const { manifest } = entry;
    if (manifest?.reason !== "completed" || manifest.cleared === true) continue;
    const job = readableJob(fs, entry);
    if (job?.fp !== cleared.fp || !isSameInput(job.input, cleared.input)) continue;
    replaceManifest(fs, paths, entry.folder, { ...manifest, cleared: true });
  }
}

/** The temporary file is in the checkpoint folder, where the next start removes leftovers. A backup that was just deleted stays deleted. */
function replaceManifest(fs: FileSystem, paths: CheckpointPaths, folder: string, manifest: Manifest): void {
  const temporary = path.join(paths.dir, `${MANIFEST}.tmp`);
  writeSynced(fs, temporary, Buffer.from(encodeManifest(manifest)));
  try {
    fs.renameSync(temporary, path.join(folder, MANIFEST));
    syncFolder(fs, folder);
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error;
  }
}
