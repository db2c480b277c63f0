// Puts a backup in the place of the checkpoint (stage.ts says how). The copy is compared with the manifest while it is made.
import * as path from "node:path";
import { CkptError } from "../../core/errors.ts";
import { copySynced } from "../../io/file.ts";
import type { FileSystem } from "../../io/fs.ts";
import type { Manifest } from "./manifest.ts";
import { CHECKPOINT_FILES, type CheckpointPaths } from "../names.ts";
import { replaceCheckpoint } from "./stage.ts";

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
  const fill = (stage: string): string[] =>
    manifest.files
      .filter((file) => CHECKPOINT_FILES.includes(file.name))
      .map((file) => {
        const copy = copySynced(fs, path.join(folder, file.name), path.join(stage, file.name));
        if (copy.size !== file.size || copy.sha256 !== file.sha256) {
          const problems = [{ kind: "file-hash", file: file.name }] as const;
          throw new CkptError("backup.damaged", { name: manifest.name, problems });
        }
        return file.name;
      });
  return replaceCheckpoint(fs, paths, { reason: "before_restore", nowMs, fill });
}
