// What `ckpt view` shows, by what was typed: the checkpoint in place with its backups, a backup, another folder, the shards of a folder.
import * as path from "node:path";
import { openCheckpoint } from "../../checkpoint/checkpoint.ts";
import { statOf } from "../../io/file.ts";
import {
  backupPlace,
  backupPlaces,
  checkpointPlace,
  type PlaceParts,
  shardPlaces,
  type SourcePlace,
} from "../../view/data/source-places.ts";
import { chosenBackup } from "../backup-choice.ts";
import { isBackup } from "../results/chosen-results.ts";
import { shardFolder } from "../shards/shard-folder.ts";

export type ViewChoice = {
  /** Absolute path of the checkpoint's folder. */
  readonly dir: string;
  /** A backup or a folder; null: the checkpoint. */
  readonly word: string | null;
  /** Of a folder of shards that was named, only this one; null: all. */
  readonly shard: string | null;
  readonly cwd: string;
};

/** How long a list stays as it is: backups are read for it. */
const KEPT_MS = 1000;

/** All that can be looked at, the chosen one first; to be called with every look. @throws backup.none, checkpoint.notShards */
export function viewPlaces(parts: PlaceParts, choice: ViewChoice): () => readonly SourcePlace[] {
  const { clock } = parts;
  let known: readonly SourcePlace[] = listedPlaces(parts, choice);
  let readMs = clock.monotonic();
  return () => {
    if (clock.monotonic() - readMs < KEPT_MS) return known;
    readMs = clock.monotonic();
    return (known = listedPlaces(parts, choice));
  };
}

function listedPlaces(parts: PlaceParts, choice: ViewChoice): readonly SourcePlace[] {
  const { fs } = parts;
  const { dir, word, shard, cwd } = choice;
  if (word === null) return placesIn(parts, dir);
  const here = openCheckpoint(fs, dir);
  const folder = path.resolve(cwd, word);
  if (isBackup(here, word) || !isCheckpointFolder(parts, folder))
    return withBackup(parts, dir, chosenBackup(here, word, cwd));
  return placesIn(parts, shard === null ? folder : shardFolder(fs, folder, shard));
}

/** Whether a folder is that of a checkpoint or of shards, and no backup. */
function isCheckpointFolder({ fs }: PlaceParts, folder: string): boolean {
  if (statOf(fs, folder)?.isDirectory() !== true) return false;
  return openCheckpoint(fs, folder).backupIn(folder).manifest === null;
}

function withBackup(
  parts: PlaceParts,
  dir: string,
  backup: ReturnType<typeof chosenBackup>,
): readonly SourcePlace[] {
  const places = placesIn(parts, dir);
  const listed = places.find(
    ({ kind, name }) => (kind === "backup" || kind === "completed") && name === backup.name,
  );
  const isOwn = path.dirname(backup.folder) === openCheckpoint(parts.fs, dir).paths.backups;
  if (listed !== undefined && isOwn) return [listed, ...places.filter((place) => place !== listed)];
  return [backupPlace(parts, openCheckpoint(parts.fs, dir), backup, "folder"), ...places];
}

/** Where there is no checkpoint, and no completed session, what there is comes first. */
function placesIn(parts: PlaceParts, dir: string): readonly SourcePlace[] {
  const here = checkpointPlace(parts, dir, { id: "checkpoint", kind: "checkpoint", name: "" });
  const others = [...shardPlaces(parts, dir), ...backupPlaces(parts, here.keeper)];
  return hasCheckpoint(parts, dir) ? [here, ...others] : [...others, here];
}

/** Whether there is a checkpoint in a folder, or the backup of a completed session. */
function hasCheckpoint({ fs }: PlaceParts, dir: string): boolean {
  const here = openCheckpoint(fs, dir).settled();
  if (here.exists()) return true;
  const receipt = here.receipt();
  return receipt !== null && receipt.cleared !== true && here.receiptBackup(receipt) !== null;
}
