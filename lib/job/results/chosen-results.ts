// Which results a person means: those of the checkpoint in place or of the last completed session (no word), of a backup by its name, or of a folder.
import * as path from "node:path";
import { type Checkpoint, openCheckpoint } from "../../checkpoint/checkpoint.ts";
import { statOf } from "../../io/file.ts";
import { chosenBackup } from "../backup-choice.ts";
import { resultsIn, type ResultsThere } from "./results-in.ts";
import { shardFolder } from "../shards/shard-folder.ts";

export type ChosenResults = ResultsThere & {
  /** The checkpoint that records what is exported of them: never a backup, whose files stay as they are. */
  readonly keeper: Checkpoint;
};

/** Whether a word names a backup. One of that name comes before a folder. */
export function isBackup(checkpoint: Checkpoint, word: string): boolean {
  return word === "latest" || checkpoint.backupsToRead().some(({ name }) => name === word);
}

/** What a person has named. */
export type NamedResults = {
  /** Name of a backup, `latest`, or a folder: of a checkpoint, of a backup, or of shards. Null: what is in place. */
  readonly word: string | null;
  /** Of a folder of shards the one that is meant; null: all. Where there is no word, the checkpoint in place is the shard's. */
  readonly shard: string | null;
};

/** @throws checkpoint.none, checkpoint.damaged, checkpoint.notShards, backup.none */
export function chosenResults(
  checkpoint: Checkpoint,
  { word, shard }: NamedResults,
  cwd: string,
): ChosenResults {
  if (word === null) return { ...resultsIn(checkpoint), keeper: checkpoint };
  const { fs } = checkpoint;
  const folder = path.resolve(cwd, word);
  if (!isBackup(checkpoint, word) && statOf(fs, folder)?.isDirectory() === true) {
    const there = openCheckpoint(fs, shard === null ? folder : shardFolder(fs, folder, shard));
    if (there.backupIn(folder).manifest === null) return { ...resultsIn(there), keeper: there };
  }
  const backup = openCheckpoint(fs, chosenBackup(checkpoint, word, cwd).folder);
  return { ...resultsIn(backup), keeper: checkpoint };
}
