// A checkpoint as other rooms change it. lockCheckpoint() takes the lock and finishes what an interrupted command had begun. Backups have their own lock, so that one
// can be made during a run.
import { CkptError } from "../core/errors.ts";
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
import { encodeCleared, encodeReceipt, encodeReported, type Receipt } from "./backup/receipt.ts";
import { restoreBackup } from "./backup/restore.ts";
import { clearCompleted } from "./backup/sessions.ts";
import { Checkpoint } from "./checkpoint.ts";
import type { Contents } from "./contents.ts";
import {
  finishPendingMove as finishPendingMoveOf,
  lockedByAnother as lockedByAnotherOf,
  lockFolder,
  type LockedFolder,
} from "./folder.ts";
import { newIdentity } from "./identity.ts";
import { emptyPosition } from "./log/log-start.ts";
import { entryVisitor } from "./log/log-entry.ts";
import { raiseVersion } from "./log/raise-version.ts";
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
 * Takes the lock of a checkpoint. Creates the folder if it does not exist.
 * @throws checkpoint.locked, checkpoint.notWritable, checkpoint.diskFull, checkpoint.notOurs
 */
export async function lockCheckpoint(
  { fs, paths }: Checkpoint,
  owner: Owner,
  clock: Clock,
): Promise<LockedCheckpoint> {
  return new LockedCheckpoint(fs, await lockFolder(fs, paths.dir, owner, clock), clock);
}

/** Finishes an interrupted move, unless another process holds the lock. @throws the errors of `lockCheckpoint` except checkpoint.locked */
export function finishPendingMove({ fs, paths }: Checkpoint, owner: Owner, clock: Clock): Promise<void> {
  return finishPendingMoveOf(fs, paths, owner, clock);
}

/** The error that `lockCheckpoint` would throw because another process holds the lock; null if none does. Takes no lock. */
export function lockedByAnother({ fs, paths }: Checkpoint): CkptError | null {
  return lockedByAnotherOf(fs, paths);
}

/** What `recover` would return, and visit. Changes nothing and needs no lock. @throws the errors of `recover` */
export function previewRecovery(
  { fs, paths }: Checkpoint,
  visit: EntryVisitor,
): ReturnType<typeof previewRecoveryOf> {
  return previewRecoveryOf(fs, paths, entryVisitor(visit));
}

/**
 * Makes and verifies a backup of all committed results, also during a run.
 * @param name null: a name with the present time
 * @throws checkpoint.none, checkpoint.damaged, checkpoint.locked, backup.exists, backup.failed
 */
export function makeBackup({ fs, paths }: Checkpoint, name: string | null, clock: Clock): Promise<Manifest> {
  const nowMs = clock.now();
  return withBackupsLocked(fs, paths, clock, () =>
    makeBackupOf(fs, paths, name ?? freeBackupName(fs, paths, backupStem("manual", nowMs)), nowMs),
  );
}

/** Deletes a backup. @throws checkpoint.locked, and errors of the file system */
export function deleteBackup({ fs, paths }: Checkpoint, name: string, clock: Clock): Promise<void> {
  return withBackupsLocked(fs, paths, clock, () => deleteBackupOf(fs, paths, name));
}

/**
 * Deletes the oldest automatic backups beyond `keep`.
 * @param made the backup that was just made, which is kept; null if there is none
 * @returns names of the deleted backups
 * @throws checkpoint.locked, and errors of the file system
 */
export function pruneBackups(
  { fs, paths }: Checkpoint,
  keep: KeptCounts,
  made: string | null,
  clock: Clock,
): Promise<string[]> {
  return withBackupsLocked(fs, paths, clock, () => pruneBackupsOf(fs, paths, keep, made));
}

/** A checkpoint whose lock this process holds. Methods that move the checkpoint away return the name of the new backup. */
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

  /** The earlier owner, when it was on another machine and may still be running there. */
  get takenFrom(): Owner | null {
    return this.#folder.takenFrom;
  }

  /** Names the live channel for other processes, where it is not in the folder. */
  announce(socket: string): void {
    this.#folder.announce(socket);
  }

  release(): void {
    this.#folder.release();
  }

  /**
   * Recovers the checkpoint from whatever state a run has left it in. Returns null if there is no checkpoint.
   * @param visit called for each record, in the order of the log
   * @throws checkpoint.damaged, checkpoint.logLost, checkpoint.newer: nothing has been changed then
   */
  recover(visit: EntryVisitor): Recovered | null {
    return recover(this.fs, this.paths, entryVisitor(visit));
  }

  /** Continues the recovered session, or starts a new one. `Session.begin` makes its first commit. @throws checkpoint.takenOver */
  session(facts: SessionFacts, recovered: Recovered | null): Session {
    const position = recovered?.position ?? emptyPosition(facts.session.nonce);
    return new Session(
      this.fs,
      this.paths,
      this.#clock,
      new ThreadCommitter(),
      facts,
      position,
      this.#folder.owner,
    );
  }

  /** Renames the copy of an input that has just arrived to its permanent name. Returns its path. */
  keepInput(): string {
    const { dir, incomingInput, keptInput } = this.paths;
    this.fs.renameSync(incomingInput, keptInput);
    syncFolder(this.fs, dir);
    return keptInput;
  }

  /** Moves a completed session into a backup and leaves a receipt. */
  complete(status: Status): string {
    const nowMs = this.#clock.now();
    return moveToBackup(this.fs, this.paths, {
      reason: "completed",
      nowMs,
      contents: status,
      receipt: (name) => encodeReceipt(status, name, nowMs),
    });
  }

  /** Makes the checkpoint that was just recovered one of version 2. Its state as of version 1 becomes a backup. */
  raiseVersion(recovered: Recovered): Recovered {
    return raiseVersion(this.fs, this.paths, recovered, this.#clock.now());
  }

  /** Records that the end of the last completed session's rerun was reported. */
  rerunReported(): void {
    const receipt = this.receipt();
    if (receipt?.rerun === undefined || receipt.rerun_reported === true) return;
    replaceFile(this.fs, this.paths.receipt, Buffer.from(encodeReported(receipt)));
  }

  /** Moves the checkpoint into a backup because its job starts over. @param status null if the log does not agree with it: the backup is then raw */
  startOver(status: Status | null): string {
    return moveToBackup(this.fs, this.paths, {
      reason: "start_over",
      nowMs: this.#clock.now(),
      contents: status,
    });
  }

  /**
   * Refuses what replaces all shards while one of them is being worked on. A shard that starts looks whether this folder is locked, so none starts behind this.
   * @throws checkpoint.shardsRunning
   */
  requireRest(): void {
    const held = this.heldShards();
    const [first] = held;
    if (first === undefined) return;
    throw new CkptError("checkpoint.shardsRunning", {
      dir: this.paths.dir,
      shards: held.map(({ shard }) => shard.index),
      pid: first.owner.pid,
      host: first.owner.host,
      since: first.owner.started_at,
      task: first.owner.task ?? null,
    });
  }

  /** Moves the checkpoint, or all shards, into a backup. No run resumes from it, or from the last completed session, by itself. @param contents null if a log does not agree with its status: the backup is then raw */
  clear(contents: Contents | null): string {
    const receipt = this.#clearedReceipt();
    return moveToBackup(this.fs, this.paths, {
      reason: "cleared",
      nowMs: this.#clock.now(),
      contents,
      ...(receipt === null ? {} : { receipt: () => receipt }),
    });
  }

  /** The same, but deletes the checkpoint. */
  deleteForGood(): void {
    deleteCheckpoint(this.fs, this.paths, this.#clearedReceipt());
  }

  /** Marks the completed sessions of a job as cleared, so that no run resumes from them. */
  clearCompleted(job: Pick<JobFacts, "fp" | "input">): void {
    clearCompleted(this.fs, this.paths, job);
  }

  /** Marks the last completed session, and all others of its job, as cleared. */
  clearLast(receipt: Receipt): void {
    this.clearCompleted(jobOf(receipt));
    replaceFile(this.fs, this.paths.receipt, Buffer.from(encodeCleared(receipt)));
  }

  #clearedReceipt(): string | null {
    const receipt = this.receipt();
    return receipt === null ? null : encodeCleared(receipt);
  }

  /**
   * Replaces the checkpoint with a backup.
   * @returns the backup that holds the replaced checkpoint; null if there was none
   * @throws backup.damaged if a file differs from the manifest: nothing has been changed then
   */
  restore(folder: string, manifest: Manifest): string | null {
    return restoreBackup(this.fs, this.paths, folder, manifest, this.#clock.now());
  }

  /** Builds a new checkpoint from all provable records. @param report made while this lock was held */
  repair(report: VerifyReport): Repaired {
    const nowMs = this.#clock.now();
    return repairCheckpoint(this.fs, this.paths, report, { nowMs, identity: newIdentity(nowMs) });
  }
}
