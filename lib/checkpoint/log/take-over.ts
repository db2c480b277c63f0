// Takes the result log over from an owner that may still be running: where locks do not reach, the lock is granted although it is. The log is copied into
// a new file that takes its place, so that whatever the earlier owner still appends goes into the old file. docs/format.md has the steps.
import * as path from "node:path";
import {
  copyBytes,
  copySynced,
  discard,
  fileSize,
  lstatOf,
  naming,
  removeFile,
  syncFolder,
} from "../../io/file.ts";
import { type FileSystem, O } from "../../io/fs.ts";

/** Whether a takeover was interrupted: its copy of the log is left. */
export function hasUnfinishedTakeover(fs: FileSystem, log: string): boolean {
  return lstatOf(fs, copyName(log)) !== null;
}

/**
 * Puts a copy of the log in its place. Repeatable after a crash at any step.
 * @param claim names this process in the owner file. It is called when the copy is durable, before the earlier owner can find that in place of its log
 */
export function takeOverLog(fs: FileSystem, log: string, claim: () => void): void {
  if (fileSize(fs, log) === null) return claim();
  const copy = copyName(log);
  const old = fs.openSync(log, O.O_RDONLY | O.O_NOFOLLOW);
  try {
    removeFile(fs, copy);
    const size = copyLog(fs, log, copy);
    claim();
    fs.renameSync(copy, log);
    syncFolder(fs, path.dirname(log));
    appendLate(fs, old, size, log);
  } finally {
    fs.closeSync(old);
  }
}

function copyName(log: string): string {
  return `${log}.tmp`;
}

/** Returns the bytes that were copied. */
function copyLog(fs: FileSystem, log: string, copy: string): number {
  try {
    const { size } = copySynced(fs, log, copy);
    syncFolder(fs, path.dirname(log));
    return size;
  } catch (error) {
    discard(fs, copy);
    throw error;
  }
}

/** What the earlier owner appended while its log was copied. It may have reported that as saved; from the rename on it finds another file and stops. */
function appendLate(fs: FileSystem, old: number, copiedBytes: number, log: string): void {
  const lateBytes = fs.fstatSync(old).size - copiedBytes;
  if (lateBytes <= 0) return;
  const target = fs.openSync(log, O.O_WRONLY | O.O_APPEND | O.O_NOFOLLOW);
  try {
    naming(log, () => {
      copyBytes(fs, old, copiedBytes, lateBytes, target);
      fs.fdatasyncSync(target);
    });
  } finally {
    fs.closeSync(target);
  }
}
