// `ckpt backup [NAME]`: a verified copy of everything committed, also during a run; `--delete NAME` removes a backup.
import { backupNameFault } from "../core/backup-name.ts";
import { type Checkpoint, openCheckpoint } from "../checkpoint/checkpoint.ts";
import { deleteBackup, finishPendingMove, makeBackup } from "../checkpoint/locked-checkpoint.ts";
import { CkptError, EXIT } from "../core/errors.ts";
import { formatBytes } from "../ui/format.ts";
import { manifestBytes, namedBackup } from "../job/backup-choice.ts";
import { COMMON_ARGUMENTS, commonOptions, YES_ARGUMENT } from "../cli/common-arguments.ts";
import { type Command, declareCommand, type Invocation } from "../cli/declaration.ts";
import { confirmed, DECLINED } from "../cli/confirm.ts";
import type { Context, Ending } from "../cli/context.ts";
import { ownerOf } from "../job/lock-owner.ts";
import { say } from "../cli/say.ts";

const BACKUP_ARGUMENTS = {
  name: {
    type: "positional",
    required: false,
    valueHint: "NAME",
    complete: "none",
    description: "its name; without one, the time",
    zh: "备份名称；不指定时用时间命名",
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
    complete: "backup",
    description: "delete a backup for good",
    zh: "彻底删除一个备份",
  },
  yes: YES_ARGUMENT,
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
  ],
  run: makeOrDelete,
});

type Given = Invocation<typeof BACKUP_ARGUMENTS>["settings"];

/** @throws usage.*, checkpoint.none, checkpoint.damaged, backup.badName, backup.exists, backup.failed, backup.none */
async function makeOrDelete(
  { settings }: Invocation<typeof BACKUP_ARGUMENTS>,
  context: Context,
): Promise<Ending> {
  const { host, catalogue } = context;
  const options = commonOptions(settings, host);
  const checkpoint = openCheckpoint(host.fs, options.dir);
  const wanted = wantedName(settings);
  if (wanted !== null) checkName(wanted);
  await finishPendingMove(checkpoint, ownerOf(host), host.clock);
  if (settings.delete !== null) return remove(settings.delete, settings, context, checkpoint);
  requireStatus(checkpoint);
  const made = await makeBackup(checkpoint, wanted, host.clock);
  const bytes = manifestBytes(made);
  await say(context, options, catalogue.backups.backedUp(made.name, made.results_saved, formatBytes(bytes)), {
    backup: made.name,
    session_id: made.session_id,
    results_saved: made.results_saved,
    bytes,
  });
  return { exitCode: EXIT.ok };
}

/** @throws checkpoint.none; checkpoint.damaged when the log exists but its status is lost, and no move is in progress */
function requireStatus(checkpoint: Checkpoint): void {
  if (checkpoint.readStatus().kind !== "absent") return;
  const { dir, status } = checkpoint.paths;
  if (checkpoint.isMoving() || (checkpoint.logBytes() ?? 0) === 0)
    throw new CkptError("checkpoint.none", { dir });
  throw new CkptError("checkpoint.damaged", { path: status, problems: [{ kind: "status-missing" }] });
}

/** NAME, or `--backup-name NAME` as in the user guide. @throws usage.conflict */
function wantedName({ name: positional, backupName: option, delete: deleted }: Given): string | null {
  if (option !== null && positional !== null)
    throw new CkptError("usage.conflict", { first: "NAME", second: "--backup-name" });
  const name = option ?? positional;
  if (deleted !== null && name !== null) {
    const second = option === null ? "NAME" : "--backup-name";
    throw new CkptError("usage.conflict", { first: "--delete", second });
  }
  return name;
}

function checkName(name: string): void {
  const fault = backupNameFault(name);
  if (fault !== null) throw new CkptError("backup.badName", { name, fault });
}

async function remove(
  wanted: string,
  settings: Given,
  context: Context,
  checkpoint: Checkpoint,
): Promise<Ending> {
  const { host, catalogue } = context;
  const options = commonOptions(settings, host);
  const entry = namedBackup(checkpoint, wanted);
  const { manifest, name } = entry;
  const size = formatBytes(manifest === null ? 0 : manifestBytes(manifest));
  const text = catalogue.backups.confirmDelete(name, manifest?.results_saved ?? 0, size);
  const asked = { action: "backup --delete", lines: [text.note], question: text.question };
  if (!(await confirmed(context, settings.yes, asked))) return DECLINED;
  await deleteBackup(checkpoint, name, host.clock);
  await say(context, options, catalogue.backups.deleted(name), { deleted: name });
  return { exitCode: EXIT.ok };
}
