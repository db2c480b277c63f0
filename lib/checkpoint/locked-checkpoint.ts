// The door of this room, for who changes a checkpoint: it is locked first, and whatever an interrupted command had decided is finished. Backups have a lock of their
// own, so that one can be made while a run goes on.
import type { CkptError } from "../core/errors.ts";
import type { EntryVisitor } from "../core/result-source.ts";
import type { Status } from "../core/status.ts";
import { type JobFacts, jobOf } from "../core/job.ts";
import type { Clock } from "../io/clock.ts";
import { replaceFile, syncFolder } from "../io/file.ts";
import type { FileSystem } from "../io/fs.ts";
import { withBackupsLocked } from "./backup/backup-lock.ts";
import {
  deleteBackup as deleteBackupOf,
  deleteCheckpoint,
  freeBackupName,
  type KeptCounts,
  moveToBackup,
  pruneBackups as pruneBackupsOf,
} from "./backup/backups.ts";
import { makeBackup as makeBackupOf } from "./backup/make-backup.ts";
import type { Manifest } from "./backup/manifest.ts";
import { encodeCleared, encodeReceipt, type Receipt } from "./backup/receipt.ts";
import { restoreBackup } from "./backup/restore.ts";
import { clearCompleted } from "./backup/sessions.ts";
import { Checkpoint } from "./checkpoint.ts";
import {
  finishPendingMove as finishPendingMoveOf,
  lockedByAnother as lockedByAnotherOf,
  lockFolder,
  type LockedFolder,
} from "./folder.ts";
import { newIdentity } from "./identity.ts";
import { emptyPosition } from "./log/log-start.ts";
import { entryVisitor } from "./log/log-entry.ts";
import { previewRecovery as previewRecoveryOf, recover, type Recovered } from "./log/recovery.ts";
import { repairCheckpoint, type Repaired } from "./log/repair.ts";
import type { VerifyReport } from "./log/verify.ts";
import { backupStem } from "./names.ts";
import type { Owner } from "./owner.ts";
import { ThreadCommitter } from "./status/committer.ts";
import { Session, type SessionFacts } from "./status/session.ts";

export { KEPT_DEFAULT, type KeptCounts } from "./backup/backups.ts";
export { newIdentity } from "./identity.ts";
export type { Recovered } from "./log/recovery.ts";
export type { Session } from "./status/session.ts";

/**
 * Takes the lock of a checkpoint's folder, which is made if need be.
 * @throws checkpoint.locked, checkpoint.notWritable, checkpoint.diskFull, checkpoint.notOurs
 */
export async function lockCheckpoint(
  { fs, paths }: Checkpoint,
  owner: Owner,
  clock: Clock,
): Promise<LockedCheckpoint> {
  return new LockedCheckpoint(fs, await lockFolder(fs, paths.dir, owner, clock), clock);
}

/** Finishes a move that was interrupted, unless the process that holds the checkpoint is just doing it. @throws as `lockCheckpoint` does */
export function finishPendingMove({ fs, paths }: Checkpoint, owner: Owner, clock: Clock): Promise<void> {
  return finishPendingMoveOf(fs, paths, owner, clock);
}

/** The error with which taking the lock would end now; null when it would be taken. Takes no lock. */
export function lockedByAnother({ fs, paths }: Checkpoint): CkptError | null {
  return lockedByAnotherOf(fs, paths);
}

/** What `recover` would find, and visit. Changes nothing, and needs no lock. @throws as it does */
export function previewRecovery(
  { fs, paths }: Checkpoint,
  visit: EntryVisitor,
): ReturnType<typeof previewRecoveryOf> {
  return previewRecoveryOf(fs, paths, entryVisitor(visit));
}

/**
 * Makes and verifies a backup of what is committed, also while a run goes on.
 * @param name null: one that says when it was made
 * @throws checkpoint.none, checkpoint.damaged, checkpoint.locked, backup.exists, backup.failed
 */
export function makeBackup({ fs, paths }: Checkpoint, name: string | null, clock: Clock): Promise<Manifest> {
  const nowMs = clock.now();
  return withBackupsLocked(fs, paths, clock, () =>
    makeBackupOf(fs, paths, name ?? freeBackupName(fs, paths, backupStem("manual", nowMs)), nowMs),
  );
}

/** Deletes a backup for good. @throws checkpoint.locked, and what deleting throws */
export function deleteBackup({ fs, paths }: Checkpoint, name: string, clock: Clock): Promise<void> {
  return withBackupsLocked(fs, paths, clock, () => deleteBackupOf(fs, paths, name));
}

/**
 * Deletes the oldest automatic backups beyond `keep`.
 * @param made the one just made; null when none was
 * @returns the names of those deleted
 * @throws checkpoint.locked, and what deleting throws
 */
export function pruneBackups(
  { fs, paths }: Checkpoint,
  keep: KeptCounts,
  made: string | null,
  clock: Clock,
): Promise<string[]> {
  return withBackupsLocked(fs, paths, clock, () => pruneBackupsOf(fs, paths, keep, made));
}

/** A checkpoint in the hands of the one process that may change it. Moves return the name of the backup that they make. */
export class LockedCheckpoint extends Checkpoint {
  readonly #folder: LockedFolder;
  readonly #clock: Clock;

  constructor(fs: FileSystem, folder: LockedFolder, clock: Clock) {
    super(fs, folder.paths);
    this.#folder = folder;
    this.#clock = clock;
  }

  /** Whether the file system makes names sure: else a power cut may take back what was saved last. */
  get syncsNames(): boolean {
    return this.#folder.syncsNames;
  }

  release(): void {
    this.#folder.release();
  }

  /**
   * Brings what a run has left, in whatever state, to a clean one; null when there is no checkpoint.
   * @param visit called for each record, in their order
   * @throws checkpoint.damaged, checkpoint.logLost, checkpoint.newer: nothing has been changed then
   */
  recover(visit: EntryVisitor): Recovered | null {
    return recover(this.fs, this.paths, entryVisitor(visit));
  }

  /** Takes up the session that was recovered, or a new one. Its first commit is `Session.begin`. @param run who works on it */
  session(facts: SessionFacts, recovered: Recovered | null, run: Pick<Owner, "pid" | "host">): Session {
    const position = recovered?.position ?? emptyPosition(facts.session.nonce);
    return new Session(this.fs, this.paths, this.#clock, new ThreadCommitter(), facts, position, run);
  }

  /** Gives the input that has just come its lasting place. Returns its path. */
  keepInput(): string {
    const { dir, incomingInput, keptInput } = this.paths;
    this.fs.renameSync(incomingInput, keptInput);
    syncFolder(this.fs, dir);
    return keptInput;
  }

  /** Moves a completed session away and leaves a receipt of it. */
  complete(status: Status): string {
    const nowMs = this.#clock.now();
    return moveToBackup(this.fs, this.paths, {
      reason: "completed",
      nowMs,
      status,
      receipt: (name) => encodeReceipt(status, name, nowMs),
    });
  }

  /** Moves the checkpoint away, because its job starts over. @param status one with which its log agrees; null moves the files as they are */
  startOver(status: Status | null): string {
    return moveToBackup(this.fs, this.paths, { reason: "start_over", nowMs: this.#clock.now(), status });
  }

  /** Moves the checkpoint away; nothing resumes from it unasked, nor from what was completed last. @param status as above */
  clear(status: Status | null): string {
    const receipt = this.#clearedReceipt();
    return moveToBackup(this.fs, this.paths, {
      reason: "cleared",
      nowMs: this.#clock.now(),
      status,
      ...(receipt === null ? {} : { receipt: () => receipt }),
    });
  }

  /** The same without a way back. */
  deleteForGood(): void {
    deleteCheckpoint(this.fs, this.paths, this.#clearedReceipt());
  }

  /** Marks the completed sessions of a job: no run resumes from them any more. */
  clearCompleted(job: Pick<JobFacts, "fp" | "input">): void {
    clearCompleted(this.fs, this.paths, job);
  }

  /** Marks the session that was completed last, and all of its job. */
  clearLast(receipt: Receipt): void {
    this.clearCompleted(jobOf(receipt));
    replaceFile(this.fs, this.paths.receipt, Buffer.from(encodeCleared(receipt)));
  }

  #clearedReceipt(): string | null {
    const receipt = this.receipt();
    return receipt === null ? null : encodeCleared(receipt);
  }

  /**
   * Puts a backup in the place of the checkpoint.
   * @returns the backup that holds what was there before; null when nothing was
   * @throws backup.damaged when a file is not as the manifest says; nothing has been changed then
   */
  restore(folder: string, manifest: Manifest): string | null {
    return restoreBackup(this.fs, this.paths, folder, manifest, this.#clock.now());
  }

  /** Builds a new checkpoint of what is provable. @param report made under this lock */
  repair(report: VerifyReport): Repaired {
    const nowMs = this.#clock.now();
    return repairCheckpoint(this.fs, this.paths, report, { nowMs, identity: newIdentity(nowMs) });
  }
}
