// Keeps the newest automatic backups and deletes older ones, after a command that made one.
import { withBackupsLocked } from "../checkpoint/backup-lock.ts";
import { KEEP_AUTO_DEFAULT, pruneBackups } from "../checkpoint/backups.ts";
import type { CheckpointPaths } from "../checkpoint/names.ts";
import { causeText, CkptError, systemCode } from "../core/errors.ts";
import { safeText } from "../ui/escape.ts";
import type { Context } from "./context.ts";
import type { Host } from "./host.ts";
import { parseCount } from "./values.ts";

const KEEP_AUTO = "CKPT_KEEP_AUTO";

/**
 * Deletes automatic backups beyond the newest CKPT_KEEP_AUTO (5). When somebody is making a backup just now, or the system does not let them be deleted
 * (which is said), the next command that makes one does it: what this command was asked for has been done.
 * @param made the automatic backup just made; null when none was
 */
export async function prune(
  context: Context,
  paths: CheckpointPaths,
  made: string | null,
  note: (text: string) => void = (text) => context.screen.write(`${text}\n`),
): Promise<void> {
  const { host, catalogue } = context;
  const keep = keepAuto(host);
  try {
    await withBackupsLocked(host.fs, paths, host.clock, () => pruneBackups(host.fs, paths, keep, made));
  } catch (error) {
    if (error instanceof CkptError && error.code === "checkpoint.locked") return;
    if (!(error instanceof CkptError) && systemCode(error) === null) throw error;
    note(
      catalogue.states.backupsNotDeleted(
        safeText(causeText(error instanceof CkptError ? error.cause : error)),
      ),
    );
  }
}

/** How many automatic backups are kept, at least 1. Asked before anything is changed, since it may be refused. @throws usage.badValue */
export function keepAuto(host: Host): number {
  const text = host.env[KEEP_AUTO];
  return text === undefined || text === "" ? KEEP_AUTO_DEFAULT : parseCount(KEEP_AUTO, text, 1, 9999);
}
