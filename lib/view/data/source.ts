// The sources of the page: what can be looked at in a folder. These are the checkpoint (with its live run, or the last completed session), its backups, and its shards.
// A source is opened anew for every answer, since a run may complete, be cleared or begin in between. Nothing is locked.
import * as path from "node:path";
import {
  type BackupEntry,
  type Checkpoint,
  hasShards,
  openCheckpoint,
  shardFolders,
} from "../../checkpoint/checkpoint.ts";
import type { Clock } from "../../io/clock.ts";
import { lstatOf } from "../../io/file.ts";
import type { FileSystem } from "../../io/fs.ts";
import { shardText } from "../../shards/shard-rule.ts";
import type { SourceEntry } from "../page-contract.ts";
import { openBackup, openCompleted, openPresent, openShardFolder, type OpenedSource } from "./open-source.ts";

export type Source = {
  readonly id: string;
  readonly kind: SourceEntry["kind"];
  /** Shown until the source has been opened. */
  readonly name: string;
  /** The checkpoint of the folder in which the source lies. It keeps the input, if that came from standard input. */
  readonly home: Checkpoint;
  /** The checkpoints whose runs are asked what they are doing; none for a backup. */
  liveCheckpoints(): readonly Checkpoint[];
  /** Null when there is nothing now. @throws checkpoint.newer, checkpoint.otherShards, errors of the system */
  open(): Promise<OpenedSource | null>;
  /** A text that changes whenever anything may have changed. @param isLive whether a run says how many results there are: then the log need not be looked at */
  signature(isLive: boolean): string;
};

export type SourceParts = { readonly fs: FileSystem; readonly clock: Clock };

/** The checkpoint in a folder. */
export function checkpointSource(
  { fs, clock }: SourceParts,
  dir: string,
  { id, kind, name }: Pick<Source, "id" | "kind" | "name">,
): Source {
  const home = openCheckpoint(fs, dir);
  return {
    id,
    kind,
    name,
    home,
    liveCheckpoints: () => [home],
    open: async () => {
      const resting = await home.resting(clock);
      // A run may have begun after the first look at its files: then they are looked at once more.
      return openPresent(resting) ?? openCompleted(resting) ?? openPresent(home.settled());
    },
    signature: (isLive) => signatureOf(home, isLive),
  };
}

/** A backup. Its files do not change, but it may be deleted. @param kind `folder` for a backup that lies elsewhere */
export function backupSource(
  { fs }: SourceParts,
  home: Checkpoint,
  backup: BackupEntry,
  kind: "completed" | "backup" | "folder",
): Source {
  return {
    id: `${kind}:${backup.name}`,
    kind,
    name: backup.name,
    home,
    liveCheckpoints: () => [],
    open: async () => (lstatOf(fs, backup.folder) === null ? null : openBackup(fs, backup)),
    signature: () => "",
  };
}

/** All backups of a checkpoint, the newest first. */
export function backupSources(parts: SourceParts, home: Checkpoint): Source[] {
  return home.backupsToRead().map((backup) => {
    const isCompleted = backup.manifest?.reason === "completed";
    return backupSource(parts, home, backup, isCompleted ? "completed" : "backup");
  });
}

/** In a folder of shards: all of them as one source, and then each of them. In any other folder none. */
export function shardSources(parts: SourceParts, dir: string): Source[] {
  const { fs } = parts;
  if (!hasShards(fs, dir)) return [];
  const shards = shardFolders(fs, dir).map(({ shard, folder }) => {
    const name = shardText(shard);
    return checkpointSource(parts, folder, { id: shardId(name), kind: "shard", name });
  });
  return [allShards(fs, dir), ...shards];
}

function allShards(fs: FileSystem, dir: string): Source {
  const checkpoints = (): Checkpoint[] =>
    shardFolders(fs, dir).map(({ folder }) => openCheckpoint(fs, folder));
  return {
    id: "shards",
    kind: "shards",
    name: path.basename(dir),
    home: openCheckpoint(fs, dir),
    // There may be a thousand shards: only those that have an owner are asked.
    liveCheckpoints: () => checkpoints().filter(({ paths }) => lstatOf(fs, paths.owner) !== null),
    open: async () => (hasShards(fs, dir) ? openShardFolder(fs, dir) : null),
    signature: (isLive) =>
      checkpoints()
        .map((checkpoint) => signatureOf(checkpoint, isLive))
        .join("\n"),
  };
}

/** The id of a shard's source. @param name as `3/16` */
export function shardId(name: string): string {
  return `shard:${name}`;
}

/** Made of the files that change with the state of a checkpoint, and of its log. */
function signatureOf({ fs, paths }: Checkpoint, isLive: boolean): string {
  const files = [paths.status, paths.owner, paths.socket, paths.receipt, paths.intent];
  return [...files, ...(isLive ? [] : [paths.log])]
    .map((file) => {
      const stat = lstatOf(fs, file);
      return stat === null ? "" : `${stat.ino}.${stat.size}.${stat.mtimeMs}`;
    })
    .join(" ");
}
