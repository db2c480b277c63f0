// Moves a checkpoint out of its place or into it, always by renames that are named in an intent file. Writing the intent atomically is the commit
// point: before it nothing has changed; after it the next command finishes the move. Each step can be repeated.
import * as path from "node:path";
import { CkptError } from "../../core/errors.ts";
import type { Sealed } from "../../core/shape.ts";
import type { Clock } from "../../io/clock.ts";
import {
  fileSize,
  lstatOf,
  makeFolder,
  removeFile,
  removeFolder,
  replaceFile,
  syncFolder,
} from "../../io/file.ts";
import type { FileSystem } from "../../io/fs.ts";
import {
  type CheckpointPaths,
  checkpointPaths,
  isLeftover,
  isLeftoverFolder,
  isShardFile,
  isUnfinishedBackup,
  KEPT_INPUT,
  LOG,
  MANIFEST,
  shardOfFolder,
  STATUS,
} from "../names.ts";
import { seal } from "../status/seal.ts";
import { readSealed } from "../status/status-file.ts";

const INTENT = {
  id: "string",
  /** Files of the checkpoint to move into `backups/TARGET/`. All exist when the intent is written. */
  out: ["string"],
  "target|null": "string",
  /** Text of their manifest. */
  "manifest|null": "string",
  /** Files in `backups/STAGE/` to move into place. */
  "stage|null": "string",
  in: ["string"],
  /** Text of the receipt to leave. */
  "receipt|null": "string",
} as const;
export type Intent = Sealed<"intent", typeof INTENT>;

/** The pending intent; null without one. An intent that names paths outside its folders is ignored. */
function readIntent(fs: FileSystem, paths: CheckpointPaths): Intent | null {
  const intent = readSealed(fs, paths.intent, "intent", INTENT);
  if (intent === null) return null;
  const folders = [intent.target ?? STATUS, intent.stage ?? STATUS];
  const isPlain = (name: string): boolean => path.basename(name) === name && !/^\.*$/.test(name);
  const isInside = (name: string): boolean => isPlain(name) || isShardFile(name);
  return folders.every(isPlain) && [...intent.out, ...intent.in].every(isInside) ? intent : null;
}

/** Writes the intent and executes it. Needs the lock. */
export function performMove(fs: FileSystem, paths: CheckpointPaths, intent: Intent): void {
  requireOwnBackups(fs, paths);
  for (const folder of foldersOf(intent.in)) makeFolder(fs, path.join(paths.dir, folder));
  replaceFile(fs, paths.intent, Buffer.from(seal(intent)));
  finish(fs, paths, intent);
}

/** Checks before the commit point that the backups are on the same disk, because rename does not work across disks. @throws checkpoint.notOurs */
function requireOwnBackups(fs: FileSystem, paths: CheckpointPaths): void {
  makeFolder(fs, paths.backups);
  const stat = fs.lstatSync(paths.backups);
  if (stat.isDirectory() && stat.dev === fs.statSync(paths.dir).dev) return;
  const found = stat.isDirectory() ? "a folder on another disk" : "a symbolic link";
  throw new CkptError("checkpoint.notOurs", { path: paths.backups, found });
}

/** Finishes an interrupted move. Needs the lock. Returns whether there was one. */
export function finishIntent(fs: FileSystem, paths: CheckpointPaths): boolean {
  const intent = readIntent(fs, paths);
  if (intent === null) return false;
  // Its writer may have been killed before its name was durable. A power cut must not undo it after files have been moved.
  syncFolder(fs, paths.dir);
  finish(fs, paths, intent);
  return true;
}

/**
 * The paths of the checkpoint's files during an interrupted move, for commands that only read and do not finish it. A checkpoint that is being put in
 * place counts as being there. One that is being moved away stays until the move is finished. Without an intent, these are the normal paths.
 * A shard may be moved alone, or with all shards.
 */
export function pathsDuringMove(fs: FileSystem, paths: CheckpointPaths): CheckpointPaths {
  const own = readIntent(fs, paths);
  if (own !== null) return settledPaths(paths, (name) => placeOf(fs, paths, own, name));
  const folder = path.basename(paths.dir);
  if (shardOfFolder(folder) === null) return paths;
  const whole = checkpointPaths(path.dirname(paths.dir));
  const ofAll = readIntent(fs, whole);
  if (ofAll === null) return paths;
  return settledPaths(paths, (name) => placeOf(fs, whole, ofAll, `${folder}/${name}`));
}

/** Where a file of a folder is during an interrupted move. @param name relative to the folder */
export function fileDuringMove(fs: FileSystem, paths: CheckpointPaths, name: string): string {
  const intent = readIntent(fs, paths);
  return intent === null ? path.join(paths.dir, name) : placeOf(fs, paths, intent, name);
}

function settledPaths(paths: CheckpointPaths, of: (name: string) => string): CheckpointPaths {
  return { ...paths, status: of(STATUS), log: of(LOG), keptInput: of(KEPT_INPUT) };
}

function placeOf(fs: FileSystem, paths: CheckpointPaths, intent: Intent, name: string): string {
  const staged = intent.stage === null ? null : path.join(paths.backups, intent.stage, name);
  if (intent.in.includes(name)) {
    return staged !== null && fileSize(fs, staged) !== null ? staged : path.join(paths.dir, name);
  }
  const there = path.join(paths.dir, name);
  if (!intent.out.includes(name) || intent.target === null) return there;
  if (intent.stage !== null) return path.join(paths.dir, GONE);
  const moved = path.join(paths.backups, intent.target, name);
  return fileSize(fs, moved) === null ? there : moved;
}

const LOOKS_MAX = 10;
const LOOK_EVERY_MS = 20;

/** The same while another process may be moving files right now: a log without its status is checked again for 0.2 s before it counts as damaged. */
export async function stablePaths(
  fs: FileSystem,
  paths: CheckpointPaths,
  clock: Clock,
): Promise<CheckpointPaths> {
  for (let look = 1; ; look++) {
    const settled = pathsDuringMove(fs, paths);
    const isWhole = fileSize(fs, settled.status) !== null || fileSize(fs, settled.log) === null;
    if (isWhole || look === LOOKS_MAX) return settled;
    await clock.sleep(LOOK_EVERY_MS);
  }
}

/** Name of the backup that an interrupted move is making; null without one. It is not a backup until the move is finished. */
export function pendingBackup(fs: FileSystem, paths: CheckpointPaths): string | null {
  return readIntent(fs, paths)?.target ?? null;
}

/** A name that no file of a checkpoint has. */
const GONE = "moved-away";

function finish(fs: FileSystem, paths: CheckpointPaths, intent: Intent): void {
  if (intent.target !== null) moveOut(fs, paths, intent, path.join(paths.backups, intent.target));
  if (intent.stage !== null) moveIn(fs, paths, intent, path.join(paths.backups, intent.stage));
  if (intent.receipt !== null) replaceFile(fs, paths.receipt, Buffer.from(intent.receipt));
  removeFile(fs, paths.recovering);
  removeFile(fs, paths.intent);
  syncFolder(fs, paths.dir);
  if (intent.target !== null && isUnfinishedBackup(intent.target))
    removeFolder(fs, path.join(paths.backups, intent.target));
  if (intent.stage !== null) removeFolder(fs, path.join(paths.backups, intent.stage));
}

function moveOut(fs: FileSystem, paths: CheckpointPaths, intent: Intent, target: string): void {
  makeFolder(fs, paths.backups);
  makeFolder(fs, target);
  const folders = foldersOf(intent.out);
  for (const folder of folders) makeFolder(fs, path.join(target, folder));
  // They may exist already, made by a process that was killed before their names were durable.
  syncFolder(fs, paths.backups);
  for (const name of intent.out) {
    // If it is there already, the file in its old place was moved in by this same intent.
    if (fileSize(fs, path.join(target, name)) === null)
      fs.renameSync(path.join(paths.dir, name), path.join(target, name));
  }
  for (const folder of folders) {
    syncFolder(fs, path.join(target, folder));
    syncFolder(fs, path.join(paths.dir, folder));
  }
  syncFolder(fs, target);
  syncFolder(fs, paths.dir);
  if (intent.manifest !== null) replaceFile(fs, path.join(target, MANIFEST), Buffer.from(intent.manifest));
}

/** The folders of the shards to which files belong. */
export function foldersOf(names: readonly string[]): readonly string[] {
  return [...new Set(names.filter((name) => name.includes("/")).map((name) => path.posix.dirname(name)))];
}

function moveIn(fs: FileSystem, paths: CheckpointPaths, intent: Intent, stage: string): void {
  for (const name of intent.in) {
    const staged = path.join(stage, name);
    if (fileSize(fs, staged) !== null) fs.renameSync(staged, path.join(paths.dir, name));
  }
  for (const folder of foldersOf(intent.in)) syncFolder(fs, path.join(paths.dir, folder));
  syncFolder(fs, paths.dir);
  if (lstatOf(fs, stage) !== null) syncFolder(fs, stage);
}

/** Removes leftovers of an interrupted command from the checkpoint folder. Needs the lock, and no pending intent. */
export function removeLeftovers(fs: FileSystem, paths: CheckpointPaths): void {
  for (const name of fs.readdirSync(paths.dir)) {
    if (isLeftover(name)) removeFile(fs, path.join(paths.dir, name));
  }
  if (lstatOf(fs, paths.backups) === null) return;
  for (const name of fs.readdirSync(paths.backups)) {
    if (isLeftoverFolder(name)) removeFolder(fs, path.join(paths.backups, name));
  }
}
