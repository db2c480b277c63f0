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
  isLeftover,
  isLeftoverFolder,
  isUnfinishedBackup,
  KEPT_INPUT,
  LOG,
  MANIFEST,
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
  const names = [...intent.out, ...intent.in, intent.target ?? STATUS, intent.stage ?? STATUS];
  return names.every((name) => path.basename(name) === name && !/^\.*$/.test(name)) ? intent : null;
}

/** Writes the intent and executes it. Needs the lock. */
export function performMove(fs: FileSystem, paths: CheckpointPaths, intent: Intent): void {
  requireOwnBackups(fs, paths);
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
 */
export function pathsDuringMove(fs: FileSystem, paths: CheckpointPaths): CheckpointPaths {
  const intent = readIntent(fs, paths);
  if (intent === null) return paths;
  const settled = (name: string): string => {
    const staged = intent.stage === null ? null : path.join(paths.backups, intent.stage, name);
    if (intent.in.includes(name)) {
      return staged !== null && fileSize(fs, staged) !== null ? staged : path.join(paths.dir, name);
    }
    const there = path.join(paths.dir, name);
    if (!intent.out.includes(name) || intent.target === null) return there;
    if (intent.stage !== null) return path.join(paths.dir, GONE);
    const moved = path.join(paths.backups, intent.target, name);
    return fileSize(fs, moved) === null ? there : moved;
  };
  return { ...paths, status: settled(STATUS), log: settled(LOG), keptInput: settled(KEPT_INPUT) };
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
  // They may exist already, made by a process that was killed before their names were durable.
  syncFolder(fs, paths.backups);
  for (const name of intent.out) {
    // If it is there already, the file in its old place was moved in by this same intent.
    if (fileSize(fs, path.join(target, name)) === null)
      fs.renameSync(path.join(paths.dir, name), path.join(target, name));
  }
  syncFolder(fs, target);
  syncFolder(fs, paths.dir);
  if (intent.manifest !== null) replaceFile(fs, path.join(target, MANIFEST), Buffer.from(intent.manifest));
}

function moveIn(fs: FileSystem, paths: CheckpointPaths, intent: Intent, stage: string): void {
  for (const name of intent.in) {
    const staged = path.join(stage, name);
    if (fileSize(fs, staged) !== null) fs.renameSync(staged, path.join(paths.dir, name));
  }
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
