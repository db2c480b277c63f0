// Makes a manual backup of exactly what the status has committed. It does not need the run's lock, so a run may continue meanwhile: the log only
// grows, and if the status read before and after has the same session, the checkpoint was not replaced in between.
import { type Contents, contentsOf } from "../contents.ts";
import { noCheckpoint, readShardsFile, shardFolders } from "../shards-file.ts";
import * as path from "node:path";
import { causeText, CkptError } from "../../core/errors.ts";
import type { Status } from "../../core/status.ts";
import {
  copySynced,
  fileSize,
  lstatOf,
  makeFolder,
  makeOwnFolder,
  removeFolder,
  syncFolder,
  writeSynced,
} from "../../io/file.ts";
import type { FileSystem } from "../../io/fs.ts";
import { isBackupNameTaken } from "./backups.ts";
import { encodeManifest, hashCheckpointFiles, makeManifest, type Manifest } from "./manifest.ts";
import {
  buildName,
  type CheckpointPaths,
  checkpointPaths,
  KEPT_INPUT,
  LOG,
  MANIFEST,
  SHARDS,
  STATUS,
} from "../names.ts";
import { encodeStatus, readStatus } from "../status/status-file.ts";
import { verifyCheckpoint } from "../log/verify.ts";

/** How often copying is repeated when the checkpoint is replaced during the copy. */
const TRIES_MAX = 3;

/**
 * Makes and verifies the backup `name`. Needs the lock of the backups.
 * @throws checkpoint.none, checkpoint.damaged, backup.exists, backup.failed; nothing is left behind then
 */
export function makeBackup(fs: FileSystem, paths: CheckpointPaths, name: string, nowMs: number): Manifest {
  if (isBackupNameTaken(fs, paths, name)) throw new CkptError("backup.exists", { name });
  const building = path.join(paths.backups, buildName(name));
  try {
    makeOwnFolder(fs, paths.backups);
    removeFolder(fs, building);
    makeFolder(fs, building);
    const contents = copyContents(fs, paths, building);
    const manifest = makeManifest({
      name,
      reason: "manual",
      form: "checkpoint",
      createdAtMs: nowMs,
      contents,
      files: hashCheckpointFiles(fs, building),
    });
    writeSynced(fs, path.join(building, MANIFEST), Buffer.from(encodeManifest(manifest)));
    syncFolder(fs, building);
    putInPlace(fs, building, path.join(paths.backups, name));
    return manifest;
  } catch (error) {
    discard(fs, building);
    if (error instanceof CkptError) throw error;
    throw new CkptError("backup.failed", { name, cause: causeText(error) }, { cause: error });
  }
}

/** Renames the backup into place. If that cannot be made durable, it is undone. */
function putInPlace(fs: FileSystem, from: string, to: string): void {
  fs.renameSync(from, to);
  try {
    syncFolder(fs, path.dirname(to));
  } catch (error) {
    fs.renameSync(to, from);
    throw error;
  }
}

function discard(fs: FileSystem, folder: string): void {
  try {
    removeFolder(fs, folder);
  } catch {
    // The caller reports the original failure; the next command that takes the lock removes the leftover.
  }
}

/** Copies and verifies a checkpoint, or all shards. */
function copyContents(fs: FileSystem, paths: CheckpointPaths, folder: string): Contents {
  const isOfShards = readStatus(fs, paths.status).kind === "absent" && lstatOf(fs, paths.shards) !== null;
  return isOfShards ? copyShards(fs, paths, folder) : copyVerified(fs, paths, folder);
}

/**
 * Copies what each shard has committed when its turn comes: results of different shards do not depend on each other. All of it is of one state of the folder: the shards
 * were not moved away, or others into their place, in between.
 */
function copyShards(fs: FileSystem, paths: CheckpointPaths, folder: string): Contents {
  const before = fs.lstatSync(paths.shards).ino;
  const facts = readShardsFile(fs, paths.dir);
  if (facts === null)
    throw new CkptError("checkpoint.damaged", { path: paths.shards, problems: [{ kind: "status-sum" }] });
  copySynced(fs, paths.shards, path.join(folder, SHARDS));
  const statuses: Status[] = [];
  for (const shard of shardFolders(fs, paths.dir)) {
    const own = checkpointPaths(shard.folder);
    if (readStatus(fs, own.status).kind === "absent" && (fileSize(fs, own.log) ?? 0) === 0) continue;
    const copy = path.join(folder, path.basename(shard.folder));
    makeFolder(fs, copy);
    statuses.push(copyVerified(fs, own, copy));
    syncFolder(fs, copy);
  }
  if (lstatOf(fs, paths.intent) !== null || lstatOf(fs, paths.shards)?.ino !== before)
    throw new Error("the shards were replaced while they were copied");
  return contentsOf(facts, statuses);
}

/** Copies a status and everything that it states, and verifies the copy. @throws checkpoint.damaged */
function copyVerified(fs: FileSystem, paths: CheckpointPaths, folder: string): Status {
  const status = copyCommitted(fs, paths, folder);
  const report = verifyCheckpoint(fs, checkpointPaths(folder));
  if (report === null || report.problemCount > 0)
    throw new CkptError("checkpoint.damaged", { path: paths.log, problems: report?.problems ?? [] });
  return status;
}

/** Copies a status and everything that it states. Returns the status. */
function copyCommitted(fs: FileSystem, paths: CheckpointPaths, folder: string): Status {
  for (let tries = 1; ; tries++) {
    const status = goodStatus(fs, paths);
    try {
      copySynced(fs, paths.log, path.join(folder, LOG), status.log.bytes);
      if (status.input.kept) copySynced(fs, paths.keptInput, path.join(folder, KEPT_INPUT));
      writeSynced(fs, path.join(folder, STATUS), encodeStatus(status));
      if (goodStatus(fs, paths).session.nonce === status.session.nonce) return status;
    } catch (error) {
      // A log that is shorter than its status states may have just been moved away.
      if (tries === TRIES_MAX || goodStatus(fs, paths).session.nonce === status.session.nonce) throw error;
    }
    if (tries === TRIES_MAX)
      throw new Error("the checkpoint was replaced again and again while it was copied");
    removeFolder(fs, folder);
    makeFolder(fs, folder);
  }
}

function goodStatus(fs: FileSystem, paths: CheckpointPaths): Status {
  const read = readStatus(fs, paths.status);
  if (read.kind === "good") return read.status;
  if (read.kind === "absent" && (fileSize(fs, paths.log) ?? 0) > 0)
    throw new CkptError("checkpoint.damaged", { path: paths.status, problems: [{ kind: "status-missing" }] });
  if (read.kind === "absent") throw noCheckpoint(fs, paths.dir);
  throw new CkptError("checkpoint.damaged", { path: paths.status, problems: [{ kind: "status-sum" }] });
}
