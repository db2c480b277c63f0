// Keeps the newest automatic backups and deletes older ones, after a command that made one.
import { withBackupsLocked } from "../checkpoint/backup-lock.ts";
import { KEEP_AUTO_DEFAULT, pruneBackups } from "../checkpoint/backups.ts";
import type { CheckpointPaths } from "../checkpoint/names.ts";
import { CkptError } from "../core/errors.ts";
import type { Host } from "./host.ts";
import { parseCount } from "./values.ts";

const KEEP_AUTO = "CKPT_KEEP_AUTO";

/**
 * Deletes automatic backups beyond the newest CKPT_KEEP_AUTO (5). When somebody is making a backup just now, the next command does it.
 * @param made the automatic backup just made; null when none was
 */
export async function prune(host: Host, paths: CheckpointPaths, made: string | null): Promise<void> {
  const keep = keepAuto(host);
  try {
    await withBackupsLocked(host.fs, paths, host.clock, () => pruneBackups(host.fs, paths, keep, made));
  } catch (error) {
    if (!(error instanceof CkptError && error.code === "checkpoint.locked")) throw error;
  }
}

/** How many automatic backups are kept, at least 1. Asked before anything is changed, since it may be refused. @throws usage.badValue */
export function keepAuto(host: Host): number {
  const text = host.env[KEEP_AUTO];
  return text === undefined || text === "" ? KEEP_AUTO_DEFAULT : parseCount(KEEP_AUTO, text, 1, 9999);
}
