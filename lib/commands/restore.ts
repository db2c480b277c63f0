// `ckpt restore NAME|latest|FOLDER`: replaces the checkpoint with a verified backup. The checkpoint becomes an automatic backup first.
import {
  type BackupEntry,
  type Checkpoint,
  type Manifest,
  openCheckpoint,
} from "../checkpoint/checkpoint.ts";
import { finishPendingMove, lockCheckpoint } from "../checkpoint/locked-checkpoint.ts";
import { CkptError, EXIT } from "../core/errors.ts";
import { alignRows } from "../ui/width.ts";
import { safeText } from "../ui/escape.ts";
import type { Catalogue } from "../ui/messages/en.ts";
import { chosenBackup } from "../job/backup-choice.ts";
import { COMMON_ARGUMENTS, type CommonOptions, YES_ARGUMENT } from "../cli/common-arguments.ts";
import { type Command, declareCommand, type Invocation } from "../cli/declaration.ts";
import { confirmed, DECLINED } from "../cli/confirm.ts";
import type { Context, CommandEnd } from "../cli/context.ts";
import { ownerOf } from "../job/lock-owner.ts";
import { keptBackups, prune } from "../job/session/prune.ts";
import { placeOptions, SHARD_ARGUMENT } from "../job/shards/shard-folder.ts";
import { refuseForeign } from "../job/shards/shard-backups.ts";
import { say } from "../cli/say.ts";

const RESTORE_ARGUMENTS = {
  backup: {
    type: "positional",
    required: true,
    valueHint: "NAME|latest|FOLDER",
    complete: "backup-or-folder",
    description: "the backup: its name, the newest one, or a folder",
    zh: "备份：名称、latest（最新的）或目录",
  },
  yes: YES_ARGUMENT,
  "dry-run": {
    type: "boolean",
    description: "show what would be replaced, do nothing",
    zh: "只显示将被替换的内容",
  },
  ...SHARD_ARGUMENT,
  ...COMMON_ARGUMENTS,
} as const;

export const restore: Command = declareCommand({
  meta: {
    name: "restore",
    description: "put a backup in place; what is there becomes one",
    zh: "从备份恢复（现有的先移入备份）",
  },
  args: RESTORE_ARGUMENTS,
  examples: [
    { line: "ckpt restore latest", description: "go back to the newest backup", zh: "回到最新的备份" },
    { line: "ckpt restore before_new_prompt --dry-run", description: "look at both first", zh: "先对比两者" },
  ],
  run: restoreChosen,
});

/** @throws backup.none, backup.damaged, checkpoint.locked, usage.* */
async function restoreChosen(
  { settings }: Invocation<typeof RESTORE_ARGUMENTS>,
  context: Context,
): Promise<CommandEnd> {
  const { host } = context;
  const options = placeOptions(settings, host);
  const checkpoint = openCheckpoint(host.fs, options.dir);
  keptBackups(host);
  // An interrupted move is finished first, so that the backup it makes can be chosen.
  if (!settings.dryRun) await finishPendingMove(checkpoint, ownerOf(host), host.clock);
  const wanted = chosenBackup(checkpoint, settings.backup, host.cwd);
  const manifest = await verifiedManifest(checkpoint, wanted);
  refuseForeign(checkpoint, wanted, manifest);
  if (settings.dryRun) {
    const lines = comparison(context, checkpoint.settled(), manifest);
    await say(context, options, lines.join("\n"), { would_restore: wanted.name, ...summary(manifest) });
    return { exitCode: EXIT.ok };
  }
  const locked = await lockCheckpoint(checkpoint, ownerOf(host), host.clock);
  try {
    locked.requireRest();
    const before = locked.contents()?.shards?.begun ?? null;
    const text = context.catalogue.backups.confirmRestore(safeText(wanted.name));
    const lines = [...comparison(context, locked, manifest), text.note];
    const asked = { action: "restore", lines, question: text.question };
    if (!(await confirmed(context, settings.yes, asked))) return DECLINED;
    const replaced = locked.restore(wanted.folder, manifest);
    await prune(context, locked, replaced);
    await report(context, options, { wanted, manifest, replaced, before });
    return { exitCode: EXIT.ok };
  } finally {
    locked.release();
  }
}

type Restored = {
  readonly wanted: BackupEntry;
  readonly manifest: Manifest;
  /** The backup that what was there has become. */
  readonly replaced: string | null;
  /** How many shards were there; null: no folder of shards was. */
  readonly before: number | null;
};

async function report(
  context: Context,
  options: CommonOptions,
  { wanted, manifest, replaced, before }: Restored,
): Promise<void> {
  const texts = context.catalogue.backups;
  const shards = manifest.shards?.begun ?? null;
  const isDone = manifest.completed === manifest.total && manifest.total > 0;
  const lines = [
    ...(replaced === null ? [] : [texts.movedToBackup(replaced, before)]),
    isDone
      ? texts.restoredDone(safeText(wanted.name), manifest.total, manifest.job?.repeat, shards)
      : texts.restored(safeText(wanted.name), manifest.results_saved, manifest.total, shards),
  ];
  await say(context, options, lines.join("\n"), {
    restored: wanted.name,
    backup: replaced,
    ...summary(manifest),
  });
}

function summary(manifest: Manifest): object {
  const { session_id: sessionId, total, completed, failed, results_saved: saved, shards } = manifest;
  const counts = { session_id: sessionId, total, completed, failed, results_saved: saved };
  return shards === undefined ? counts : { ...counts, shards };
}

/** The manifest of a backup, after verifying every byte. @throws backup.damaged with the problems */
async function verifiedManifest(checkpoint: Checkpoint, entry: BackupEntry): Promise<Manifest> {
  const { name, folder, manifest, problems } = entry;
  if (manifest === null || problems.length > 0) throw new CkptError("backup.damaged", { name, problems });
  const found = [...checkpoint.backupProblems(entry)];
  const parts = manifest.form === "checkpoint" ? openCheckpoint(checkpoint.fs, folder).parts() : [];
  for (const part of parts) found.push(...((await part.checkpoint.verify())?.problems ?? []));
  if (found.length > 0) throw new CkptError("backup.damaged", { name, problems: found });
  return manifest;
}

/** The present checkpoint and the backup, on two lines. */
function comparison(context: Context, checkpoint: Checkpoint, manifest: Manifest): string[] {
  const { catalogue } = context;
  const texts = catalogue.backups;
  return alignRows([
    [texts.restoreNow, presentState(checkpoint, catalogue)],
    [texts.restoreThen, side(catalogue, manifest)],
  ]);
}

function side(catalogue: Catalogue, manifest: Manifest): string {
  const { session_id: session, created_at: at, results_saved: saved, total, shards } = manifest;
  const { backups: texts, common } = catalogue;
  return texts.restoreSide(session ?? "?", common.time(at), saved, total, shards?.begun ?? null);
}

function presentState(checkpoint: Checkpoint, catalogue: Catalogue): string {
  const { backups: texts, common } = catalogue;
  const parts = checkpoint.parts().map((part) => part.checkpoint.settled());
  if (parts.every((part) => isEmpty(part))) return texts.restoreNothing;
  const contents = checkpoint.contents();
  if (contents === null || parts.some((part) => isBroken(part))) return texts.restoreBroken;
  const { session, saved_at: at, results_saved: saved, total, shards } = contents;
  return texts.restoreSide(session.id, common.time(at), saved, total, shards?.begun ?? null);
}

function isEmpty(checkpoint: Checkpoint): boolean {
  return checkpoint.readStatus().kind === "absent" && (checkpoint.logBytes() ?? 0) === 0;
}

function isBroken(checkpoint: Checkpoint): boolean {
  const read = checkpoint.readStatus();
  return read.kind !== "good" || checkpoint.endProblems(read.status).length > 0;
}
