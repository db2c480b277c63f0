// The door of this room, for who looks: a folder with a checkpoint, its backups, and what is on record beside them. The file system is given once, here. Nothing
// is changed but the record of exports; who changes a checkpoint takes its lock (locked-checkpoint.ts). `ckpt info` loads this file: what reads a whole log is
// loaded when it is asked for.
import * as path from "node:path";
import { CkptError } from "../core/errors.ts";
import type { JobFacts } from "../core/job.ts";
import type { Problem } from "../core/problem.ts";
import type { Status } from "../core/status.ts";
import type { Clock } from "../io/clock.ts";
import { fileSize, lstatOf } from "../io/file.ts";
import type { FileSystem } from "../io/fs.ts";
import { type BackupEntry, listBackups, readableStatus, readBackup } from "./backup/backups.ts";
import { manifestProblems } from "./backup/manifest.ts";
import { restingPaths, settledPaths } from "./backup/move.ts";
import { type Receipt, readReceipt } from "./backup/receipt.ts";
import {
  type CompletedSession,
  completedSessions,
  receiptBackup,
  recordedSessions,
  type SessionRecord,
} from "./backup/sessions.ts";
import { type ExportedFile, exportedHashes, exportersOf, recordExport } from "./exports.ts";
import { endProblems } from "./log/log-end.ts";
import type { VerifyReport } from "./log/verify.ts";
import { CHECKPOINT_FILES, type CheckpointPaths, checkpointPaths } from "./names.ts";
import { currentHolder, type Owner } from "./owner.ts";
import { readStatus, type StatusRead } from "./status/status-file.ts";

export type { BackupEntry } from "./backup/backups.ts";
export type { Manifest } from "./backup/manifest.ts";
export type { Receipt } from "./backup/receipt.ts";
export {
  type CompletedSession,
  presentRecord,
  receiptRecord,
  type SessionRecord,
} from "./backup/sessions.ts";
export type { ExportedFile } from "./exports.ts";
export type { VerifyReport } from "./log/verify.ts";
export { type CheckpointPaths, checkpointPaths, isOwnName } from "./names.ts";
export type { Owner } from "./owner.ts";

/** The checkpoint in a folder, whether there is one or not. A backup is a folder with a checkpoint, too. */
export function openCheckpoint(fs: FileSystem, dir: string): Checkpoint {
  return new Checkpoint(fs, checkpointPaths(dir));
}

export class Checkpoint {
  readonly fs: FileSystem;
  readonly paths: CheckpointPaths;

  constructor(fs: FileSystem, paths: CheckpointPaths) {
    this.fs = fs;
    this.paths = paths;
  }

  /** The same where its files are while a move is interrupted: for commands that leave the finishing to others. */
  settled(): Checkpoint {
    return new Checkpoint(this.fs, settledPaths(this.fs, this.paths));
  }

  /** The same while another process may be moving files at this very moment: waits up to a fifth of a second for them to rest. */
  async resting(clock: Clock): Promise<Checkpoint> {
    return new Checkpoint(this.fs, await restingPaths(this.fs, this.paths, clock));
  }

  /** @throws checkpoint.newer, and what reading throws */
  readStatus(): StatusRead {
    return readStatus(this.fs, this.paths.status);
  }

  /** The status, which has to be there and whole. @throws checkpoint.none, checkpoint.damaged, checkpoint.newer */
  status(): Status {
    const read = this.readStatus();
    if (read.kind === "good") return read.status;
    if (read.kind === "absent") throw new CkptError("checkpoint.none", { dir: this.paths.dir });
    throw new CkptError("checkpoint.damaged", {
      path: this.paths.status,
      problems: [{ kind: "status-sum" }],
    });
  }

  /** The status for its numbers alone; null when it is not there, damaged, or of a newer version. */
  readableStatus(): Status | null {
    return readableStatus(this.fs, this.paths);
  }

  /** Bytes of the result log; null when there is none. */
  logBytes(): number | null {
    return fileSize(this.fs, this.paths.log);
  }

  /** Bytes of the checkpoint's files; null when none of them is there. */
  sizeBytes(): number | null {
    const stats = CHECKPOINT_FILES.map((name) => lstatOf(this.fs, path.join(this.paths.dir, name)));
    const files = stats.filter((stat) => stat?.isFile() === true);
    return files.length === 0 ? null : files.reduce((sum, stat) => sum + (stat?.size ?? 0), 0);
  }

  /** Whether a move of its files has begun and is not finished. */
  isMoving(): boolean {
    return lstatOf(this.fs, this.paths.intent) !== null;
  }

  /** What can be told wrong of the log without reading it: the same cost for any size. */
  endProblems(status: Status): Problem[] {
    return endProblems(this.fs, this.paths.log, status);
  }

  /** Reads every record; null when there is no checkpoint. @throws checkpoint.newer, and what reading throws */
  async verify(): Promise<VerifyReport | null> {
    const { verifyCheckpoint } = await import("./log/verify.ts");
    return verifyCheckpoint(this.fs, this.paths);
  }

  /** Who holds the checkpoint now; null when nobody does, or it cannot be told. */
  holder(): Owner | null {
    return currentHolder(this.fs, this.paths);
  }

  /** The receipt of the last completed session; null without one. @throws checkpoint.newer */
  receipt(): Receipt | null {
    return readReceipt(this.fs, this.paths);
  }

  /** All backups, the newest first. */
  backups(): BackupEntry[] {
    return listBackups(this.fs, this.paths);
  }

  /** The backup in a folder, which may lie anywhere. */
  backupIn(folder: string): BackupEntry {
    return readBackup(this.fs, folder);
  }

  /** What of a backup's files does not agree with its manifest, hashes included. */
  backupProblems({ folder, manifest }: BackupEntry): readonly Problem[] {
    if (manifest === null) return [{ kind: "manifest-missing" }];
    return manifestProblems(this.fs, folder, manifest, true);
  }

  /** The backup that a receipt names, where it is still there and still that session's. */
  receiptBackup(receipt: Receipt): BackupEntry | null {
    return receiptBackup(this.fs, this.paths, receipt);
  }

  /** All sessions on record, the newest first, but that of the checkpoint in place. */
  sessions(): SessionRecord[] {
    return recordedSessions(this.fs, this.paths);
  }

  /** Completed sessions that a run may resume from, the newest first. @throws system.failed for a backup that cannot be read */
  completedSessions(isWanted: (job: JobFacts) => boolean): CompletedSession[] {
    return completedSessions(this.fs, this.paths, isWanted);
  }

  /** SHA-256 of what exports of a session have put in a file. */
  exportedHashes(nonce: string, file: string): readonly string[] {
    return exportedHashes(this.fs, this.paths, nonce, file);
  }

  /** Nonces of the sessions whose results were exported into the files that are meant. */
  exportersOf(isMeant: (file: ExportedFile) => boolean): readonly string[] {
    return exportersOf(this.fs, this.paths, isMeant);
  }

  /** Puts a file on record as an export, in the place of what is on record of that path. */
  recordExport(exported: ExportedFile): void {
    recordExport(this.fs, this.paths, exported);
  }
}
