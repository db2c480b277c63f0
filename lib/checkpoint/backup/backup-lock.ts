// The lock of the backups folder, for making, deleting and cleaning up backups. It is separate from the run's lock, so that a backup can be made
// during a run, and a starting run does not remove an unfinished backup.
import * as path from "node:path";
import { causeText, CkptError } from "../../core/errors.ts";
import type { Clock } from "../../io/clock.ts";
import { lstatOf, removeFolder } from "../../io/file.ts";
import type { FileSystem } from "../../io/fs.ts";
import { type Lock, takeLock } from "../../io/lock.ts";
import { type CheckpointPaths, isBuildFolder } from "../names.ts";

/** Does something with the backups while no other process may. @throws checkpoint.locked, and what `action` throws */
export async function withBackupsLocked<T>(
  fs: FileSystem,
  paths: CheckpointPaths,
  clock: Clock,
  action: () => T,
): Promise<T> {
  const lock = await takeBackupLock(fs, paths, clock);
  if (lock === null) {
    throw new CkptError("checkpoint.locked", {
      dir: paths.backups,
      pid: null,
      host: null,
      since: null,
      task: null,
    });
  }
  try {
    return action();
  } finally {
    lock.release();
  }
}

async function takeBackupLock(fs: FileSystem, paths: CheckpointPaths, clock: Clock): Promise<Lock | null> {
  try {
    return await takeLock(fs, paths.backupLock, clock);
  } catch (error) {
    const params = { path: paths.dir, cause: causeText(error) };
    throw new CkptError("checkpoint.notWritable", params, { cause: error });
  }
}

/** Removes unfinished backups, unless a process is making one now. */
export async function removeUnfinished(fs: FileSystem, paths: CheckpointPaths, clock: Clock): Promise<void> {
  if (lstatOf(fs, paths.backups)?.isDirectory() !== true) return;
  const names = fs.readdirSync(paths.backups).filter((name) => isBuildFolder(name));
  if (names.length === 0) return;
  const lock = await takeLock(fs, paths.backupLock, clock, 0);
  if (lock === null) return;
  try {
    for (const name of names) removeFolder(fs, path.join(paths.backups, name));
  } finally {
    lock.release();
  }
}
