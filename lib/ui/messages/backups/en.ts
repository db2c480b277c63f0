// English: backups: listed, made, restored, deleted; and the checkpoint cleared.
import { formatNumber } from "../../format.ts";
import type { Call, ConfirmText } from "../phrases.ts";
import { counted, few, units } from "../common/en.ts";

/** How many shards are meant; null: a checkpoint is. */
type Shards = number | null;

export const backups = {
  /** @param shards of the whole; null: of a checkpoint */
  backedUp: (name: string, results: number, bytes: string, shards: Shards): string =>
    `Backup ${name} made and verified: ${shards === null ? "" : `${counted(shards, "shard", "shards")}, `}${counted(results, "result", "results")}, ${bytes}.`,
  /** Older automatic backups are still there. */
  notDeleted: (cause: string): string =>
    `Older automatic backups could not be deleted: ${cause}. The next command that makes a backup tries again.`,
  cleared: (name: string | null, call: Call, shards: Shards): string =>
    name === null
      ? `${shards === null ? "Checkpoint" : "All shards"} deleted.`
      : `${shards === null ? "Checkpoint cleared. It is" : "All shards cleared. They are"} now backup ${name}; to get ${shards === null ? "it" : "them"} back: ${call(`restore ${name}`)}`,
  /** A completed session was cleared; the backup that has its results, null when that is gone. */
  clearedCompleted: (name: string | null): string =>
    `Completed session cleared: the next run of this job starts over.${name === null ? "" : ` Its results stay in backup ${name}.`}`,
  restored: (name: string, results: number, total: number, shards: Shards): string =>
    `Backup ${name} restored: ${formatNumber(results)}/${formatNumber(total)} results. ${shards === null ? "Run the same command again to resume." : "Start the shards again to resume."}`,
  restoredDone: (name: string, total: number, repeat: number | undefined, shards: Shards): string =>
    `Backup ${name} restored: complete, ${units(total, repeat)} done. ${shards === null ? "Run the same command again to write its output." : "To write the output: ckpt merge"}`,
  /** @param shards those that were there */
  movedToBackup: (name: string, shards: Shards): string =>
    `${shards === null ? "The checkpoint so far is" : "The shards so far are"} now backup ${name}.`,
  deleted: (names: readonly string[]): string =>
    names.length === 1 ? `Backup ${names.join("")} deleted.` : `Backups deleted: ${few(names)}.`,
  none: "No backups yet.",
  noneOfKind: "No backups of that kind.",
  /** What all automatic ones take up. */
  automaticBytes: (count: number, bytes: string): string =>
    `Deleting ${count === 1 ? "the automatic backup" : `all ${formatNumber(count)} automatic backups`} would free ${bytes}.`,
  confirmClear: (results: number, bytes: string, shards: Shards): ConfirmText => ({
    note: `${counted(results, "result", "results")}, ${bytes}. ${shards === null ? "The checkpoint is" : "They are"} moved into a backup.`,
    question: shards === null ? "Clear the checkpoint?" : `Clear all ${counted(shards, "shard", "shards")}?`,
  }),
  confirmClearCompleted: (results: number, backup: string | null): ConfirmText => ({
    note: `${counted(results, "result", "results")} of a completed session. The next run of this job starts over${backup === null ? "" : `; they stay in backup ${backup}`}.`,
    question: "Clear the completed session?",
  }),
  confirmClearForGood: (results: number, bytes: string, shards: Shards): ConfirmText => ({
    note: `${counted(results, "result", "results")}, ${bytes}. No backup is made; this cannot be undone.`,
    question:
      shards === null
        ? "Delete the checkpoint for good?"
        : `Delete all ${counted(shards, "shard", "shards")} for good?`,
  }),
  confirmRestore: (name: string): ConfirmText => ({
    note: "What is there now is moved into a backup first.",
    question: `Restore backup ${name}?`,
  }),
  restoreNow: "current",
  restoreThen: "backup",
  restoreSide: (session: string, saved: string, results: number, total: number, shards: Shards): string =>
    `${shards === null ? "" : `${counted(shards, "shard", "shards")}, `}${formatNumber(results)}/${formatNumber(total)} results, ${saved}, session ${session}`,
  restoreNothing: "nothing",
  restoreBroken: "a damaged checkpoint",
  confirmDelete: (names: readonly string[], results: number, bytes: string): ConfirmText => ({
    note: `${counted(results, "result", "results")}, ${bytes}. This cannot be undone.`,
    question:
      names.length === 1
        ? `Delete backup ${names.join("")} for good?`
        : `Delete ${formatNumber(names.length)} backups for good: ${few(names)}?`,
  }),
  headers: {
    name: "Name",
    created: "Created",
    progress: "Progress",
    results: "Results",
    size: "Size",
    kind: "Kind",
    state: "State",
  },
  /** A backup of one shard, in a list of those of all. */
  ofShard: (name: string, shard: string): string => `${name} (shard ${shard})`,
  /** How many of the shards a backup has. @param states in which they are; empty: not known */
  begunShards: (
    { begun, count }: { readonly begun: number; readonly count: number },
    states: string,
  ): string =>
    ` (${formatNumber(begun)} of ${counted(count, "shard", "shards")}${states === "" ? "" : `: ${states}`})`,
  /** What a backup is of. */
  of: (processor: string, files: string): string => `${processor}; ${files}`,
  /** Which items of its input, behind that. */
  chosen: (what: string): string => ` (${what})`,
  manual: "manual",
  automatic: "automatic",
  intact: "intact",
  damaged: "damaged",
};
