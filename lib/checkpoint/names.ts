// Every name of a file in a checkpoint folder is made and read here, and nowhere else.
import * as path from "node:path";

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
  readonly lock: string;
  readonly backupLock: string;
  readonly owner: string;
  readonly recovering: string;
  readonly intent: string;
  readonly backups: string;
  readonly quarantine: string;
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
    lock: at("lock"),
    backupLock: at("backups.lock"),
    owner: at("owner.json"),
    recovering: at("recovering.jsonl"),
    intent: at("intent.json"),
    backups: at("backups"),
    quarantine: at("quarantine"),
  };
}

/** Temporary files that any start may remove. */
export function isLeftover(name: string): boolean {
  return name.endsWith(".tmp");
}

/** Folders in `backups/` that are being made, put in place or deleted. */
export function isUnfinishedBackup(name: string): boolean {
  return /^\.(?:tmp|stage|trash)-/.test(name);
}

/** `20230530_143025`, in local time: the id of a session begun then, and part of the names of backups. */
export function localStamp(atMs: number): string {
  const at = new Date(atMs);
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${at.getFullYear()}${two(at.getMonth() + 1)}${two(at.getDate())}`;
  return `${day}_${two(at.getHours())}${two(at.getMinutes())}${two(at.getSeconds())}`;
}

export type BackupReason =
  | "manual"
  | "cleared"
  | "completed"
  | "before_restore"
  | "start_over"
  | "before_repair";

/** The name of a backup before it is made unique: `backup_…` by hand, `auto_REASON_…` otherwise. */
export function backupStem(reason: BackupReason, atMs: number): string {
  return `${reason === "manual" ? "backup" : `auto_${reason}`}_${localStamp(atMs)}`;
}
