// The one way in which a checkpoint leaves its place or is put there: renames under an intent file. The intent's atomic replacement is the commit
// point; before it nothing has changed, after it whatever command comes next finishes the move. Each step can be repeated.
import * as path from "node:path";
import { fileSize, makeFolder, removeFile, removeFolder, replaceFile, syncFolder } from "../io/file.ts";
import type { FileSystem } from "../io/fs.ts";
import {
  type CheckpointPaths,
  isLeftover,
  isUnfinishedBackup,
  KEPT_INPUT,
  LOG,
  MANIFEST,
  STATUS,
} from "./names.ts";
import { seal } from "./seal.ts";
import { readSealed } from "./status-file.ts";

export type Intent = {
  readonly v: 1;
  readonly kind: "intent";
  readonly id: string;
  /** Files of the checkpoint that are moved into `backups/TARGET/`; they all exist when the intent is written. */
  readonly out: readonly string[];
  readonly target: string | null;
  /** Text of the manifest that is put beside them. */
  readonly manifest: string | null;
  /** Files in `backups/STAGE/` that are put in place. */
  readonly stage: string | null;
  readonly in: readonly string[];
  /** Text of the receipt that is left. */
  readonly receipt: string | null;
};

/** Writes the intent and carries it out. Needs the lock. */
export function carryOut(fs: FileSystem, paths: CheckpointPaths, intent: Intent): void {
  replaceFile(fs, paths.intent, Buffer.from(seal(intent)));
  finish(fs, paths, intent);
}

/** Finishes what an interrupted command had decided. Needs the lock. Returns whether there was anything. */
export function finishIntent(fs: FileSystem, paths: CheckpointPaths): boolean {
  const intent = readSealed<Intent>(fs, paths.intent, "intent");
  if (intent === null) return false;
  // Who wrote it may have been killed before its name was sure; a power cut must not undo it when files have been moved.
  syncFolder(fs, paths.dir);
  finish(fs, paths, intent);
  return true;
}

/**
 * Where the files of the checkpoint are, or are going to be, seen from behind a move that was interrupted: for commands that only read and leave
 * the finishing to others. Without one, the paths as they are.
 */
export function settledPaths(fs: FileSystem, paths: CheckpointPaths): CheckpointPaths {
  const intent = readSealed<Intent>(fs, paths.intent, "intent");
  if (intent === null) return paths;
  const settled = (name: string): string => {
    const staged = intent.stage === null ? null : path.join(paths.backups, intent.stage, name);
    if (intent.in.includes(name)) {
      return staged !== null && fileSize(fs, staged) !== null ? staged : path.join(paths.dir, name);
    }
    return path.join(paths.dir, intent.out.includes(name) ? GONE : name);
  };
  return { ...paths, status: settled(STATUS), log: settled(LOG), keptInput: settled(KEPT_INPUT) };
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
    discardFolder(fs, path.join(paths.backups, intent.target));
  if (intent.stage !== null) discardFolder(fs, path.join(paths.backups, intent.stage));
}

function moveOut(fs: FileSystem, paths: CheckpointPaths, intent: Intent, target: string): void {
  makeFolder(fs, paths.backups);
  makeFolder(fs, target);
  // They may be there already, made by a process that was killed before their names were sure.
  syncFolder(fs, paths.backups);
  for (const name of intent.out) {
    // When it is there already, what stands in its old place came in by this same intent.
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
  if (fs.lstatSync(stage, { throwIfNoEntry: false }) !== undefined) syncFolder(fs, stage);
}

function discardFolder(fs: FileSystem, folder: string): void {
  if (fs.lstatSync(folder, { throwIfNoEntry: false }) !== undefined) removeFolder(fs, folder);
}

/** Removes temporary files that an interrupted command left in the checkpoint folder. Needs the lock. */
export function removeLeftovers(fs: FileSystem, paths: CheckpointPaths): void {
  for (const name of fs.readdirSync(paths.dir)) {
    if (isLeftover(name)) removeFile(fs, path.join(paths.dir, name));
  }
}
