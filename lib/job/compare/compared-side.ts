// One of the two sides of a comparison: which results a word names, and what they can be matched by.
import * as path from "node:path";
import type { Checkpoint } from "../../checkpoint/checkpoint.ts";
import type { ReadableResults } from "../../core/result-source.ts";
import { type IdStyle, idStyle, type Status } from "../../core/status.ts";
import { statOf } from "../../io/file.ts";
import { OUTPUT_EXTENSIONS } from "../../output/output-format.ts";
import { OutputResults } from "../../output/output-results.ts";
import { chosenResults, isBackup, type NamedResults } from "../results/chosen-results.ts";
import { selectedResults } from "../results/selected-results.ts";

export type ComparedSide = {
  /** As it was named; null: the session in place, or the last one. */
  readonly word: string | null;
  readonly results: ReadableResults;
  readonly ids: IdStyle;
  /** Its results have hashes of the items' content. */
  readonly hasContent: boolean;
  /** Its outputs have the types of JSON; in a table all are text. */
  readonly isTyped: boolean;
  /** Null: of an output file, which does not say. */
  readonly processor: Status["processor"] | null;
};

/**
 * @param named its word may also be an output file. A backup of that name comes first
 * @throws checkpoint.none, checkpoint.damaged, backup.none, output.missing, output.notResults
 */
export async function comparedSide(
  checkpoint: Checkpoint,
  named: NamedResults,
  cwd: string,
): Promise<ComparedSide> {
  const { word } = named;
  if (word === null || isBackup(checkpoint, word)) return checkpointSide(checkpoint, word, named, cwd);
  const place = path.resolve(cwd, word);
  const stat = statOf(checkpoint.fs, place);
  if (stat?.isDirectory() === true) return checkpointSide(checkpoint, word, { ...named, word: place }, cwd);
  if (stat === null && !hasOutputName(word)) return checkpointSide(checkpoint, word, named, cwd);
  const results = new OutputResults(checkpoint.fs, place);
  const ids = (await results.hasIds()) ? (results.isTyped ? "json" : "text") : "none";
  return { word, results, ids, hasContent: false, isTyped: results.isTyped, processor: null };
}

/** @param from what is looked for: a folder by its whole path */
async function checkpointSide(
  checkpoint: Checkpoint,
  word: string | null,
  from: NamedResults,
  cwd: string,
): Promise<ComparedSide> {
  const source = await selectedResults(chosenResults(checkpoint, from, cwd));
  const ids = idStyle(source.job.input);
  return { word, results: source, ids, hasContent: true, isTyped: true, processor: source.job.processor };
}

function hasOutputName(word: string): boolean {
  return OUTPUT_EXTENSIONS.some((extension) => word.toLowerCase().endsWith(`.${extension}`));
}
