// English: backups: listed, made, restored, deleted; and the checkpoint cleared.
import { formatNumber } from "../../format.ts";
import type { Call, ConfirmText } from "../phrases.ts";
import { counted, few, units } from "../common/en.ts";

export const backups = {
  backedUp: (name: string, results: number, bytes: string): string =>
    `Backup ${name} made and verified: ${counted(results, "result", "results")}, ${bytes}.`,
  /** Older automatic backups are still there. */
  notDeleted: (cause: string): string =>
    `Older automatic backups could not be deleted: ${cause}. The next command that makes a backup tries again.`,
  cleared: (name: string | null, call: Call): string =>
    name === null
      ? "Checkpoint deleted."
      : `Checkpoint cleared. It is now backup ${name}; to get it back: ${call(`restore ${name}`)}`,
  /** A completed session was cleared; the backup that has its results, null when that is gone. */
  clearedCompleted: (name: string | null): string =>
    `Completed session cleared: the next run of this job starts over.${name === null ? "" : ` Its results stay in backup ${name}.`}`,
  restored: (name: string, results: number, total: number): string =>
    `Backup ${name} restored: ${formatNumber(results)}/${formatNumber(total)} results. Run the same command again to resume.`,
  restoredDone: (name: string, total: number, repeat?: number): string =>
    `Backup ${name} restored: complete, ${units(total, repeat)} done. Run the same command again to write its output.`,
  movedToBackup: (name: string): string => `The checkpoint so far is now backup ${name}.`,
  deleted: (names: readonly string[]): string =>
    names.length === 1 ? `Backup ${names.join("")} deleted.` : `Backups deleted: ${few(names)}.`,
  none: "No backups yet.",
  noneOfKind: "No backups of that kind.",
  /** What all automatic ones take up. */
  automaticBytes: (count: number, bytes: string): string =>
    `Deleting ${count === 1 ? "the automatic backup" : `all ${formatNumber(count)} automatic backups`} would free ${bytes}.`,
  confirmClear: (results: number, bytes: string): ConfirmText => ({
    note: `${counted(results, "result", "results")}, ${bytes}. The checkpoint is moved into a backup.`,
    question: "Clear the checkpoint?",
  }),
  confirmClearCompleted: (results: number, backup: string | null): ConfirmText => ({
    note: `${counted(results, "result", "results")} of a completed session. The next run of this job starts over${backup === null ? "" : `; they stay in backup ${backup}`}.`,
    question: "Clear the completed session?",
  }),
  confirmClearForGood: (results: number, bytes: string): ConfirmText => ({
    note: `${counted(results, "result", "results")}, ${bytes}. No backup is made; this cannot be undone.`,
    question: "Delete the checkpoint for good?",
  }),
  confirmRestore: (name: string): ConfirmText => ({
    note: "What is there now is moved into a backup first.",
    question: `Restore backup ${name}?`,
  }),
  restoreNow: "current",
  restoreThen: "backup",
  restoreSide: (session: string, saved: string, results: number, total: number): string =>
    `${formatNumber(results)}/${formatNumber(total)} results, ${saved}, session ${session}`,
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
  /** What a backup is of. */
  of: (processor: string, files: string): string => `${processor}; ${files}`,
  /** Which items of its input, behind that. */
  chosen: (what: string): string => ` (${what})`,
  manual: "manual",
  automatic: "automatic",
  intact: "intact",
  damaged: "damaged",
};
