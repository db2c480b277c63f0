// `ckpt clear`: the next run of the job starts over. Its checkpoint becomes an automatic backup, or is deleted with `--no-backup`. Completed sessions
// of the job stay in their backups, marked as cleared. Other jobs are left alone.
import { endSurvivors } from "../io/survivors.ts";
import {
  type Checkpoint,
  type Contents,
  noCheckpoint,
  openCheckpoint,
  type Receipt,
  type VerifyReport,
} from "../checkpoint/checkpoint.ts";
import { type LockedCheckpoint, lockCheckpoint } from "../checkpoint/locked-checkpoint.ts";
import { CkptError, EXIT } from "../core/errors.ts";
import { jobOf } from "../core/job.ts";
import { formatBytes } from "../ui/format.ts";
import { COMMON_ARGUMENTS, type CommonOptions, YES_ARGUMENT } from "../cli/common-arguments.ts";
import { type Command, declareCommand, type Invocation } from "../cli/declaration.ts";
import { confirmed, DECLINED } from "../cli/confirm.ts";
import type { Context, CommandEnd } from "../cli/context.ts";
import { ownerOf } from "../job/lock-owner.ts";
import { keptBackups, prune } from "../job/session/prune.ts";
import { placeOptions, SHARD_ARGUMENT } from "../job/shards/shard-folder.ts";
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
  ...SHARD_ARGUMENT,
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
  const options = placeOptions(settings, host);
  const checkpoint = openCheckpoint(host.fs, options.dir);
  keptBackups(host);
  somethingIn(checkpoint);
  const wasMoving = checkpoint.isMoving();
  const locked = await lockCheckpoint(checkpoint, ownerOf(host), host.clock);
  try {
    // What an interrupted command was clearing is cleared now.
    if (wasMoving && locked.sizeBytes() === null)
      return await reportCleared(context, options, locked, settings.backup !== false);
    const { bytes, completed } = somethingIn(locked);
    const yes = settings.yes;
    if (completed !== null) return await forgetCompleted(context, options, locked, completed, yes);
    locked.requireRest();
    const { results, nonces, clean } = await presentIn(locked);
    const contents = locked.contents();
    const shards = contents?.shards?.begun ?? null;
    const forGood = settings.backup === false;
    const confirmText = forGood ? texts.confirmClearForGood : texts.confirmClear;
    const text = confirmText(results, formatBytes(bytes), shards);
    const asked = { action: "clear", lines: [text.note], question: text.question };
    if (!(await confirmed(context, yes, asked))) return DECLINED;
    for (const nonce of nonces) await endSurvivors(nonce, host.clock);
    markCompleted(locked, contents);
    const backup = forGood ? null : locked.clear(clean ? contents : null);
    if (forGood) locked.deleteForGood();
    else await prune(context, locked, backup);
    return await sayCleared(context, options, backup, shards);
  } finally {
    locked.release();
  }
}

async function sayCleared(
  context: Context,
  options: CommonOptions,
  backup: string | null,
  shards: number | null,
): Promise<CommandEnd> {
  const { call, backups } = context.catalogue;
  const json = { cleared: true, backup, ...(shards === null ? null : { shards }) };
  await say(context, options, backups.cleared(backup, call, shards), json);
  return { exitCode: EXIT.ok };
}

/** Reports a move that was finished when the lock was taken. @param isKept false: it was deleted for good */
async function reportCleared(
  context: Context,
  options: CommonOptions,
  locked: LockedCheckpoint,
  isKept: boolean,
): Promise<CommandEnd> {
  const [newest] = isKept ? locked.backups() : [];
  if (newest !== undefined) await prune(context, locked, newest.name);
  return sayCleared(context, options, newest?.name ?? null, newest?.manifest?.shards?.begun ?? null);
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
function markCompleted(locked: LockedCheckpoint, contents: Contents | null): void {
  const cleared = contents ?? locked.receipt();
  if (cleared !== null) locked.clearCompleted(jobOf(cleared));
}

type Present = {
  readonly results: number;
  /** Of the sessions of which processes may be left. */
  readonly nonces: readonly string[];
  /** Whether every log matches its status and every record is intact; else the backup is raw. */
  readonly clean: boolean;
};

/** What is there, of a checkpoint or of all shards: every record is read. */
async function presentIn(locked: LockedCheckpoint): Promise<Present> {
  let results = 0;
  let clean = true;
  const nonces: string[] = [];
  for (const { shard, checkpoint } of locked.parts()) {
    const report = await reportOf(checkpoint);
    results += report?.items ?? 0;
    clean &&= isClean(report);
    // Of a shard that has ended, no process is left; the whole list of them is read for each session.
    if (shard === null || report?.status?.state !== "finished")
      nonces.push(report?.status?.session.nonce ?? "");
  }
  return { results, nonces, clean };
}

/** The verification report of a checkpoint; null when it cannot be read. It is moved all the same. */
async function reportOf(checkpoint: Checkpoint): Promise<VerifyReport | null> {
  try {
    return await checkpoint.verify();
  } catch (error) {
    if (error instanceof CkptError) return null;
    throw error;
  }
}

function isClean(report: VerifyReport | null): boolean {
  return (
    report !== null &&
    report.status !== null &&
    report.problemCount + report.uncommitted + report.tornBytes === 0
  );
}
