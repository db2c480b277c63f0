// Which results a person means: those of the checkpoint in place or of the last completed session (no word), of a backup by its name, or of a folder.
import * as path from "node:path";
import { type Checkpoint, openCheckpoint } from "../checkpoint/checkpoint.ts";
import { type CheckpointResults, latestResults, resultsOf } from "../checkpoint/results.ts";
import { statOf } from "../io/file.ts";
import { chosenBackup } from "./backup-choice.ts";

export type ChosenResults = {
  readonly source: CheckpointResults;
  /** The checkpoint that records what is exported of them: never a backup, whose files stay as they are. */
  readonly keeper: Checkpoint;
};

/** Whether a word names a backup. One of that name comes before a folder. */
export function isBackup(checkpoint: Checkpoint, word: string): boolean {
  return word === "latest" || checkpoint.backups().some(({ name }) => name === word);
}

/**
 * @param word name of a backup, `latest`, or a folder: of a checkpoint, or of a backup. Null: the checkpoint in place
 * @throws checkpoint.none, checkpoint.damaged, backup.none
 */
export function chosenResults(checkpoint: Checkpoint, word: string | null, cwd: string): ChosenResults {
  if (word === null) return { source: latestResults(checkpoint), keeper: checkpoint };
  const folder = path.resolve(cwd, word);
  if (!isBackup(checkpoint, word) && statOf(checkpoint.fs, folder)?.isDirectory() === true) {
    const there = openCheckpoint(checkpoint.fs, folder);
    if (there.backupIn(folder).manifest === null) return { source: latestResults(there), keeper: there };
  }
  const backup = openCheckpoint(checkpoint.fs, chosenBackup(checkpoint, word, cwd).folder);
  return { source: resultsOf(backup, backup.status()), keeper: checkpoint };
}
