// `ckpt clear`: moves the checkpoint into an automatic backup, so that the next run begins anew; with `--no-backup` it is deleted.
import { lstatOf } from "../io/file.ts";
import { endSurvivors } from "../io/survivors.ts";
import { deleteCheckpoint, moveToBackup } from "../checkpoint/backups.ts";
import { lockFolder } from "../checkpoint/folder.ts";
import { CHECKPOINT_FILES, type CheckpointPaths, checkpointPaths } from "../checkpoint/names.ts";
import { encodeCleared, readReceipt } from "../checkpoint/receipt.ts";
import { type Verdict, verifyCheckpoint } from "../checkpoint/verify.ts";
import { CkptError, EXIT } from "../core/errors.ts";
import type { Status } from "../core/status.ts";
import { formatBytes } from "../ui/format.ts";
import { noArguments, type OptionSpecs, parseArguments } from "./arguments.ts";
import { filesIn } from "./checkpoint-files.ts";
import { COMMON_OPTIONS, commonOptions } from "./common-options.ts";
import { confirmed, DECLINED } from "./confirm.ts";
import type { Context, Ending } from "./context.ts";
import { ownerOf } from "./owner.ts";
import { keptBackups, prune } from "./prune.ts";
import { say } from "./say.ts";

const CLEAR_OPTIONS: OptionSpecs = {
  yes: { value: false, alias: "y" },
  backup: { value: false, negated: true },
  ...COMMON_OPTIONS,
};

/** @throws checkpoint.none, checkpoint.locked, usage.* */
export async function clear(words: readonly string[], context: Context): Promise<Ending> {
  const args = parseArguments(words, CLEAR_OPTIONS);
  noArguments(args);
  const { host, catalogue } = context;
  const options = commonOptions(args, host);
  const paths = checkpointPaths(options.dir);
  keptBackups(host);
  requireSomething(context, paths);
  const folder = await lockFolder(host.fs, options.dir, ownerOf(host), host.clock);
  try {
    const found = requireSomething(context, paths);
    const verdict = verdictOf(context, paths);
    const results = verdict?.items ?? 0;
    const forGood = args.flag("backup") === false;
    const { confirm } = catalogue;
    const text = (forGood ? confirm.clearForGood : confirm.clear)(results, formatBytes(found));
    const asked = { action: "clear", lines: [text.note], question: text.question };
    if (!(await confirmed(context, args.flag("yes") ?? false, asked))) return DECLINED;
    await endSurvivors(verdict?.status?.session.nonce ?? "", host.clock);
    const backup = forGood ? null : moveAway(context, paths, verdict);
    if (forGood) deleteCheckpoint(host.fs, paths, clearedReceipt(context, paths));
    else await prune(context, paths, backup);
    say(context, options, catalogue.states.cleared(backup), { cleared: true, backup });
    return { exitCode: EXIT.ok };
  } finally {
    folder.release();
  }
}

/** Bytes of the checkpoint's files. @throws checkpoint.none when there are none, nor a move that was interrupted */
function requireSomething(context: Context, paths: CheckpointPaths): number {
  const { fs } = context.host;
  const files = filesIn(fs, paths.dir);
  const bytes = CHECKPOINT_FILES.reduce((sum, name) => sum + (files.get(name) ?? 0), 0);
  const something = CHECKPOINT_FILES.some((name) => files.has(name)) || lstatOf(fs, paths.intent) !== null;
  if (!something) throw new CkptError("checkpoint.none", { dir: paths.dir });
  return bytes;
}

/** What the checkpoint holds; null when that cannot be told, which does not keep it from being moved. */
function verdictOf(context: Context, paths: CheckpointPaths): Verdict | null {
  try {
    return verifyCheckpoint(context.host.fs, paths);
  } catch (error) {
    if (error instanceof CkptError) return null;
    throw error;
  }
}

function moveAway(context: Context, paths: CheckpointPaths, verdict: Verdict | null): string {
  const { host } = context;
  const receipt = clearedReceipt(context, paths);
  return moveToBackup(host.fs, paths, {
    reason: "cleared",
    nowMs: host.clock.now(),
    status: cleanStatus(verdict),
    ...(receipt === null ? {} : { receipt: () => receipt }),
  });
}

/** The status of a checkpoint whose log ends where it says, every record right; else null: its backup is raw. */
function cleanStatus(verdict: Verdict | null): Status | null {
  if (verdict === null) return null;
  const { problemCount, uncommitted, tornBytes, status } = verdict;
  return problemCount + uncommitted + tornBytes === 0 ? status : null;
}

/** Who clears wants to begin anew: an earlier completed session is not gone on from either. */
function clearedReceipt(context: Context, paths: CheckpointPaths): string | null {
  const receipt = readReceipt(context.host.fs, paths);
  return receipt === null ? null : encodeCleared(receipt);
}
