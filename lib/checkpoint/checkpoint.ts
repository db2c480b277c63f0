// A checkpoint as other rooms read it: its status, its backups, and the sessions on record. The file system is given once, to openCheckpoint(). Only the record of
// exports is written here; all other changes need the lock (locked-checkpoint.ts). `ckpt info` loads this file, so code that reads a whole log is loaded on demand.
import * as path from "node:path";
import { CkptError } from "../core/errors.ts";
import type { JobFacts } from "../core/job.ts";
import type { Problem } from "../core/problem.ts";
import type { ShardNumber } from "../core/shard.ts";
import type { Status } from "../core/status.ts";
import type { Clock } from "../io/clock.ts";
import { fileSize, lstatOf } from "../io/file.ts";
import type { FileSystem } from "../io/fs.ts";
import { type BackupEntry, listBackups, readBackup } from "./backup/backups.ts";
import { manifestProblems } from "./backup/manifest.ts";
import { backupsOfAll } from "./backup/shard-backup.ts";
import { stablePaths, pathsDuringMove } from "./backup/move.ts";
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
import {
  type Contents,
  contentNames,
  type HeldShard,
  heldShards,
  readableContents,
  readableStatus,
} from "./contents.ts";
import { hasShards, noCheckpoint, shardFolders } from "./shards-file.ts";
import { type CheckpointPaths, checkpointPaths } from "./names.ts";
import { currentHolder, type Owner, readOwner } from "./owner.ts";
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
export {
  type CheckpointPaths,
  checkpointPaths,
  isOwnName,
  SHARDS,
  shardFolderName,
  shardOfFolder,
} from "./names.ts";
export { hasShards, noCheckpoint, readShardsFile, shardFolders, shardsFile } from "./shards-file.ts";
export type { Contents, HeldShard } from "./contents.ts";
export type { Owner } from "./owner.ts";

/** Opens the checkpoint in a folder, which may be empty or missing. The folder of a backup can be opened, too. */
export function openCheckpoint(fs: FileSystem, dir: string): Checkpoint {
  return new Checkpoint(fs, checkpointPaths(dir));
}

/** `shard`: whose it is, in a folder of shards; null: the checkpoint of the folder itself. */
export type CheckpointPart = { readonly shard: ShardNumber | null; readonly checkpoint: Checkpoint };

export class Checkpoint {
  readonly fs: FileSystem;
  readonly paths: CheckpointPaths;

  constructor(fs: FileSystem, paths: CheckpointPaths) {
    this.fs = fs;
    this.paths = paths;
  }

  /** The same checkpoint with the paths at which an interrupted move has left its files. For commands that do not finish the move. */
  settled(): Checkpoint {
    return new Checkpoint(this.fs, pathsDuringMove(this.fs, this.paths));
  }

  /** The same, but if another process is moving the files now, it waits for that for up to 0.2 s. */
  async resting(clock: Clock): Promise<Checkpoint> {
    return new Checkpoint(this.fs, await stablePaths(this.fs, this.paths, clock));
  }

  /** @throws checkpoint.newer, and what reading throws */
  readStatus(): StatusRead {
    return readStatus(this.fs, this.paths.status);
  }

  /** Whether there is a checkpoint, damaged or not. A session starts with its status: an empty log without one belongs to no session yet. */
  exists(): boolean {
    return this.readStatus().kind !== "absent" || (this.logBytes() ?? 0) > 0;
  }

  /** The status. @throws checkpoint.none, checkpoint.damaged, checkpoint.newer */
  status(): Status {
    const read = this.readStatus();
    if (read.kind === "good") return read.status;
    if (!this.exists()) throw noCheckpoint(this.fs, this.paths.dir);
    const kind = read.kind === "absent" ? "status-missing" : "status-sum";
    throw new CkptError("checkpoint.damaged", { path: this.paths.status, problems: [{ kind }] });
  }

  /** The status, or null if it is absent, damaged, or of a newer version. For counts that are only displayed. */
  readableStatus(): Status | null {
    return readableStatus(this.fs, this.paths);
  }

  /** Bytes of the result log; null when there is none. */
  logBytes(): number | null {
    return fileSize(this.fs, this.paths.log);
  }

  /**
   * What has records here: the checkpoint itself; or, in a folder of shards, that of each shard that has begun, in the order of their keys. Each is opened when it is
   * used.
   */
  parts(): readonly CheckpointPart[] {
    const { fs, paths } = this;
    if (!hasShards(fs, paths.dir) || this.settled().exists()) return [{ shard: null, checkpoint: this }];
    return shardFolders(fs, paths.dir).flatMap(({ shard, folder }) => {
      const checkpoint = openCheckpoint(fs, folder);
      return checkpoint.settled().exists() ? [{ shard, checkpoint }] : [];
    });
  }

  /** Sums and job of what is here, of a checkpoint or of all shards; null when they cannot be read. For what is only displayed, and for backups. */
  contents(): Contents | null {
    return readableContents(this.fs, this.paths);
  }

  /** The shards here on which a process of this machine works. */
  heldShards(): readonly HeldShard[] {
    return heldShards(this.fs, this.paths.dir);
  }

  /** Bytes of the files of the checkpoint, or of all shards; null when none of them is there. */
  sizeBytes(): number | null {
    const stats = contentNames(this.fs, this.paths.dir).map((name) =>
      lstatOf(this.fs, path.join(this.paths.dir, name)),
    );
    const files = stats.filter((stat) => stat?.isFile() === true);
    return files.length === 0 ? null : files.reduce((sum, stat) => sum + (stat?.size ?? 0), 0);
  }

  /** Whether a move of its files has begun and is not finished. */
  isMoving(): boolean {
    return lstatOf(this.fs, this.paths.intent) !== null;
  }

  /** Problems that the size and the end of the log show. The cost does not depend on the size of the log. */
  endProblems(status: Status): Problem[] {
    return endProblems(this.fs, this.paths.log, status);
  }

  /** Reads every record; null when there is no checkpoint. @throws checkpoint.newer, and what reading throws */
  async verify(): Promise<VerifyReport | null> {
    const { verifyCheckpoint } = await import("./log/verify.ts");
    return verifyCheckpoint(this.fs, this.paths);
  }

  /** The process that holds the lock; null if there is none, or if it is not known. */
  holder(): Owner | null {
    return currentHolder(this.fs, this.paths);
  }

  /** Where the live channel of a run is, if there is one. */
  socket(): string {
    return readOwner(this.fs, this.paths)?.socket ?? this.paths.socket;
  }

  /** The receipt of the last completed session; null without one. @throws checkpoint.newer */
  receipt(): Receipt | null {
    return readReceipt(this.fs, this.paths);
  }

  /** All backups, the newest first. */
  backups(): BackupEntry[] {
    return listBackups(this.fs, this.paths);
  }

  /** The same, and of a shard also those of all shards that have it, behind its own. One of a name that both have is its own. */
  backupsToRead(): BackupEntry[] {
    const own = this.backups();
    return [...own, ...backupsOfAll(this.fs, this.paths)];
  }

  /** Reads the backup in any folder. */
  backupIn(folder: string): BackupEntry {
    return readBackup(this.fs, folder);
  }

  /** Differences between a backup's files and its manifest, hashes included. */
  backupProblems({ folder, manifest }: BackupEntry): readonly Problem[] {
    if (manifest === null) return [{ kind: "manifest-missing" }];
    return manifestProblems(this.fs, folder, manifest, true);
  }

  /** The backup that a receipt names; null if it is gone, or holds another session. */
  receiptBackup(receipt: Receipt): BackupEntry | null {
    return receiptBackup(this.fs, this.paths, receipt);
  }

  /** All sessions on record except that of the checkpoint itself, the newest first. */
  sessions(): SessionRecord[] {
    return recordedSessions(this.fs, this.paths);
  }

  /** Completed sessions that a run may resume from, the newest first. @throws system.failed for a backup that cannot be read */
  completedSessions(isWanted: (job: JobFacts) => boolean): CompletedSession[] {
    return completedSessions(this.fs, this.paths, isWanted);
  }

  /** SHA-256 of what a session's exports have written to a file. */
  exportedHashes(nonce: string, file: string): readonly string[] {
    return exportedHashes(this.fs, this.paths, nonce, file);
  }

  /** Nonces of the sessions whose results were exported to the files for which `isMeant` holds. */
  exportersOf(isMeant: (file: ExportedFile) => boolean): readonly string[] {
    return exportersOf(this.fs, this.paths, isMeant);
  }

  /** Records that a file is an export. It replaces the earlier record of that path. */
  recordExport(exported: ExportedFile): void {
    recordExport(this.fs, this.paths, exported);
  }
}
