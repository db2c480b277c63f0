// `ckpt list`: the backups, the newest first. Reads manifests and file sizes only; `ckpt verify NAME` reads everything.
import { jsonLine } from "../core/json-line.ts";
import { type BackupEntry, openCheckpoint } from "../checkpoint/checkpoint.ts";
import { EXIT } from "../core/errors.ts";
import type { FileSystem } from "../io/fs.ts";
import { writeStdout } from "../io/stdout.ts";
import { type ListedBackup, renderList } from "../ui/render-list.ts";
import { manifestBytes } from "../job/backup-choice.ts";
import { filesIn } from "../job/checkpoint-files.ts";
import {
  COMMON_ARGUMENTS,
  type CommonOptions,
  commonOptions,
  stdoutColumns,
} from "../cli/common-arguments.ts";
import { type Command, declareCommand } from "../cli/declaration.ts";
import type { Context, Ending } from "../cli/context.ts";

export const list: Command = declareCommand({
  meta: { name: "list", description: "list the backups, the newest first", zh: "列出所有备份，最新的在前" },
  args: COMMON_ARGUMENTS,
  examples: [
    {
      line: "ckpt list",
      description: "all backups of this folder's checkpoint",
      zh: "本目录检查点的全部备份",
    },
    { line: "ckpt list --json | jq -r '.[].name'", description: "their names alone", zh: "只列出名称" },
  ],
  run: ({ settings }, context) => listBackupsOf(commonOptions(settings, context.host), context),
});

function listBackupsOf({ dir, json }: CommonOptions, context: Context): Ending {
  const { fs } = context.host;
  const backups = openCheckpoint(fs, dir)
    .backups()
    .map((entry) => listed(fs, entry));
  const text = json ? jsonLine(backups) : renderList(backups, context.catalogue, stdoutColumns(context.host));
  writeStdout(fs, Buffer.from(text));
  return { exitCode: EXIT.ok };
}

/** The documented fields (docs/scripting.md); for a folder without a manifest, those that are known. */
function listed(fs: FileSystem, { name, folder, manifest, problems }: BackupEntry): ListedBackup {
  if (manifest === null) {
    const bytes = [...filesIn(fs, folder).values()].reduce((sum, size) => sum + size, 0);
    const created = fs.statSync(folder).mtime.toISOString();
    return { ...UNKNOWN, name, created_at: created, bytes };
  }
  return {
    name,
    created_at: manifest.created_at,
    kind: manifest.backup,
    session_id: manifest.session_id,
    total: manifest.total,
    completed: manifest.completed,
    failed: manifest.failed,
    results_saved: manifest.results_saved,
    bytes: manifestBytes(manifest),
    intact: problems.length === 0,
  };
}

const UNKNOWN = {
  kind: "manual",
  session_id: null,
  total: 0,
  completed: 0,
  failed: 0,
  results_saved: 0,
  intact: false,
} as const;
