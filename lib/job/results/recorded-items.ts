// The items that some records are about, as they stand in the input now. The input is read once for all of them.
import type { Checkpoint } from "../../checkpoint/checkpoint.ts";
import type { CheckpointResults } from "../../checkpoint/results.ts";
import { CkptError } from "../../core/errors.ts";
import type { Item } from "../../core/item.ts";
import type { ParsedRecord } from "../../core/record.ts";
import { inputOfResults } from "./selected-results.ts";

/** `cause`: why the item is not there; null also where the input has it no more. */
export type RecordedItem = { readonly item: Item | null; readonly cause: CkptError | null };

/** In the order of the records. @param keeper where the results are kept */
export async function recordedItems(
  keeper: Checkpoint,
  source: CheckpointResults,
  records: readonly ParsedRecord[],
): Promise<readonly RecordedItem[]> {
  const found = new Map<string, Item>();
  const isUnchanged = source.job.input.changes === 0;
  const wanted = new Set(records.map(isUnchanged ? byIndex : byIdentity));
  const indexes = isUnchanged ? new Set(records.map(({ index }) => index)) : null;
  const keyOf = isUnchanged ? byIndex : identities(new Set(records.map(({ hash }) => hash)));
  try {
    const input = await inputOfResults(keeper, source);
    for await (const items of input.read((index) => indexes?.has(index) !== false)) {
      for (const item of items) {
        const key = keyOf(item);
        if (wanted.has(key)) found.set(key, item);
      }
      if (found.size === wanted.size) break;
    }
    return records.map((record) => {
      const item = found.get(isUnchanged ? byIndex(record) : byIdentity(record)) ?? null;
      return { item, cause: null };
    });
  } catch (error) {
    if (error instanceof CkptError) return records.map(() => ({ item: null, cause: error }));
    throw error;
  }
}

function byIndex({ index }: { readonly index: number }): string {
  return String(index);
}

function byIdentity({ id, hash, n = 1 }: ParsedRecord): string {
  return id === undefined ? `#${hash} ${n}` : `=${id}`;
}

/** The same of items, which come in the order of the input: equal ones without an id are told apart by their order. @param hashes of the wanted ones */
function identities(hashes: ReadonlySet<string>): (item: Item) => string {
  const seen = new Map<string, number>();
  return ({ id, hash }) => {
    if (id !== null) return `=${id}`;
    if (!hashes.has(hash)) return "";
    const occurrence = (seen.get(hash) ?? 0) + 1;
    seen.set(hash, occurrence);
    return `#${hash} ${occurrence}`;
  };
}
