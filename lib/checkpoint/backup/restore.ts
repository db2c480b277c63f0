// Replaces the checkpoint with a backup (see stage.ts). The copy is compared with the manifest while it is made.
import * as path from "node:path";
import { CkptError } from "../../core/errors.ts";
import { copySynced, makeFolder, syncFolder } from "../../io/file.ts";
import type { FileSystem } from "../../io/fs.ts";
import type { Manifest } from "./manifest.ts";
import { type CheckpointPaths, isContentName } from "../names.ts";
import { foldersOf } from "./move.ts";
import { replaceCheckpoint } from "./stage.ts";

/**
 * Restores the backup in `folder`. Needs the lock.
 * @returns the name of the automatic backup with the old checkpoint, or null when there was none
 * @throws backup.damaged when a file differs from the manifest; nothing has been changed then
 */
export function restoreBackup(
  fs: FileSystem,
  paths: CheckpointPaths,
  folder: string,
  manifest: Manifest,
  nowMs: number,
): string | null {
  const fill = (stage: string): string[] => {
    const names = manifest.files
      .filter(({ name }) => isContentName(name))
      .map((file) => {
        makeFolder(fs, path.dirname(path.join(stage, file.name)));
        const copy = copySynced(fs, path.join(folder, file.name), path.join(stage, file.name));
        if (copy.size !== file.size || copy.sha256 !== file.sha256) {
          const problems = [{ kind: "file-hash", file: file.name }] as const;
          throw new CkptError("backup.damaged", { name: manifest.name, problems });
        }
        return file.name;
      });
    for (const shard of foldersOf(names)) syncFolder(fs, path.join(stage, shard));
    return names;
  };
  return replaceCheckpoint(fs, paths, { reason: "before_restore", nowMs, fill });
}
