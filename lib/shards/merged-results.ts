// The results of several shards as one: their logs are thought of as lying behind each other, so that one number says where a result stands.
import * as path from "node:path";
import type { Plan } from "../core/plan.ts";
import type { CheckpointResults, RecordReader } from "../checkpoint/results.ts";
import type { EntryVisitor, RecordedResult } from "../core/result-source.ts";
import type { IdStyle } from "../core/status.ts";
import { CkptError } from "../core/errors.ts";
import { filesPossible } from "../io/open-files.ts";
import type { OpenShard } from "./shard-set.ts";

/** Logs that are open at once, where so many files may be open; what is read later again is opened again. */
const READERS_MAX = 512;
/** Windows of logs in memory, of 36 KB each. */
const WINDOWS_MAX = 128;
const WINDOWS_EACH_MAX = 32;

/** What a merge needs of a shard. */
export type MergedShard = Pick<OpenShard, "shard"> & {
  readonly source: Pick<
    CheckpointResults,
    "eachEntry" | "openReader" | "counts" | "nonce" | "resultsFile" | "bytes"
  >;
};

/** `base`: where its log begins among all. */
export type PlacedShard = { readonly shard: MergedShard; readonly base: number };

/** Two successes of one unit from different shards. Places of results. */
export type Rivals = { readonly unit: number; readonly place: number; readonly other: number };

export class MergedResults {
  /** In the order of their places. */
  readonly placed: readonly PlacedShard[];

  /** @param shards of whose logs what is committed counts: some may be growing */
  constructor(shards: readonly MergedShard[]) {
    let base = 0;
    this.placed = shards.map((shard) => {
      const placed = { shard, base };
      base += shard.source.bytes;
      return placed;
    });
  }

  /**
   * Tells a plan of all results, one log after the other, each verified. In a log a later result of a unit takes the place of an earlier one. Of different shards a
   * success takes the place of a failure; of two successes the first stays, and they are returned.
   * @param plan without results
   * @throws checkpoint.damaged when results are missing that were saved
   */
  tell(plan: Plan): readonly Rivals[] {
    const rivals: Rivals[] = [];
    for (const { shard, base } of this.placed) {
      const others = new Map<number, number>();
      const missing = shard.source.eachEntry(this.#visitor(plan, base + shard.source.bytes, base, others));
      if (missing > 0) throw lacking(shard, missing);
      for (const [unit, other] of others) rivals.push({ unit, place: plan.offset(unit) ?? 0, other });
    }
    return rivals;
  }

  /** @param end of the places of this log, which begin at `base` */
  #visitor(plan: Plan, end: number, base: number, others: Map<number, number>): EntryVisitor {
    return (entry) => {
      const place = base + entry.place;
      const unit = place < end ? plan.unitOf(entry.index, entry.repeat()) : null;
      if (unit === null) return;
      const error = entry.error();
      const held = plan.offset(unit);
      if (held === null || held >= base) plan.recorded(unit, error, place);
      else if (error === null && plan.hasFailed(unit)) plan.recorded(unit, null, place);
      else if (error === null) others.set(unit, place);
    };
  }

  /** The shard in whose log a result stands. */
  shardAt(place: number): MergedShard {
    return this.#placedAt(place).shard;
  }

  #placedAt(place: number): PlacedShard {
    let [low, high] = [0, this.placed.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.placed[middle]?.base ?? 0) <= place) low = middle + 1;
      else high = middle;
    }
    // Of shards without a result, which stand at the same place, the last one that begins there has it.
    const found = this.placed[low - 1];
    if (found === undefined) throw new Error("a place before all shards");
    return found;
  }

  openReader(ids: IdStyle): RecordReader {
    const windows = Math.max(1, Math.min(WINDOWS_EACH_MAX, Math.floor(WINDOWS_MAX / this.placed.length)));
    const readersMax = Math.min(READERS_MAX, filesPossible());
    const open = new Map<PlacedShard, RecordReader>();
    const readerOf = (placed: PlacedShard): RecordReader => {
      const reader = open.get(placed) ?? placed.shard.source.openReader(ids, windows);
      // The one that was used last stands at the end.
      open.delete(placed);
      open.set(placed, reader);
      const [oldest] = open;
      if (open.size > readersMax && oldest !== undefined) {
        oldest[1].close();
        open.delete(oldest[0]);
      }
      return reader;
    };
    return {
      resultAt: (place, index): RecordedResult => {
        const placed = this.#placedAt(place);
        return readerOf(placed).resultAt(place - placed.base, index);
      },
      lineAt: (place, index): Buffer => {
        const placed = this.#placedAt(place);
        return readerOf(placed).lineAt(place - placed.base, index);
      },
      close: () => {
        for (const reader of open.values()) reader.close();
      },
    };
  }
}

/** @param missing results of the shard that were committed and cannot be read */
export function lacking({ source }: Pick<MergedShard, "source">, missing: number): CkptError {
  const { entries } = source.counts;
  const problem = { kind: "records-missing", from: entries - missing + 1, to: entries } as const;
  return new CkptError("checkpoint.damaged", {
    path: source.resultsFile,
    problems: [problem],
    folder: path.dirname(source.resultsFile),
  });
}
