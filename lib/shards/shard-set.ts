// The shards in a folder, as they are found: which of them are of the job on record, which are done, and which items nobody has done yet.
import * as path from "node:path";
import {
  type Checkpoint,
  noCheckpoint,
  openCheckpoint,
  readShardsFile,
  shardFolders,
  SHARDS,
} from "../checkpoint/checkpoint.ts";
import { type CheckpointResults, resultsOf } from "../checkpoint/results.ts";
import { CkptError, isError } from "../core/errors.ts";
import type { ResultCounts } from "../core/result-source.ts";
import type { ShardNumber, ShardsDifference } from "../core/shard.ts";
import { type CountedJob, type ShardsFile, unitsOf } from "../core/shards-facts.ts";
import type { Status } from "../core/status.ts";
import type { FileSystem } from "../io/fs.ts";
import { fingerprintDifference } from "./fingerprint-difference.ts";
import { gapsBetween, intervalOf, isShard, SHARD_RULE, shardsOver, shardText } from "./shard-rule.ts";

export type OpenShard = {
  readonly shard: ShardNumber;
  readonly folder: string;
  readonly source: CheckpointResults;
};

export type ShardSet = {
  readonly dir: string;
  readonly facts: ShardsFile;
  /** Those that have begun, in the order of their keys. */
  readonly shards: readonly OpenShard[];
};

/**
 * Opens all shards in a folder. A folder in which nothing was begun is none.
 * @throws checkpoint.none, checkpoint.damaged, checkpoint.newer, checkpoint.otherShards for one that is of another job
 */
export function openShards(fs: FileSystem, dir: string): ShardSet {
  const facts = readShardsFile(fs, dir);
  if (facts === null) throw noCheckpoint(fs, dir);
  const shards = shardFolders(fs, dir).flatMap(({ shard, folder }) => {
    const checkpoint = openCheckpoint(fs, folder).settled();
    return checkpoint.exists() ? [{ shard, folder, source: openResults(checkpoint) }] : [];
  });
  for (const { shard, source } of shards) {
    const differences = differencesOf(shard, source.status, facts);
    if (differences.length > 0)
      throw new CkptError("checkpoint.otherShards", { path: source.name, use: "read", differences });
  }
  return { dir, facts, shards };
}

/** @throws checkpoint.damaged, which names the folder of this checkpoint */
function openResults(checkpoint: Checkpoint): CheckpointResults {
  try {
    return resultsOf(checkpoint, checkpoint.status());
  } catch (error) {
    if (!isError(error, "checkpoint.damaged")) throw error;
    throw new CkptError("checkpoint.damaged", { ...error.params, folder: checkpoint.paths.dir });
  }
}

/** What all shards of a job have in common. */
export type JobOfShards = Pick<ShardsFile, "input" | "fingerprint" | "repeat" | "selection">;

/**
 * Opens what the results of a job are taken over from: shards of any number, or the checkpoint of one run as one shard.
 * @param facts of the job that takes them over
 * @throws as openShards()
 */
export function openEarlier(fs: FileSystem, dir: string, facts: JobOfShards): readonly OpenShard[] {
  const whole = openCheckpoint(fs, dir).settled();
  const earlier = readShardsFile(fs, dir);
  if (earlier === null && !whole.exists()) throw noCheckpoint(fs, dir);
  const shards =
    earlier === null
      ? [{ shard: WHOLE, folder: dir, source: openResults(whole) }]
      : openShards(fs, dir).shards;
  for (const { source } of shards) {
    const differences = differencesFrom(source.status, facts);
    if (differences.length > 0)
      throw new CkptError("checkpoint.otherShards", { path: source.name, use: "take-over", differences });
  }
  return shards;
}

const WHOLE: ShardNumber = { index: 1, count: 1 };

/** In what a shard differs from the job on record. Another number is none: the shards may have been divided anew. */
function differencesOf(shard: ShardNumber, status: Status, facts: ShardsFile): readonly ShardsDifference[] {
  const found = status.shard;
  const named = found === undefined ? "" : shardText(found);
  const all: readonly ShardsDifference[] = [
    { what: "rule", before: facts.rule, now: found?.rule ?? "" },
    { what: "rule", before: SHARD_RULE, now: facts.rule },
    { what: "count", before: shardText(shard), now: isShard(shard) ? named : "" },
    { what: "input", before: String(facts.input.count), now: String(found?.input_count ?? 0) },
  ];
  return [...all.filter(({ before, now }) => before !== now), ...jobDifferences(status, facts)];
}

/** In what the job of a checkpoint differs, whichever part of it the checkpoint has. */
function jobDifferences(status: Status, facts: JobOfShards): readonly ShardsDifference[] {
  const { input } = status;
  const all: readonly ShardsDifference[] = [
    { what: "input", before: facts.input.sha256, now: input.changes > 0 ? "" : input.sha256 },
    { what: "id", before: idFieldText(facts.input.id_field), now: idFieldText(input.id_field) },
    ...fingerprintDifference(facts.fingerprint, { recorded: status.fingerprint, earlier: [] }),
    { what: "repeat", before: String(facts.repeat ?? 1), now: String(status.repeat ?? 1) },
    { what: "selection", before: choiceText(facts), now: choiceText(status) },
  ];
  return all.filter(({ before, now }) => before !== now);
}

/** As a difference shows it. */
export function idFieldText(field: string | null): string {
  return field ?? "-";
}

/** In what a job differs from that of a checkpoint which was there before. */
export function differencesFrom(status: Status, job: JobOfShards): readonly ShardsDifference[] {
  return jobDifferences(status, job).map(({ what, before, now, parts }) => ({
    what,
    before: now,
    now: before,
    parts,
  }));
}

function choiceText({ selection }: Pick<Status, "selection">): string {
  return selection === undefined
    ? ""
    : JSON.stringify([selection.where.toSorted(), selection.sample ?? null]);
}

/** Whether a shard has attempted all of its items. */
export function isDone({ source }: OpenShard): boolean {
  const { state, total, completed, failed } = source.status;
  return state === "finished" && completed + failed === total;
}

/** What of a job is done, by the shards that are. */
export type Coverage = {
  readonly done: readonly OpenShard[];
  /** The shards, of the number on record, that have keys of which no shard that is done has items. */
  readonly missing: readonly number[];
};

export function coverageOf({ facts, shards }: ShardSet): Coverage {
  const done = shards.filter((shard) => isDone(shard));
  const gaps = gapsBetween(done.map(({ shard }) => intervalOf(shard)));
  return { done, missing: [...new Set(gaps.flatMap((gap) => shardsOver(gap, facts.count)))] };
}

type CountedShard = Pick<OpenShard, "shard"> & {
  readonly source: { readonly counts: Pick<CheckpointResults["counts"], "total"> };
};

/**
 * Whether shards that cover all keys have more or fewer units than the input. It cannot be told by their counts where a choice of items is on record, or where two
 * shards have the same keys: then the plan of all results tells.
 */
export function isOtherTotal(job: CountedJob, shards: readonly CountedShard[]): boolean {
  if (job.selection !== undefined || !isTiled(shards)) return false;
  return shards.reduce((sum, { source }) => sum + source.counts.total, 0) !== unitsOf(job);
}

/**
 * Counts over all shards that have begun; `total`: units of the whole job, as far as they are known. Where shards of several numbers have the same keys, one of them counts,
 * so that no unit counts twice; `entries` are of all logs.
 */
export function countsOf({ facts, shards }: ShardSet): ResultCounts {
  const apart = withoutOverlaps(shards);
  const sum = (of: (counts: ResultCounts) => number, all = apart): number =>
    all.reduce((before, { source }) => before + of(source.counts), 0);
  return {
    total: facts.selection === undefined ? unitsOf(facts) : sum(({ total }) => total),
    completed: sum(({ completed }) => completed),
    failed: sum(({ failed }) => failed),
    entries: sum(({ entries }) => entries, shards),
  };
}

/** Shards of which no two have the same keys: those that are done before others. */
function withoutOverlaps(shards: readonly OpenShard[]): readonly OpenShard[] {
  if (isTiled(shards)) return shards;
  const kept: OpenShard[] = [];
  for (const shard of shards.toSorted((a, b) => Number(isDone(b)) - Number(isDone(a)))) {
    const { from, to } = intervalOf(shard.shard);
    const isApart = kept.every((other) => {
      const { from: start, to: end } = intervalOf(other.shard);
      return to <= start || end <= from;
    });
    if (isApart) kept.push(shard);
  }
  return kept;
}

/** The record of the job of all shards. */
export function shardsPath({ dir }: Pick<ShardSet, "dir">): string {
  return path.join(dir, SHARDS);
}

/** Whether no key is in two of the shards. @param shards in the order of their keys */
export function isTiled(shards: readonly Pick<OpenShard, "shard">[]): boolean {
  let end = 0;
  return shards.every(({ shard }) => {
    const { from, to } = intervalOf(shard);
    const isBehind = from >= end;
    end = to;
    return isBehind;
  });
}
