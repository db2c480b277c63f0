// Which sources `ckpt view` offers, by what was typed: the checkpoint in place with its backups, a backup, another folder, or the shards of a folder.
import * as path from "node:path";
import { openCheckpoint } from "../../checkpoint/checkpoint.ts";
import { statOf } from "../../io/file.ts";
import {
  backupSource,
  backupSources,
  checkpointSource,
  type SourceParts,
  shardSources,
  type Source,
} from "../../view/data/source.ts";
import { chosenBackup } from "../backup-choice.ts";
import { isBackup } from "../results/chosen-results.ts";
import { shardFolder } from "../shards/shard-folder.ts";

export type ViewChoice = {
  /** Absolute path of the checkpoint's folder. */
  readonly dir: string;
  /** The backup or folder that was typed; null: the checkpoint in place. */
  readonly word: string | null;
  /** The only shard to show of the folder that was typed; null: all. */
  readonly shard: string | null;
  readonly cwd: string;
};

/** How long a list is used again: to make it, all backups are read. */
const KEPT_MS = 1000;

/** Returns a function that lists the sources as they are now, the chosen one first. @throws backup.none, checkpoint.notShards */
export function viewSources(parts: SourceParts, choice: ViewChoice): () => readonly Source[] {
  const { clock } = parts;
  let known: readonly Source[] = listedSources(parts, choice);
  let readMs = clock.monotonic();
  return () => {
    if (clock.monotonic() - readMs < KEPT_MS) return known;
    readMs = clock.monotonic();
    return (known = listedSources(parts, choice));
  };
}

function listedSources(parts: SourceParts, choice: ViewChoice): readonly Source[] {
  const { fs } = parts;
  const { dir, word, shard, cwd } = choice;
  if (word === null) return sourcesIn(parts, dir);
  const here = openCheckpoint(fs, dir);
  const folder = path.resolve(cwd, word);
  if (isBackup(here, word) || !isCheckpointFolder(parts, folder))
    return withBackup(parts, dir, chosenBackup(here, word, cwd));
  return sourcesIn(parts, shard === null ? folder : shardFolder(fs, folder, shard));
}

/** Whether a folder is no backup, so that it may be the folder of a checkpoint or of shards. */
function isCheckpointFolder({ fs }: SourceParts, folder: string): boolean {
  if (statOf(fs, folder)?.isDirectory() !== true) return false;
  return openCheckpoint(fs, folder).backupIn(folder).manifest === null;
}

function withBackup(
  parts: SourceParts,
  dir: string,
  backup: ReturnType<typeof chosenBackup>,
): readonly Source[] {
  const sources = sourcesIn(parts, dir);
  const listed = sources.find(
    ({ kind, name }) => (kind === "backup" || kind === "completed") && name === backup.name,
  );
  const isOwn = path.dirname(backup.folder) === openCheckpoint(parts.fs, dir).paths.backups;
  if (listed !== undefined && isOwn) return [listed, ...sources.filter((source) => source !== listed)];
  return [backupSource(parts, openCheckpoint(parts.fs, dir), backup, "folder"), ...sources];
}

/** All sources of a folder. The checkpoint comes first; without a checkpoint or completed session to show, it comes last. */
function sourcesIn(parts: SourceParts, dir: string): readonly Source[] {
  const here = checkpointSource(parts, dir, { id: "checkpoint", kind: "checkpoint", name: "" });
  const others = [...shardSources(parts, dir), ...backupSources(parts, here.home)];
  return hasCheckpoint(parts, dir) ? [here, ...others] : [...others, here];
}

/** Whether there is a checkpoint in a folder, or the backup of a completed session. */
function hasCheckpoint({ fs }: SourceParts, dir: string): boolean {
  const here = openCheckpoint(fs, dir).settled();
  if (here.exists()) return true;
  const receipt = here.receipt();
  return receipt !== null && receipt.cleared !== true && here.receiptBackup(receipt) !== null;
}
