// `ckpt clear`: the next run of the job starts over. Its checkpoint becomes an automatic backup, or is deleted with `--no-backup`. Completed sessions
// of the job stay in their backups, marked as cleared. Other jobs are left alone.
import { endSurvivors } from "../io/survivors.ts";
import {
  type Checkpoint,
  noCheckpoint,
  openCheckpoint,
  type Receipt,
  type VerifyReport,
} from "../checkpoint/checkpoint.ts";
import { type LockedCheckpoint, lockCheckpoint } from "../checkpoint/locked-checkpoint.ts";
import { CkptError, EXIT } from "../core/errors.ts";
import { jobOf } from "../core/job.ts";
import type { Status } from "../core/status.ts";
import { formatBytes } from "../ui/format.ts";
import {
  COMMON_ARGUMENTS,
  type CommonOptions,
  commonOptions,
  YES_ARGUMENT,
} from "../cli/common-arguments.ts";
import { type Command, declareCommand, type Invocation } from "../cli/declaration.ts";
import { confirmed, DECLINED } from "../cli/confirm.ts";
import type { Context, CommandEnd } from "../cli/context.ts";
import { ownerOf } from "../job/lock-owner.ts";
import { keptBackups, prune } from "../job/prune.ts";
import { say } from "../cli/say.ts";

const CLEAR_ARGUMENTS = {
  yes: YES_ARGUMENT,
  backup: {
    type: "boolean",
    description: "keep it as a backup (as without any option)",
    zh: "移入备份（默认）",
    negativeDescription: "delete it for good instead",
    negativeZh: "彻底删除，不移入备份",
  },
  ...COMMON_ARGUMENTS,
} as const;

export const clear: Command = declareCommand({
  meta: {
    name: "clear",
    description: "clear the checkpoint; it becomes a backup",
    zh: "清除检查点（移入备份）",
  },
  args: CLEAR_ARGUMENTS,
  examples: [
    { line: "ckpt clear", description: "the next run starts over", zh: "下次运行从头开始" },
    {
      line: "ckpt clear --yes --dir runs/a",
      description: "in a script, of another folder",
      zh: "在脚本中清除另一目录的检查点",
    },
  ],
  run: clearCheckpoint,
});

/** @throws checkpoint.none, checkpoint.locked, usage.* */
async function clearCheckpoint(
  { settings }: Invocation<typeof CLEAR_ARGUMENTS>,
  context: Context,
): Promise<CommandEnd> {
  const { host, catalogue } = context;
  const texts = catalogue.backups;
  const options = commonOptions(settings, host);
  const checkpoint = openCheckpoint(host.fs, options.dir);
  keptBackups(host);
  somethingIn(checkpoint);
  const locked = await lockCheckpoint(checkpoint, ownerOf(host), host.clock);
  try {
    const { bytes, completed } = somethingIn(locked);
    const yes = settings.yes;
    if (completed !== null) return await forgetCompleted(context, options, locked, completed, yes);
    const report = await reportOf(locked);
    const results = report?.items ?? 0;
    const forGood = settings.backup === false;
    const text = (forGood ? texts.confirmClearForGood : texts.confirmClear)(results, formatBytes(bytes));
    const asked = { action: "clear", lines: [text.note], question: text.question };
    if (!(await confirmed(context, yes, asked))) return DECLINED;
    await endSurvivors(report?.status?.session.nonce ?? "", host.clock);
    markCompleted(locked, report?.status ?? null);
    const backup = forGood ? null : locked.clear(cleanStatus(report));
    if (forGood) locked.deleteForGood();
    else await prune(context, locked, backup);
    await say(context, options, texts.cleared(backup, catalogue.call), { cleared: true, backup });
    return { exitCode: EXIT.ok };
  } finally {
    locked.release();
  }
}

/** Sizes of the checkpoint's files, or the last completed session. @throws checkpoint.none when there is neither, nor an interrupted move */
function somethingIn(checkpoint: Checkpoint): {
  readonly bytes: number;
  readonly completed: Receipt | null;
} {
  const bytes = checkpoint.sizeBytes();
  if (bytes !== null || checkpoint.isMoving()) return { bytes: bytes ?? 0, completed: null };
  const receipt = checkpoint.receipt();
  if (receipt === null || receipt.cleared === true) throw noCheckpoint(checkpoint.fs, checkpoint.paths.dir);
  return { bytes: 0, completed: receipt };
}

/** Clears a completed session: its results are in a backup and stay there. */
async function forgetCompleted(
  context: Context,
  options: CommonOptions,
  locked: LockedCheckpoint,
  receipt: Receipt,
  yes: boolean,
): Promise<CommandEnd> {
  const { catalogue } = context;
  const backup = locked.receiptBackup(receipt)?.name ?? null;
  const text = catalogue.backups.confirmClearCompleted(receipt.completed + receipt.failed, backup);
  const asked = { action: "clear", lines: [text.note], question: text.question };
  if (!(await confirmed(context, yes, asked))) return DECLINED;
  locked.clearLast(receipt);
  await say(context, options, catalogue.backups.clearedCompleted(backup), { cleared: true, backup });
  return { exitCode: EXIT.ok };
}

/** Marks the completed sessions of the cleared job; without a readable status, those of the job that was completed last. */
function markCompleted(locked: LockedCheckpoint, status: Status | null): void {
  const cleared = status ?? locked.receipt();
  if (cleared !== null) locked.clearCompleted(jobOf(cleared));
}

/** The verification report of the checkpoint; null when it cannot be read. It is moved all the same. */
async function reportOf(locked: LockedCheckpoint): Promise<VerifyReport | null> {
  try {
    return await locked.verify();
  } catch (error) {
    if (error instanceof CkptError) return null;
    throw error;
  }
}

/** The status if the log matches it and every record is intact; else null, and the backup is raw. */
function cleanStatus(report: VerifyReport | null): Status | null {
  if (report === null) return null;
  const { problemCount, uncommitted, tornBytes, status } = report;
  return problemCount + uncommitted + tornBytes === 0 ? status : null;
}
