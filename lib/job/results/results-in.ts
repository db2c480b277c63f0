// The results in a folder: of the checkpoint there, of the last completed session, or of all shards. Whoever reads results need not know which.
import {
  type Checkpoint,
  hasShards,
  presentRecord,
  type SessionRecord,
} from "../../checkpoint/checkpoint.ts";
import { latestResults } from "../../checkpoint/results.ts";
import type { KeptResults } from "../../core/result-source.ts";
import { openShards, type ShardSet } from "../../shards/shard-set.ts";
import { ShardResults } from "../../shards/shard-results.ts";

export type ResultsThere = {
  readonly source: KeptResults;
  /** The session that has them; null: all shards have them. */
  readonly present: SessionRecord | null;
  /** Those that have them; null: a checkpoint has them. */
  readonly shards: ShardSet | null;
};

/** @throws checkpoint.none, checkpoint.damaged, checkpoint.otherShards */
export function resultsIn(checkpoint: Checkpoint): ResultsThere {
  const { fs, paths } = checkpoint;
  if (hasShards(fs, paths.dir) && !checkpoint.settled().exists()) {
    const shards = openShards(fs, paths.dir);
    return { source: new ShardResults(shards), present: null, shards };
  }
  const source = latestResults(checkpoint);
  return { source, present: presentRecord(source.status), shards: null };
}
