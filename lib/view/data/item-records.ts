// All records of an item: its retries over several runs, and its other answers.
import { CkptError } from "../../core/errors.ts";
import { type ItemIdentity, readHashWords, unitKey } from "../../core/record-key.ts";
import { idStyle } from "../../core/status.ts";
import type { CheckpointResults } from "../../checkpoint/results.ts";
import type { RecordAt } from "./indexed-results.ts";

/** The oldest first, each with its place in the log. */
export type ItemRecords = readonly Pick<RecordAt, "place" | "details">[];

/**
 * All records of each item that `wanted` names by one of its records. Of one item only its own lines are read; of several the whole log, once.
 * @param results of the log in which the records are
 * @param isAlone whether no result has been replaced and one answer an item is wanted: then there are no others, and nothing is read
 */
export function recordsOf(
  results: CheckpointResults,
  wanted: readonly RecordAt[],
  isAlone: boolean,
): readonly ItemRecords[] {
  if (isAlone) return wanted.map((record) => [record]);
  const keys = wanted.map((record) => keyOf(identityOf(record)));
  const places = new Map<string, number[]>(keys.map((key) => [key, []]));
  const add = (identity: ItemIdentity, place: number): void => {
    places.get(keyOf(identity))?.push(place);
  };
  try {
    const [only] = wanted;
    if (wanted.length === 1 && only !== undefined)
      results.eachOf(identityOf(only), (entry) => add(entry.identity(), entry.place));
    else results.eachEntry((entry) => add(entry.identity(), entry.place));
    return keys.map((key) => readAll(results, places.get(key) ?? []));
  } catch (error) {
    // The log is damaged: the records that have been read are shown.
    if (error instanceof CkptError) return wanted.map((record) => [record]);
    throw error;
  }
}

function identityOf({ details: { id, hash, n: occurrence = 1 } }: RecordAt): ItemIdentity {
  return { id: id ?? null, hash: readHashWords(Buffer.from(hash), 0, new Uint32Array(4)), occurrence };
}

/** The same for all answers of an item. */
function keyOf(identity: ItemIdentity): string {
  return unitKey({ ...identity, repeat: 1 }).join(" ");
}

function readAll(results: CheckpointResults, places: readonly number[]): ItemRecords {
  const reader = results.openReader(idStyle(results.job.input));
  try {
    return places.map((place) => ({ place, details: reader.resultAt(place, 0).details() }));
  } finally {
    reader.close();
  }
}
