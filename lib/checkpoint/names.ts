// All names of files in a checkpoint folder are made and parsed here only.
import * as path from "node:path";
import type { ShardNumber } from "../core/shard.ts";
import { localDate } from "../io/local-time.ts";

export const STATUS = "processing_status.json";
export const LOG = "checkpoint_results.jsonl";
export const KEPT_INPUT = "input.data";
export const MANIFEST = "manifest.json";
/** The record of the job of all shards in a folder. */
export const SHARDS = "shards.json";

/** The files of a checkpoint, in the order in which they are moved. */
export const CHECKPOINT_FILES: readonly string[] = [STATUS, LOG, KEPT_INPUT];

export type CheckpointPaths = {
  readonly dir: string;
  readonly status: string;
  readonly log: string;
  readonly keptInput: string;
  /** The copy of standard input before its session has started. */
  readonly incomingInput: string;
  readonly receipt: string;
  /** The record of files written by `ckpt export`. */
  readonly exports: string;
  readonly lock: string;
  readonly backupLock: string;
  readonly owner: string;
  /** The live channel of a run. */
  readonly socket: string;
  readonly recovering: string;
  readonly intent: string;
  readonly backups: string;
  readonly quarantine: string;
  /** Standard error logs of workers. */
  readonly workers: string;
  /** The job of all shards, where the folder is one of shards. */
  readonly shards: string;
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
    socket: at("run.sock"),
    recovering: at("recovering.jsonl"),
    intent: at("intent.json"),
    backups: at("backups"),
    quarantine: at("quarantine"),
    workers: at("workers"),
    shards: at(SHARDS),
  };
}

/** Whether a name in a checkpoint's folder is that of one of its own files; others may be there, as with `--dir .`. */
export function isOwnName(name: string): boolean {
  return Object.values(checkpointPaths("/")).some((own) => path.basename(own) === name);
}

/** Whether a name is a temporary file that any start may remove. */
export function isLeftover(name: string): boolean {
  return name.endsWith(".tmp");
}

/** Whether a folder in `backups/` is being made, restored or deleted. */
export function isUnfinishedBackup(name: string): boolean {
  return /^\.(?:tmp|stage|trash)-/.test(name);
}

const BUILD = ".tmp-";
const STAGE = ".stage-";
const TRASH = ".trash-";

/** The folder in `backups/` where the files of a restore are staged. */
export function stageName(id: string): string {
  return `${STAGE}${id}`;
}

/** The folder in `backups/` where a backup is built. */
export function buildName(backup: string): string {
  return `${BUILD}${backup}`;
}

/** Whether a folder is for building a backup. Only the lock of the backups tells whether this is in progress. */
export function isBuildFolder(name: string): boolean {
  return name.startsWith(BUILD);
}

/** The name of a backup while it is being deleted. */
export function trashName(backup: string): string {
  return `${TRASH}${backup}`;
}

/**
 * Whether a start may remove a folder in `backups/` once no intent names it: such folders are made only under the run's lock. Folders that another
 * process may be building under the lock of the backups are excluded.
 */
export function isLeftoverFolder(name: string): boolean {
  return name.startsWith(STAGE) || name.startsWith(TRASH);
}

/** `20230530_143025`, in local time: the id of a session that started then, and part of backup names. */
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
  /** It was converted to a newer version of the format. */
  | "raised";

/** Whether a backup holds a completed session, judged by its name when its manifest cannot be read. */
export function isCompletedBackup(name: string): boolean {
  return name.startsWith(`${stemOf("completed")}_`);
}

/** The name of a backup before it is made unique: `backup_…` for manual ones, `auto_REASON_…` for others. */
export function backupStem(reason: BackupReason, atMs: number): string {
  return `${stemOf(reason)}_${localStamp(atMs)}`;
}

function stemOf(reason: BackupReason): string {
  return reason === "manual" ? "backup" : `auto_${reason}`;
}

/** The folder of a shard: `shard-003-of-016`. */
export function shardFolderName({ index, count }: ShardNumber): string {
  const digits = Math.max(3, String(count).length);
  const shown = (number: number): string => String(number).padStart(digits, "0");
  return `shard-${shown(index)}-of-${shown(count)}`;
}

/** The shard of a folder, by its name; null where that is none. */
export function shardOfFolder(name: string): ShardNumber | null {
  const match = /^shard-(\d{3,7})-of-(\d{3,7})$/.exec(name);
  if (match === null) return null;
  const shard = { index: Number(match[1]), count: Number(match[2]) };
  return shardFolderName(shard) === name ? shard : null;
}

/** Whether a name, relative to a folder, is that of a file that belongs to what is in it: to a checkpoint, or to the shards. */
export function isContentName(name: string): boolean {
  return CHECKPOINT_FILES.includes(name) || name === SHARDS || isShardFile(name);
}

/** Whether it is that of a shard's file: the shard's folder and the file, with `/` between on every system. */
export function isShardFile(name: string): boolean {
  const [folder = "", file = "", ...deeper] = name.split("/");
  return deeper.length === 0 && shardOfFolder(folder) !== null && CHECKPOINT_FILES.includes(file);
}
