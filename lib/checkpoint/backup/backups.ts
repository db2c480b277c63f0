// The backups folder: finds, names, lists and prunes backups, and moves the current checkpoint into one. A backup is a folder with a valid manifest.
import * as path from "node:path";
import { causeText } from "../../core/errors.ts";
import type { Problem } from "../../core/problem.ts";
import { lstatOf, removeFolder, syncFolder } from "../../io/file.ts";
import type { FileSystem } from "../../io/fs.ts";
import {
  encodeManifest,
  hashCheckpointFiles,
  makeManifest,
  type Manifest,
  manifestProblems,
  readManifest,
} from "./manifest.ts";
import { performMove, pendingBackup } from "./move.ts";
import {
  type BackupReason,
  backupStem,
  type CheckpointPaths,
  isUnfinishedBackup,
  MANIFEST,
  trashName,
} from "../names.ts";
import { shortHash } from "../checksum.ts";
import { type Contents, contentNames, readableContents } from "../contents.ts";

/** How many automatic backups are kept: of completed sessions, and of each other kind. */
export type KeptCounts = { readonly completed: number; readonly other: number };

export const KEPT_DEFAULT: KeptCounts = { completed: 20, other: 5 };

export type BackupEntry = {
  readonly name: string;
  readonly folder: string;
  readonly manifest: Manifest | null;
  /** Differences from the manifest, by names and sizes only; empty when it is intact. */
  readonly problems: readonly Problem[];
};

/** Names of all finished folders in `backups/`. */
function backupNames(fs: FileSystem, paths: CheckpointPaths): string[] {
  if (lstatOf(fs, paths.backups) === null) return [];
  const pending = pendingBackup(fs, paths);
  return fs
    .readdirSync(paths.backups, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !isUnfinishedBackup(entry.name) && entry.name !== pending)
    .map((entry) => entry.name);
}

/** One backup, checked by names and sizes. `name` is the name of its folder. */
export function readBackup(fs: FileSystem, folder: string): BackupEntry {
  const name = path.basename(folder);
  try {
    const manifest = readManifest(fs, folder);
    const problems: readonly Problem[] =
      manifest === null ? [{ kind: "manifest-missing" }] : manifestProblems(fs, folder, manifest, false);
    return { name, folder, manifest, problems };
  } catch (error) {
    const problems = [{ kind: "unreadable", file: MANIFEST, cause: causeText(error) }] as const;
    return { name, folder, manifest: null, problems };
  }
}

/** All backups, the newest first. */
export function listBackups(fs: FileSystem, paths: CheckpointPaths): BackupEntry[] {
  const made = (entry: BackupEntry): string => entry.manifest?.created_at ?? "";
  return backupNames(fs, paths)
    .map((name) => readBackup(fs, path.join(paths.backups, name)))
    .toSorted(
      (a, b) => made(b).localeCompare(made(a)) || b.name.localeCompare(a.name, "en", { numeric: true }),
    );
}

/** Whether anything has that name, ignoring case. */
export function isBackupNameTaken(fs: FileSystem, paths: CheckpointPaths, name: string): boolean {
  if (lstatOf(fs, paths.backups) === null) return false;
  return fs.readdirSync(paths.backups).some((taken) => taken.toLowerCase() === name.toLowerCase());
}

/** A free name: the stem, or the stem with `-2`, `-3`, … */
export function freeBackupName(fs: FileSystem, paths: CheckpointPaths, stem: string): string {
  let name = stem;
  for (let number = 2; isBackupNameTaken(fs, paths, name); number++) name = `${stem}-${number}`;
  return name;
}

export type MoveOptions = {
  readonly reason: BackupReason;
  readonly nowMs: number;
  /** What is moved if every log matches its status. Null: move the files as they are, in any state. */
  readonly contents: Contents | null;
  /** Makes the text of the receipt, once the backup's name is known. */
  readonly receipt?: (backup: string) => string;
};

/** Moves the current checkpoint into a new automatic backup. Needs the lock. Returns the backup's name. */
export function moveToBackup(fs: FileSystem, paths: CheckpointPaths, options: MoveOptions): string {
  const name = freeBackupName(fs, paths, backupStem(options.reason, options.nowMs));
  const files = hashCheckpointFiles(fs, paths.dir);
  const manifest = makeManifest({
    name,
    reason: options.reason,
    form: options.contents === null ? "raw" : "checkpoint",
    createdAtMs: options.nowMs,
    contents: options.contents ?? readableContents(fs, paths),
    files,
  });
  performMove(fs, paths, {
    v: 1,
    kind: "intent",
    id: shortHash(`${name} ${options.nowMs}`),
    out: files.map((file) => file.name),
    target: name,
    manifest: encodeManifest(manifest),
    stage: null,
    in: [],
    receipt: options.receipt?.(name) ?? null,
  });
  return name;
}

type Kind = "completed" | "earlier-state" | "empty" | "other";

/**
 * Deletes the oldest automatic backups beyond `keep`, counted separately for each kind. Manual backups and folders without a manifest are never
 * touched. Needs the lock of the backups.
 * @param made the backup just made, which counts as the newest whatever the clock says; null when none was made
 */
export function pruneBackups(
  fs: FileSystem,
  paths: CheckpointPaths,
  keep: KeptCounts,
  made: string | null,
): string[] {
  const automatic = listBackups(fs, paths).filter((entry) => entry.manifest?.backup === "auto");
  const newestFirst = [
    ...automatic.filter((entry) => entry.name === made),
    ...automatic.filter((entry) => entry.name !== made),
  ];
  const kinds = Map.groupBy(newestFirst, kindsOf(newestFirst));
  const surplus = [...kinds].flatMap(([kind, entries]) =>
    entries.slice(kind === "completed" ? keep.completed : keep.other),
  );
  for (const entry of surplus) deleteBackup(fs, paths, entry.name);
  return surplus.map((entry) => entry.name);
}

/**
 * Completed sessions hold results that were paid for. A session that is continued whenever its input grows leaves a backup each time. Only the newest
 * counts for that session; otherwise twenty nights of one job would displace all other jobs. Backups without results displace no others.
 */
function kindsOf(newestFirst: readonly BackupEntry[]): (entry: BackupEntry) => Kind {
  const newestOf = new Map<string | null, string>();
  for (const { name, manifest } of newestFirst.toReversed())
    if (manifest?.reason === "completed") newestOf.set(manifest.nonce, name);
  return ({ name, manifest }) => {
    if (manifest?.reason === "completed")
      return newestOf.get(manifest.nonce) === name ? "completed" : "earlier-state";
    return manifest?.form === "checkpoint" && manifest.results_saved === 0 ? "empty" : "other";
  };
}

/** Deletes a backup. It is renamed first, so that a crash leaves no partial backup under its name. Needs the lock of the backups. */
export function deleteBackup(fs: FileSystem, paths: CheckpointPaths, name: string): void {
  const trash = path.join(paths.backups, trashName(name));
  removeFolder(fs, trash);
  fs.renameSync(path.join(paths.backups, name), trash);
  syncFolder(fs, paths.backups);
  removeFolder(fs, trash);
}

/** Deletes the checkpoint permanently. Needs the lock. */
export function deleteCheckpoint(fs: FileSystem, paths: CheckpointPaths, receipt: string | null): void {
  const id = shortHash(crypto.randomUUID());
  const files = contentNames(fs, paths.dir);
  performMove(fs, paths, {
    v: 1,
    kind: "intent",
    id,
    out: files,
    target: trashName(id),
    manifest: null,
    stage: null,
    in: [],
    receipt,
  });
}
