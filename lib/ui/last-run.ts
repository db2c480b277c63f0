// Output of `info` without a checkpoint: that there is none, and the last completed run.
import type { UsageTotals } from "../core/status.ts";
import { safePath, safeText } from "./escape.ts";
import type { Catalogue } from "./messages/en.ts";
import { spentLines } from "./spent.ts";

export type LastRun = {
  readonly sessionId: string;
  /** ISO time. */
  readonly finishedAt: string;
  readonly completed: number;
  readonly failed: number;
  readonly total: number;
  readonly output: string | null;
  readonly backup: string | null;
  /** Tokens and cost of the last run (unknown in old receipts), and of all runs of its session. */
  readonly usage: { readonly run: UsageTotals | undefined; readonly session: UsageTotals };
};

/** Lines, each with a line end. */
export function renderNoCheckpoint(dir: string, lastRun: LastRun | null, catalogue: Catalogue): string {
  const texts = catalogue.info;
  const lines = [texts.noCheckpoint(safePath(dir))];
  if (lastRun !== null) {
    const { sessionId, finishedAt, completed, failed, total, output, backup, usage } = lastRun;
    const at = catalogue.common.time(finishedAt);
    lines.push(texts.lastRun({ session: safeText(sessionId, 40), at, completed, failed, total }));
    lines.push(...spentLines(usage.run, usage.session, catalogue));
    if (output !== null) lines.push(texts.lastOutput(safePath(output)));
    if (backup !== null) lines.push(texts.lastBackup(safeText(backup)));
  }
  return `${lines.join("\n")}\n`;
}
