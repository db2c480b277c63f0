// Puts a backup in the place of the checkpoint. The copy is staged and made sure first; then the intent decides; what was there becomes an automatic
// backup, as it is, even when it is broken.
import * as path from "node:path";
import { CkptError } from "../core/errors.ts";
import { copySynced, makeFolder, removeFolder, syncFolder } from "../io/file.ts";
import type { FileSystem } from "../io/fs.ts";
import { freeBackupName } from "./backups.ts";
import { encodeManifest, hashCheckpointFiles, makeManifest, type Manifest } from "./manifest.ts";
import { carryOut } from "./move.ts";
import { backupStem, CHECKPOINT_FILES, type CheckpointPaths, stageName } from "./names.ts";
import { shortHash } from "./seal.ts";

/**
 * Restores the backup in `folder`. Needs the lock.
 * @returns the name of the automatic backup that holds what was there before, or null when nothing was
 * @throws backup.damaged when a file is not as the manifest says; nothing has been changed then
 */
export function restoreBackup(
  fs: FileSystem,
  paths: CheckpointPaths,
  folder: string,
  manifest: Manifest,
  nowMs: number,
): string | null {
  const id = shortHash(`${manifest.name} ${nowMs}`);
  const stage = stageName(id);
  const names = stageFiles(fs, folder, manifest, paths, stage);
  const present = hashCheckpointFiles(fs, paths.dir);
  const target = present.length === 0 ? null : freeBackupName(fs, paths, backupStem("before_restore", nowMs));
  const replaced =
    target === null
      ? null
      : makeManifest({
          name: target,
          reason: "before_restore",
          form: "raw",
          createdAtMs: nowMs,
          status: null,
          files: present,
        });
  carryOut(fs, paths, {
    v: 1,
    kind: "intent",
    id,
    out: present.map((file) => file.name),
    target,
    manifest: replaced === null ? null : encodeManifest(replaced),
    stage,
    in: names,
    receipt: null,
  });
  return target;
}

function stageFiles(
  fs: FileSystem,
  folder: string,
  manifest: Manifest,
  paths: CheckpointPaths,
  stage: string,
): string[] {
  const stageFolder = path.join(paths.backups, stage);
  makeFolder(fs, paths.backups);
  if (fs.lstatSync(stageFolder, { throwIfNoEntry: false }) !== undefined) removeFolder(fs, stageFolder);
  makeFolder(fs, stageFolder);
  const names: string[] = [];
  try {
    for (const file of manifest.files.filter((entry) => CHECKPOINT_FILES.includes(entry.name))) {
      const copy = copySynced(fs, path.join(folder, file.name), path.join(stageFolder, file.name));
      if (copy.size !== file.size || copy.sha256 !== file.sha256) {
        throw new CkptError("backup.damaged", {
          name: manifest.name,
          problems: [`${file.name} is not as the manifest says`],
        });
      }
      names.push(file.name);
    }
  } catch (error) {
    removeFolder(fs, stageFolder);
    throw error;
  }
  syncFolder(fs, stageFolder);
  return names;
}
