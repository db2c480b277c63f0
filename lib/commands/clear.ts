// `ckpt clear`: the next run of the job begins anew. Its checkpoint becomes an automatic backup, or with `--no-backup` is deleted; completed sessions of
// the job stay where they are, marked as cleared. Those of other jobs are left alone.
import { lstatOf, replaceFile } from "../io/file.ts";
import { endSurvivors } from "../io/survivors.ts";
import { deleteCheckpoint, moveToBackup } from "../checkpoint/backup/backups.ts";
import { lockFolder } from "../checkpoint/folder.ts";
import { CHECKPOINT_FILES, type CheckpointPaths, checkpointPaths } from "../checkpoint/names.ts";
import { encodeCleared, type Receipt, readReceipt } from "../checkpoint/backup/receipt.ts";
import { clearCompleted, receiptBackup } from "../checkpoint/backup/sessions.ts";
import { type VerifyReport, verifyCheckpoint } from "../checkpoint/log/verify.ts";
import { CkptError, EXIT } from "../core/errors.ts";
import { jobOf } from "../core/job.ts";
import type { Status } from "../core/status.ts";
import { formatBytes } from "../ui/format.ts";
import { filesIn } from "../job/checkpoint-files.ts";
import {
  COMMON_ARGUMENTS,
  type CommonOptions,
  commonOptions,
  YES_ARGUMENT,
} from "../cli/common-arguments.ts";
import { type Command, declareCommand, type Invocation } from "../cli/declaration.ts";
import { confirmed, DECLINED } from "../cli/confirm.ts";
import type { Context, Ending } from "../cli/context.ts";
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
): Promise<Ending> {
  const { host, catalogue } = context;
  const texts = catalogue.backups;
  const options = commonOptions(settings, host);
  const paths = checkpointPaths(options.dir);
  keptBackups(host);
  somethingIn(context, paths);
  const folder = await lockFolder(host.fs, options.dir, ownerOf(host), host.clock);
  try {
    const { bytes, completed } = somethingIn(context, paths);
    const yes = settings.yes;
    if (completed !== null) return await forgetCompleted(context, options, paths, completed, yes);
    const report = reportOf(context, paths);
    const results = report?.items ?? 0;
    const forGood = settings.backup === false;
    const text = (forGood ? texts.confirmClearForGood : texts.confirmClear)(results, formatBytes(bytes));
    const asked = { action: "clear", lines: [text.note], question: text.question };
    if (!(await confirmed(context, yes, asked))) return DECLINED;
    await endSurvivors(report?.status?.session.nonce ?? "", host.clock);
    markCompleted(context, paths, report?.status ?? null);
    const backup = forGood ? null : moveAway(context, paths, report);
    if (forGood) deleteCheckpoint(host.fs, paths, clearedReceipt(context, paths));
    else await prune(context, paths, backup);
    await say(context, options, texts.cleared(backup, catalogue.call), { cleared: true, backup });
    return { exitCode: EXIT.ok };
  } finally {
    folder.release();
  }
}

/** Bytes of the checkpoint's files; where there are none, the last completed session. @throws checkpoint.none without either, nor an interrupted move */
function somethingIn(
  context: Context,
  paths: CheckpointPaths,
): { readonly bytes: number; readonly completed: Receipt | null } {
  const { fs } = context.host;
  const files = filesIn(fs, paths.dir);
  const bytes = CHECKPOINT_FILES.reduce((sum, name) => sum + (files.get(name) ?? 0), 0);
  const isThere = CHECKPOINT_FILES.some((name) => files.has(name)) || lstatOf(fs, paths.intent) !== null;
  if (isThere) return { bytes, completed: null };
  const receipt = readReceipt(fs, paths);
  if (receipt === null || receipt.cleared === true)
    throw new CkptError("checkpoint.none", { dir: paths.dir });
  return { bytes, completed: receipt };
}

/** Nothing has to be moved: the results are in a backup, and stay there. */
async function forgetCompleted(
  context: Context,
  options: CommonOptions,
  paths: CheckpointPaths,
  receipt: Receipt,
  yes: boolean,
): Promise<Ending> {
  const { host, catalogue } = context;
  const backup = receiptBackup(host.fs, paths, receipt)?.name ?? null;
  const text = catalogue.backups.confirmClearCompleted(receipt.completed + receipt.failed, backup);
  const asked = { action: "clear", lines: [text.note], question: text.question };
  if (!(await confirmed(context, yes, asked))) return DECLINED;
  clearCompleted(host.fs, paths, jobOf(receipt));
  replaceFile(host.fs, paths.receipt, Buffer.from(encodeCleared(receipt)));
  await say(context, options, catalogue.backups.clearedCompleted(backup), { cleared: true, backup });
  return { exitCode: EXIT.ok };
}

/** The completed sessions of the job that is cleared; where its status tells nothing, of the job that was completed last. */
function markCompleted(context: Context, paths: CheckpointPaths, status: Status | null): void {
  const { fs } = context.host;
  const cleared = status ?? readReceipt(fs, paths);
  if (cleared !== null) clearCompleted(fs, paths, jobOf(cleared));
}

/** What the checkpoint holds; null when that cannot be told, which does not keep it from being moved. */
function reportOf(context: Context, paths: CheckpointPaths): VerifyReport | null {
  try {
    return verifyCheckpoint(context.host.fs, paths);
  } catch (error) {
    if (error instanceof CkptError) return null;
    throw error;
  }
}

function moveAway(context: Context, paths: CheckpointPaths, report: VerifyReport | null): string {
  const { host } = context;
  const receipt = clearedReceipt(context, paths);
  return moveToBackup(host.fs, paths, {
    reason: "cleared",
    nowMs: host.clock.now(),
    status: cleanStatus(report),
    ...(receipt === null ? {} : { receipt: () => receipt }),
  });
}

/** The status of a checkpoint whose log ends where it says, every record right; else null: its backup is raw. */
function cleanStatus(report: VerifyReport | null): Status | null {
  if (report === null) return null;
  const { problemCount, uncommitted, tornBytes, status } = report;
  return problemCount + uncommitted + tornBytes === 0 ? status : null;
}

/** `info` has nothing to show any more. */
function clearedReceipt(context: Context, paths: CheckpointPaths): string | null {
  const receipt = readReceipt(context.host.fs, paths);
  return receipt === null ? null : encodeCleared(receipt);
}
