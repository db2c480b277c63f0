// `ckpt list`: the backups, the newest first. Reads manifests and file sizes only; `ckpt verify NAME` reads everything.
import { jsonLine } from "../core/json-line.ts";
import { type BackupEntry, hasShards, openCheckpoint, shardFolders } from "../checkpoint/checkpoint.ts";
import { CkptError, EXIT } from "../core/errors.ts";
import { statOf } from "../io/file.ts";
import type { FileSystem } from "../io/fs.ts";
import { writeStdout } from "../io/stdout.ts";
import { type ListedBackup, renderList, type ShownJob } from "../ui/render-list.ts";
import { type ShardStates, statesText } from "../ui/render-shards.ts";
import type { Catalogue } from "../ui/messages/en.ts";
import { manifestBytes } from "../job/backup-choice.ts";
import { shortPath } from "../job/output/output-maker.ts";
import { filesIn } from "../job/checkpoint-files.ts";
import { placeOptions, SHARD_ARGUMENT } from "../job/shards/shard-folder.ts";
import { shardStates } from "../job/info/shards-info.ts";
import { shardText } from "../shards/shard-rule.ts";
import { openShards, type ShardSet } from "../shards/shard-set.ts";
import { COMMON_ARGUMENTS, stdoutColumns } from "../cli/common-arguments.ts";
import { type Command, declareCommand, type Invocation } from "../cli/declaration.ts";
import type { Context, CommandEnd } from "../cli/context.ts";

const KINDS = ["manual", "auto", "completed"] as const;
type Kind = (typeof KINDS)[number];

const LIST_ARGUMENTS = {
  kind: {
    type: "enum",
    options: KINDS,
    repeat: true,
    description: "only these: manual; auto; completed sessions",
    zh: "只列出这些：manual 手动；auto 自动；completed 已完成的会话",
  },
  sort: {
    type: "enum",
    options: ["newest", "oldest", "name", "size", "results"],
    default: "newest",
    description: "the order",
    zh: "排列顺序",
  },
  ...SHARD_ARGUMENT,
  ...COMMON_ARGUMENTS,
} as const;

export const list: Command = declareCommand({
  meta: { name: "list", description: "list the backups, the newest first", zh: "列出所有备份，最新的在前" },
  args: LIST_ARGUMENTS,
  examples: [
    {
      line: "ckpt list",
      description: "all backups of this folder's checkpoint",
      zh: "本目录检查点的全部备份",
    },
    {
      line: "ckpt list --kind auto --sort size",
      description: "the largest automatic ones first",
      zh: "自动备份，最大的在前",
    },
    { line: "ckpt list --json | jq -r '.[].name'", description: "their names alone", zh: "只列出名称" },
  ],
  run: ({ settings }, context) => listBackupsOf(settings, context),
});

type Given = Invocation<typeof LIST_ARGUMENTS>["settings"];

function listBackupsOf(settings: Given, context: Context): CommandEnd {
  const { fs, cwd } = context.host;
  const { dir, json } = placeOptions(settings, context.host);
  const all = backupsIn(fs, dir);
  const chosen = sorted(
    all.filter((backup) => settings.kind.length === 0 || settings.kind.some((kind) => isOf(backup, kind))),
    settings.sort,
  );
  if (json) {
    writeStdout(fs, Buffer.from(jsonLine(chosen)));
    return { exitCode: EXIT.ok };
  }
  const jobs = chosen.map((backup) => jobOf(backup, cwd));
  const table = renderList(chosen, jobs, all, context.catalogue, stdoutColumns(context.host));
  writeStdout(fs, Buffer.from(`${shardsHere(fs, dir, context.catalogue)}${table}`));
  return { exitCode: EXIT.ok };
}

/** In a folder of shards: in which states they are. */
function shardsHere(fs: FileSystem, dir: string, catalogue: Catalogue): string {
  const set = readableShards(fs, dir);
  if (set === null) return "";
  const { count } = set.facts;
  return `${catalogue.sharding.shardsHere(count, statesText(shardStates(fs, set.shards), count, catalogue))}\n`;
}

/** Null: there are none, or they cannot be read; `ckpt info` says why. */
function readableShards(fs: FileSystem, dir: string): ShardSet | null {
  if (!hasShards(fs, dir)) return null;
  try {
    return openShards(fs, dir);
  } catch (error) {
    if (error instanceof CkptError) return null;
    throw error;
  }
}

/** All that can be restored here, the newest first; in a folder of shards also those of single shards. */
function backupsIn(fs: FileSystem, dir: string): readonly ListedBackup[] {
  const own = openCheckpoint(fs, dir)
    .backupsToRead()
    .map((entry) => listed(fs, entry, null));
  const ofShards = (statOf(fs, dir)?.isDirectory() === true ? shardFolders(fs, dir) : []).flatMap(
    ({ shard, folder }) =>
      openCheckpoint(fs, folder)
        .backups()
        .map((entry) => listed(fs, entry, shardText(shard))),
  );
  if (ofShards.length === 0) return own;
  return [...own, ...ofShards].toSorted((a, b) => b.created_at.localeCompare(a.created_at));
}

function isOf({ kind, reason }: ListedBackup, wanted: Kind): boolean {
  return wanted === "completed" ? reason === "completed" : kind === wanted;
}

/** @param backups the newest first */
function sorted(backups: readonly ListedBackup[], order: Given["sort"]): readonly ListedBackup[] {
  switch (order) {
    case "newest":
      return backups;
    case "oldest":
      return backups.toReversed();
    case "name":
      return backups.toSorted((a, b) => a.name.localeCompare(b.name, "en"));
    case "size":
      return backups.toSorted((a, b) => b.bytes - a.bytes);
    case "results":
      return backups.toSorted((a, b) => b.results_saved - a.results_saved);
  }
}

/** What a backup is of, with paths as somebody in `cwd` would type them; null where that is not on record. */
function jobOf({ processor, input, output, selection, shards }: ListedBackup, cwd: string): ShownJob | null {
  if (processor === null || input === null) return null;
  const of = {
    kind: processor.kind,
    shown: processor.shown,
    selection,
    shards,
    input: input === "-" ? input : shortPath(input, cwd),
  };
  return { ...of, output: output === null || output === "-" ? null : shortPath(output, cwd) };
}

/** The documented fields (docs/scripting.md); for a folder without a manifest, those that are known. */
function listed(
  fs: FileSystem,
  { name, folder, manifest, problems }: BackupEntry,
  shard: string | null,
): ListedBackup {
  if (manifest === null) {
    const bytes = [...filesIn(fs, folder).values()].reduce((sum, size) => sum + size, 0);
    const created = fs.statSync(folder).mtime.toISOString();
    return { ...UNKNOWN, name, created_at: created, bytes, shard };
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
    reason: manifest.reason,
    processor: manifest.job?.processor ?? null,
    input: manifest.job?.input.path ?? null,
    output: manifest.job?.output?.path ?? null,
    selection: manifest.job?.selection ?? null,
    shard,
    shards: manifest.shards === undefined ? null : { ...manifest.shards, states: statesIn(fs, folder) },
  };
}

function statesIn(fs: FileSystem, folder: string): ShardStates | null {
  const set = readableShards(fs, folder);
  return set === null ? null : shardStates(fs, set.shards);
}

const UNKNOWN = {
  kind: "manual",
  session_id: null,
  total: 0,
  completed: 0,
  failed: 0,
  results_saved: 0,
  intact: false,
  reason: null,
  processor: null,
  input: null,
  output: null,
  selection: null,
  shards: null,
} as const;
