// Every name of a file in a checkpoint folder is made and read here, and nowhere else.
import * as path from "node:path";
import { localDate } from "../io/local-time.ts";

export const STATUS = "processing_status.json";
export const LOG = "checkpoint_results.jsonl";
export const KEPT_INPUT = "input.data";
export const MANIFEST = "manifest.json";

/** The files that make up a checkpoint, in the order in which they are moved. */
export const CHECKPOINT_FILES: readonly string[] = [STATUS, LOG, KEPT_INPUT];

export type CheckpointPaths = {
  readonly dir: string;
  readonly status: string;
  readonly log: string;
  readonly keptInput: string;
  /** Where standard input is copied to while its session's fate is not decided. */
  readonly incomingInput: string;
  readonly receipt: string;
  /** What `ckpt export` has written, and where. */
  readonly exports: string;
  readonly lock: string;
  readonly backupLock: string;
  readonly owner: string;
  readonly recovering: string;
  readonly intent: string;
  readonly backups: string;
  readonly quarantine: string;
  /** Logs of what workers write to standard error. */
  readonly workers: string;
};

/** All paths of the checkpoint in `dir`. */
export function checkpointPaths(dir: string): CheckpointPaths {
  const at = (name: string): string => path.join(dir, name);
  return {
    dir,
    status: at(STATUS),
    log: at(LOG),
    keptInput: at(KEPT_INPUT),
    incomingInput: at("input.data.tmp"),
    receipt: at("last_run.json"),
    exports: at("last_exports.json"),
    lock: at("lock"),
    backupLock: at("backups.lock"),
    owner: at("owner.json"),
    recovering: at("recovering.jsonl"),
    intent: at("intent.json"),
    backups: at("backups"),
    quarantine: at("quarantine"),
    workers: at("workers"),
  };
}

/** Whether a name in a checkpoint's folder is that of one of its own files; others may be there, as with `--dir .`. */
export function isOwnName(name: string): boolean {
  return Object.values(checkpointPaths("/")).some((own) => path.basename(own) === name);
}

/** Temporary files that any start may remove. */
export function isLeftover(name: string): boolean {
  return name.endsWith(".tmp");
}

/** Folders in `backups/` that are being made, put in place or deleted. */
export function isUnfinishedBackup(name: string): boolean {
  return /^\.(?:tmp|stage|trash)-/.test(name);
}

const BUILD = ".tmp-";
const STAGE = ".stage-";
const TRASH = ".trash-";

/** The folder in `backups/` where the files of a restore wait for their intent. */
export function stageName(id: string): string {
  return `${STAGE}${id}`;
}

/** The folder in `backups/` where a backup is built. */
export function buildName(backup: string): string {
  return `${BUILD}${backup}`;
}

/** Whether a folder is one in which a backup was, or is being, built: only the lock of the backups tells which. */
export function isBuildFolder(name: string): boolean {
  return name.startsWith(BUILD);
}

/** What a backup is called from when it is given up until it is gone. */
export function trashName(backup: string): string {
  return `${TRASH}${backup}`;
}

/**
 * Folders in `backups/` that a start may remove once no intent names them: both are made under the lock of the run alone. Not what
 * another process may be building there under the lock of the backups.
 */
export function isLeftoverFolder(name: string): boolean {
  return name.startsWith(STAGE) || name.startsWith(TRASH);
}

/** `20230530_143025`, in local time: the id of a session begun then, and part of the names of backups. */
export function localStamp(atMs: number): string {
  return localDate(atMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "_");
}

export type BackupReason =
  | "manual"
  | "cleared"
  | "completed"
  | "before_restore"
  | "start_over"
  | "before_repair"
  /** It went on as one of a newer version of the format. */
  | "raised";

/** Whether a backup holds a completed session, by its name alone: for when its manifest cannot be read. */
export function isCompletedBackup(name: string): boolean {
  return name.startsWith(`${stemOf("completed")}_`);
}

/** The name of a backup before it is made unique: `backup_…` by hand, `auto_REASON_…` otherwise. */
export function backupStem(reason: BackupReason, atMs: number): string {
  return `${stemOf(reason)}_${localStamp(atMs)}`;
}

function stemOf(reason: BackupReason): string {
  return reason === "manual" ? "backup" : `auto_${reason}`;
}
