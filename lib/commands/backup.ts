// `ckpt backup [NAME]`: a verified copy of everything committed, also during a run; `--delete NAME` removes a backup.
import { backupNameFault } from "../core/backup-name.ts";
import { type Checkpoint, noCheckpoint, openCheckpoint } from "../checkpoint/checkpoint.ts";
import { deleteBackup, finishPendingMove, makeBackup } from "../checkpoint/locked-checkpoint.ts";
import { CkptError, EXIT } from "../core/errors.ts";
import { formatBytes } from "../ui/format.ts";
import { manifestBytes, namedBackup } from "../job/backup-choice.ts";
import { COMMON_ARGUMENTS, YES_ARGUMENT } from "../cli/common-arguments.ts";
import { type Command, type Completion, declareCommand, type Invocation } from "../cli/declaration.ts";
import { confirmed, DECLINED } from "../cli/confirm.ts";
import type { Context, CommandEnd } from "../cli/context.ts";
import { ownerOf } from "../job/lock-owner.ts";
import { placeOptions, SHARD_ARGUMENT } from "../job/shards/shard-folder.ts";
import { say } from "../cli/say.ts";

const BACKUP_ARGUMENTS = {
  name: {
    type: "positional",
    required: false,
    repeat: true,
    valueHint: "NAME",
    complete: { onlyWith: "delete", complete: "backup" } as Completion,
    description: "its name; without one, the time. After --delete, further backups to delete",
    zh: "备份名称；不指定时用时间命名。在 --delete 之后则是要一并删除的备份",
  },
  "backup-name": {
    type: "string",
    value: "string",
    valueHint: "NAME",
    complete: "none",
    description: "the same as NAME",
    zh: "同 NAME",
  },
  delete: {
    type: "string",
    value: "string",
    valueHint: "NAME",
    repeat: true,
    complete: "backup",
    description: "delete backups for good",
    zh: "彻底删除备份",
  },
  yes: YES_ARGUMENT,
  ...SHARD_ARGUMENT,
  ...COMMON_ARGUMENTS,
} as const;

export const backup: Command = declareCommand({
  meta: {
    name: "backup",
    description: "back up the checkpoint, also during a run",
    zh: "备份检查点，运行中也可以",
  },
  args: BACKUP_ARGUMENTS,
  examples: [
    {
      line: "ckpt backup before_new_prompt",
      description: "a verified copy under a name",
      zh: "以指定名称保存经校验的副本",
    },
    { line: "ckpt backup --delete before_new_prompt", description: "delete it again", zh: "再将其删除" },
    {
      line: "ckpt backup --delete auto_1 auto_2",
      description: "delete several",
      zh: "删除多个备份",
    },
  ],
  run: makeOrDelete,
});

type Given = Invocation<typeof BACKUP_ARGUMENTS>["settings"];

/** @throws usage.*, checkpoint.none, checkpoint.damaged, backup.badName, backup.exists, backup.failed, backup.none */
async function makeOrDelete(
  { settings }: Invocation<typeof BACKUP_ARGUMENTS>,
  context: Context,
): Promise<CommandEnd> {
  const { host, catalogue } = context;
  const options = placeOptions(settings, host);
  const checkpoint = openCheckpoint(host.fs, options.dir);
  const wanted = wantedName(settings);
  if (wanted !== null) checkName(wanted);
  await finishPendingMove(checkpoint, ownerOf(host), host.clock);
  if (settings.delete.length > 0) return remove(settings, context, checkpoint);
  requireContents(checkpoint);
  const made = await makeBackup(checkpoint, wanted, host.clock);
  const bytes = manifestBytes(made);
  const { name, session_id: sessionId, results_saved: results, shards } = made;
  const begun = shards?.begun ?? null;
  await say(context, options, catalogue.backups.backedUp(name, results, formatBytes(bytes), begun), {
    backup: name,
    session_id: sessionId,
    results_saved: results,
    bytes,
    ...(shards === undefined ? null : { shards }),
  });
  return { exitCode: EXIT.ok };
}

/** @throws checkpoint.none where nothing is, or another process is moving it away */
function requireContents(checkpoint: Checkpoint): void {
  const isGoing = checkpoint.isMoving() && checkpoint.contents() === null;
  if (checkpoint.sizeBytes() === null || isGoing) throw noCheckpoint(checkpoint.fs, checkpoint.paths.dir);
}

/** NAME, or `--backup-name NAME` as in the user guide; null without one, and with `--delete`. @throws usage.conflict, usage.extraArgument */
function wantedName({ name: names, backupName: option, delete: deleted }: Given): string | null {
  if (deleted.length > 0) {
    if (option !== null)
      throw new CkptError("usage.conflict", { first: "--delete", second: "--backup-name" });
    return null;
  }
  const [positional = null, extra] = names;
  if (extra !== undefined) throw new CkptError("usage.extraArgument", { argument: extra });
  if (option !== null && positional !== null)
    throw new CkptError("usage.conflict", { first: "NAME", second: "--backup-name" });
  return option ?? positional;
}

function checkName(name: string): void {
  const fault = backupNameFault(name);
  if (fault !== null) throw new CkptError("backup.badName", { name, fault });
}

/** All names are looked up before the first backup is deleted. @throws backup.none, usage.needsYes */
async function remove(settings: Given, context: Context, checkpoint: Checkpoint): Promise<CommandEnd> {
  const { host, catalogue } = context;
  const options = placeOptions(settings, host);
  const wanted = new Set([...settings.delete, ...settings.name]);
  const entries = [...wanted].map((name) => namedBackup(checkpoint, name));
  const names = entries.map(({ name }) => name);
  const results = entries.reduce((sum, { manifest }) => sum + (manifest?.results_saved ?? 0), 0);
  const bytes = entries.reduce(
    (sum, { manifest }) => sum + (manifest === null ? 0 : manifestBytes(manifest)),
    0,
  );
  const text = catalogue.backups.confirmDelete(names, results, formatBytes(bytes));
  const asked = { action: "backup --delete", lines: [text.note], question: text.question };
  if (!(await confirmed(context, settings.yes, asked))) return DECLINED;
  for (const name of names) await deleteBackup(checkpoint, name, host.clock);
  const [first = ""] = names;
  const deleted = names.length === 1 ? first : names;
  await say(context, options, catalogue.backups.deleted(names), { deleted });
  return { exitCode: EXIT.ok };
}
