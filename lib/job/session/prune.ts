// Deletes old automatic backups after a command has made one.
import type { Checkpoint } from "../../checkpoint/checkpoint.ts";
import { KEPT_DEFAULT, type KeptCounts, pruneBackups } from "../../checkpoint/locked-checkpoint.ts";
import { causeText, CkptError, systemCode } from "../../core/errors.ts";
import { safeText } from "../../ui/escape.ts";
import type { Context } from "../../cli/context.ts";
import type { Host } from "../../cli/host.ts";
import { parseCount } from "../../cli/values.ts";

const KEEP_COMPLETED = "CKPT_KEEP_COMPLETED";
const KEEP_AUTO = "CKPT_KEEP_AUTO";
const KEPT_MAX = 9999;

/**
 * Keeps the newest CKPT_KEEP_COMPLETED (20) completed sessions, and of each other kind of automatic backup the newest CKPT_KEEP_AUTO (5). If another
 * process is making a backup, or if deleting fails (which is reported), the next command that makes a backup tries again: the work of this command is
 * already done.
 * @param made the automatic backup just made; null when none was
 */
export async function prune(
  context: Context,
  checkpoint: Checkpoint,
  made: string | null,
  warn?: (text: string) => void,
): Promise<void> {
  const { host, catalogue } = context;
  const keep = keptBackups(host);
  try {
    await pruneBackups(checkpoint, keep, made, host.clock);
  } catch (error) {
    if (error instanceof CkptError && error.code === "checkpoint.locked") return;
    if (!(error instanceof CkptError) && systemCode(error) === null) throw error;
    const cause = error instanceof CkptError ? error.cause : error;
    const text = catalogue.backups.notDeleted(safeText(causeText(cause)));
    if (warn === undefined) (await context.notes({ quiet: true })).warn(text);
    else warn(text);
  }
}

/** SessionOptions many automatic backups are kept, at least 1 of each kind. Asked before anything is changed, since it may be refused. @throws usage.badValue */
export function keptBackups(host: Host): KeptCounts {
  return {
    completed: countIn(host, KEEP_COMPLETED, KEPT_DEFAULT.completed),
    other: countIn(host, KEEP_AUTO, KEPT_DEFAULT.other),
  };
}

function countIn(host: Host, variable: string, byDefault: number): number {
  const text = host.env[variable];
  return text === undefined || text === "" ? byDefault : parseCount(variable, text, 1, KEPT_MAX);
}
