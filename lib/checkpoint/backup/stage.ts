// Replaces the files of a checkpoint. New files are first staged and made durable; then the intent commits the replacement. The old checkpoint
// becomes an automatic backup, even if it is damaged.
import * as path from "node:path";
import { makeFolder, makeOwnFolder, removeFolder, syncFolder } from "../../io/file.ts";
import type { FileSystem } from "../../io/fs.ts";
import { readableContents } from "../contents.ts";
import { freeBackupName } from "./backups.ts";
import { encodeManifest, hashCheckpointFiles, makeManifest } from "./manifest.ts";
import { performMove } from "./move.ts";
import { type BackupReason, backupStem, type CheckpointPaths, stageName } from "../names.ts";
import { shortHash } from "../checksum.ts";

/** The new files: `fill` writes them into the stage, makes their bytes durable, and returns their names. */
export type Replacement = {
  readonly reason: BackupReason;
  readonly nowMs: number;
  readonly fill: (folder: string) => readonly string[];
};

/**
 * Replaces the checkpoint. Needs the lock.
 * @returns the name of the automatic backup with the old checkpoint, or null when there was none
 * @throws errors of `fill`; nothing has been changed then
 */
export function replaceCheckpoint(
  fs: FileSystem,
  paths: CheckpointPaths,
  replacement: Replacement,
): string | null {
  const { reason, nowMs } = replacement;
  const id = shortHash(`${reason} ${nowMs} ${crypto.randomUUID()}`);
  const stage = stageName(id);
  const names = fillStage(fs, paths, path.join(paths.backups, stage), replacement);
  const present = hashCheckpointFiles(fs, paths.dir);
  const target = present.length === 0 ? null : freeBackupName(fs, paths, backupStem(reason, nowMs));
  const manifest =
    target === null
      ? null
      : makeManifest({
          name: target,
          reason,
          form: "raw",
          createdAtMs: nowMs,
          contents: readableContents(fs, paths),
          files: present,
        });
  performMove(fs, paths, {
    v: 1,
    kind: "intent",
    id,
    out: present.map((file) => file.name),
    target,
    manifest: manifest === null ? null : encodeManifest(manifest),
    stage,
    in: names,
    receipt: null,
  });
  return target;
}

function fillStage(
  fs: FileSystem,
  paths: CheckpointPaths,
  folder: string,
  replacement: Replacement,
): readonly string[] {
  makeOwnFolder(fs, paths.backups);
  makeFolder(fs, folder);
  try {
    const names = replacement.fill(folder);
    syncFolder(fs, folder);
    return names;
  } catch (error) {
    removeFolder(fs, folder);
    throw error;
  }
}
