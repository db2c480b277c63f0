// What the file system of a folder cannot promise to a checkpoint (docs/durability.md).
import * as path from "node:path";
import { statOf, syncFolder } from "./file.ts";
import type { FileSystem } from "./fs.ts";
import { isMountedUnsafely } from "./mount-options.ts";
import { fileSystemType, FUSE, networkFileSystem } from "./network-folder.ts";
import { TMPFS } from "./temporary-file.ts";

export type FolderGap =
  /** It is on another machine, whose locks and syncs are not relied upon. */
  | "network"
  /** It is in memory. */
  | "memory"
  /** A program stands behind it, which decides. */
  | "fuse"
  /** It is mounted so that a sync confirms what is not durable. */
  | "mount_options"
  /** Names in it cannot be made sure. */
  | "folder_sync";

export type FolderFacts = {
  /** Name of a network file system; null for any other. */
  readonly network: string | null;
  readonly gaps: readonly FolderGap[];
};

/** A type in statfs(2) (linux/magic.h). */
const RAMFS = 0x858458f6;

/** Looks at a folder, or where it would be made. Changes nothing. */
export function folderFacts(fs: FileSystem, folder: string): FolderFacts {
  const there = existing(fs, folder);
  const network = networkFileSystem(fs, there);
  const type = fileSystemType(fs, there);
  const gaps: FolderGap[] = [];
  if (network !== null) gaps.push("network");
  if (type === TMPFS || type === RAMFS) gaps.push("memory");
  if (type === FUSE) gaps.push("fuse");
  if (isMountedUnsafely(fs, there)) gaps.push("mount_options");
  if (!canSync(fs, there)) gaps.push("folder_sync");
  return { network, gaps };
}

function existing(fs: FileSystem, folder: string): string {
  let at = folder;
  while (path.dirname(at) !== at && statOf(fs, at) === null) at = path.dirname(at);
  return at;
}

function canSync(fs: FileSystem, folder: string): boolean {
  try {
    return syncFolder(fs, folder);
  } catch {
    return true; // it may not be opened: nothing is known of it
  }
}
