// Two outputs for one item. Equal ones are one; of different ones nobody knows which is right. One may be of the shard to which the item belongs: the owner.
import { idKey, type Key, KEY_WORDS, readHashWords, recordedKey } from "../core/record-key.ts";
import type { Plan } from "../core/plan.ts";
import type { ResultReader } from "../core/result-source.ts";
import { intervalOf, isIn, shardText } from "./shard-rule.ts";
import type { MergedResults, Rivals } from "./merged-results.ts";

/** What one shard has for the item. */
type Held = {
  readonly shard: string;
  /** Whether the item belongs to the shard. */
  readonly isOwner: boolean;
  readonly outputJson: string;
  readonly place: number;
};

export type Conflict = {
  readonly index: number;
  /** Which of the answers wanted for the item, from 1. */
  readonly repeat: number;
  /** Null when the item has none. */
  readonly id: string | null;
  readonly idJson: string | null;
  readonly outputs: readonly Held[];
};

/**
 * The units with different outputs. Where the owner is to decide, and one of the two shards is the owner, its result becomes the plan's.
 * @param reader with the style of ids that the output has @param count of shards on record: where shards of several numbers are, the owner is one of these
 */
export function conflictsOf(
  rivals: readonly Rivals[],
  {
    results,
    reader,
    plan,
    count,
  }: {
    readonly results: MergedResults;
    readonly reader: ResultReader;
    readonly plan: Plan;
    readonly count: number;
  },
  isByOwner: boolean,
): readonly Conflict[] {
  return rivals.flatMap(({ unit, place, other }) => {
    const index = plan.indexOf(unit);
    const held = (at: number): Held & Pick<Conflict, "id" | "idJson"> => {
      const result = reader.resultAt(at, index);
      const { shard } = results.shardAt(at);
      const { id = null } = result.details();
      const isOwner = shard.count === count && isIn(intervalOf(shard), keyOf(id, result.hash));
      const outputJson = result.bytes.toString("utf8", result.start, result.end);
      return { shard: shardText(shard), isOwner, outputJson, place: at, id, idJson: result.idJson };
    };
    const [first, second] = [held(place), held(other)];
    if (first.outputJson === second.outputJson) return [];
    if (isByOwner && first.isOwner !== second.isOwner) {
      if (second.isOwner) plan.recorded(unit, null, second.place);
      return [];
    }
    const { id, idJson } = first;
    return [{ index, repeat: plan.repeatOf(unit), id, idJson, outputs: [first, second] }];
  });
}

/** The key of an item, of which only the first 32 bits count. @param hash 32 hex digits */
function keyOf(id: string | null, hash: string): Key {
  if (id !== null) return idKey(id, 1);
  return recordedKey(readHashWords(Buffer.from(hash), 0, new Uint32Array(KEY_WORDS)), 1, 1);
}

/** One line of the file of conflicts. */
export function conflictLine({ index, repeat, idJson, outputs }: Conflict, withRepeat: boolean): string {
  const id = idJson === null ? "" : `"id":${idJson},`;
  const which = withRepeat ? `"repeat":${repeat},` : "";
  const each = outputs.map(
    ({ shard, isOwner, outputJson }) => `{"shard":"${shard}","owner":${isOwner},"output":${outputJson}}`,
  );
  return `{"index":${index},${id}${which}"outputs":[${each.join(",")}]}\n`;
}
