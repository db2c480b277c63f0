// `ckpt backup [NAME]`: a verified copy of what is committed, also while a run goes on; `--delete NAME` removes one.
import { withBackupsLocked } from "../checkpoint/backup/backup-lock.ts";
import { deleteBackup, freeBackupName } from "../checkpoint/backup/backups.ts";
import { finishPendingMove } from "../checkpoint/folder.ts";
import { makeBackup } from "../checkpoint/backup/make-backup.ts";
import type { Manifest } from "../checkpoint/backup/manifest.ts";
import { backupStem, type CheckpointPaths, checkpointPaths } from "../checkpoint/names.ts";
import { readStatus } from "../checkpoint/status/status-file.ts";
import { lstatOf } from "../io/file.ts";
import { backupNameFault } from "../core/backup-name.ts";
import { CkptError, EXIT } from "../core/errors.ts";
import { fileSize } from "../io/file.ts";
import type { FileSystem } from "../io/fs.ts";
import { formatBytes } from "../ui/format.ts";
import { type Arguments, argumentsUpTo, type OptionSpecs, parseArguments } from "../cli/strict-reading.ts";
import { manifestBytes, namedBackup } from "../job/backup-choice.ts";
import { COMMON_OPTIONS, commonOptions } from "../cli/common-arguments.ts";
import { confirmed, DECLINED } from "../cli/confirm.ts";
import type { Context, Ending } from "../cli/context.ts";
import { ownerOf } from "../job/owner.ts";
import { say } from "../cli/say.ts";

const BACKUP_OPTIONS: OptionSpecs = {
  "backup-name": { value: true },
  delete: { value: true },
  yes: { value: false, alias: "y" },
  ...COMMON_OPTIONS,
};

/** @throws usage.*, checkpoint.none, checkpoint.damaged, backup.badName, backup.exists, backup.failed, backup.none */
export async function backup(words: readonly string[], context: Context): Promise<Ending> {
  const args = parseArguments(words, BACKUP_OPTIONS);
  const { host, catalogue } = context;
  const options = commonOptions(args, host);
  const paths = checkpointPaths(options.dir);
  const wanted = wantedName(args);
  if (wanted !== null) checkName(wanted);
  await finishPendingMove(host.fs, paths, ownerOf(host), host.clock);
  if (args.text("delete") !== undefined) return remove(args, context, paths);
  requireStatus(host.fs, paths);
  const nowMs = host.clock.now();
  const made = await withBackupsLocked(host.fs, paths, host.clock, (): Manifest => {
    const name = wanted ?? freeBackupName(host.fs, paths, backupStem("manual", nowMs));
    return makeBackup(host.fs, paths, name, nowMs);
  });
  const bytes = manifestBytes(made);
  say(context, options, catalogue.states.backedUp(made.name, made.results_saved, formatBytes(bytes)), {
    backup: made.name,
    session_id: made.session_id,
    results_saved: made.results_saved,
    bytes,
  });
  return { exitCode: EXIT.ok };
}

/** @throws checkpoint.none; checkpoint.damaged when there is a log whose status is lost, and not just being moved away */
function requireStatus(fs: FileSystem, paths: CheckpointPaths): void {
  if (readStatus(fs, paths.status).kind !== "absent") return;
  const isMoving = lstatOf(fs, paths.intent) !== null;
  if (isMoving || (fileSize(fs, paths.log) ?? 0) === 0)
    throw new CkptError("checkpoint.none", { dir: paths.dir });
  throw new CkptError("checkpoint.damaged", { path: paths.status, problems: [{ kind: "status-missing" }] });
}

/** NAME, or `--backup-name NAME` as in the user guide. @throws usage.conflict, usage.extraArgument */
function wantedName(args: Arguments): string | null {
  const [positional] = argumentsUpTo(1, args);
  const option = args.text("backup-name");
  const deleted = args.text("delete");
  if (option !== undefined && positional !== undefined) {
    throw new CkptError("usage.conflict", { first: "NAME", second: "--backup-name" });
  }
  const name = option ?? positional ?? null;
  if (deleted !== undefined && name !== null) {
    throw new CkptError("usage.conflict", {
      first: "--delete",
      second: option === undefined ? "NAME" : "--backup-name",
    });
  }
  return name;
}

function checkName(name: string): void {
  const fault = backupNameFault(name);
  if (fault !== null) throw new CkptError("backup.badName", { name, fault });
}

async function remove(args: Arguments, context: Context, paths: CheckpointPaths): Promise<Ending> {
  const { host, catalogue } = context;
  const options = commonOptions(args, host);
  const entry = namedBackup(host.fs, paths, args.text("delete") ?? "");
  const { manifest, name } = entry;
  const size = formatBytes(manifest === null ? 0 : manifestBytes(manifest));
  const text = catalogue.confirm.deleteBackup(name, manifest?.results_saved ?? 0, size);
  const asked = { action: "backup --delete", lines: [text.note], question: text.question };
  if (!(await confirmed(context, args.flag("yes") ?? false, asked))) return DECLINED;
  await withBackupsLocked(host.fs, paths, host.clock, () => deleteBackup(host.fs, paths, name));
  say(context, options, catalogue.states.backupDeleted(name), { deleted: name });
  return { exitCode: EXIT.ok };
}
