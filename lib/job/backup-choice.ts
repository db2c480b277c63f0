// Finds the backup that the user names: by its name, `latest`, or a folder, possibly from another machine.
import type { BackupEntry, Checkpoint, Manifest } from "../checkpoint/checkpoint.ts";
import * as path from "node:path";
import { CkptError } from "../core/errors.ts";
import { nearestAll } from "../core/nearest.ts";
import { statOf } from "../io/file.ts";

/** Maximum number of suggested names. */
const NEAREST_MAX = 3;

/** The backup of that name. @throws backup.none with the nearest names */
export function namedBackup(checkpoint: Checkpoint, name: string): BackupEntry {
  const all = checkpoint.backups();
  const found = all.find((entry) => entry.name === name);
  if (found !== undefined) return found;
  const names = all.map((entry) => entry.name);
  throw new CkptError("backup.none", { name, nearest: nearestAll(name, names, NEAREST_MAX) });
}

/** The backup that NAME, `latest` or FOLDER stands for. @throws backup.none */
export function chosenBackup(checkpoint: Checkpoint, given: string, cwd: string): BackupEntry {
  const all = checkpoint.backupsToRead();
  const newest = all.find((entry) => entry.manifest !== null);
  if (given === "latest" && newest !== undefined) return newest;
  const named = all.find((entry) => entry.name === given);
  if (named !== undefined) return named;
  const folder = path.resolve(cwd, given);
  const isFolder = given !== "" && statOf(checkpoint.fs, folder)?.isDirectory() === true;
  return isFolder ? checkpoint.backupIn(folder) : namedBackup(checkpoint, given);
}

/** Bytes of a backup's files. */
export function manifestBytes(manifest: Manifest): number {
  return manifest.files.reduce((sum, file) => sum + file.size, 0);
}
