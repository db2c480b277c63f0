// What `ckpt info` shows of a folder of shards: the sum, and a line a shard. Only status files are read.
import { openCheckpoint } from "../../checkpoint/checkpoint.ts";
import { jsonLine } from "../../core/json-line.ts";
import { EXIT } from "../../core/errors.ts";
import { percentOf } from "../../core/percent.ts";
import { NO_USAGE, type UsageTotals } from "../../core/status.ts";
import { addUsage } from "../../core/usage.ts";
import type { FileSystem } from "../../io/fs.ts";
import { writeStdout } from "../../io/stdout.ts";
import { isDone, openShards, type OpenShard } from "../../shards/shard-set.ts";
import { shardText } from "../../shards/shard-rule.ts";
import {
  renderShards,
  type ShardState,
  type ShardStates,
  type ShardsView,
  type ShownShard,
} from "../../ui/render-shards.ts";
import type { CommandEnd, Context } from "../../cli/context.ts";
import { type MergeProof, missingSpecs, proofOf } from "../shards/merge-shards.ts";

/** @param isMissingWanted only the list of what is not done, as schedulers read it @throws as openShards(), checkpoint.shardCounts */
export function showShards(
  dir: string,
  { json, isMissingWanted }: { readonly json: boolean; readonly isMissingWanted: boolean },
  { host, catalogue }: Context,
): CommandEnd {
  const set = openShards(host.fs, dir);
  const proof = proofOf(set);
  const { input, session } = set.facts;
  const view = viewOfShards(host.fs, proof);
  const { count, done, processor, shards, specs } = view;
  const { total, completed, failed, missing } = proof;
  if (json) {
    const value = {
      session_id: session.id,
      state: missing.length === 0 ? (failed > 0 ? "finished" : "complete") : "incomplete",
      total,
      completed,
      failed,
      pending: total - completed - failed,
      percent: percentOf(completed, total),
      shards: { count, done, missing, array: specs.tasks },
      input,
      processor,
      usage: set.shards.reduce<UsageTotals>(
        (sum, { source }) => addUsage(sum, source.status.usage),
        NO_USAGE,
      ),
      each: shards,
    };
    writeStdout(host.fs, Buffer.from(jsonLine(value)));
  } else if (isMissingWanted) {
    writeStdout(host.fs, Buffer.from(`${specs.tasks}\n`));
  } else {
    writeStdout(host.fs, Buffer.from(renderShards(view, catalogue)));
  }
  return { exitCode: EXIT.ok };
}

/** What is on disk of all shards. */
export function viewOfShards(fs: FileSystem, proof: MergeProof): ShardsView {
  const { set, total, completed, failed, missing } = proof;
  const { count, input, processor } = set.facts;
  const shards = set.shards.map((shard) => shownShard(fs, shard));
  const counts = { count, done: count - missing.length, total, completed, failed };
  return { dir: set.dir, ...counts, input: input.path, processor, shards, specs: missingSpecs(proof) };
}

/** The documented fields (docs/scripting.md). */
function shownShard(fs: FileSystem, shard: OpenShard): ShownShard {
  const { folder, source } = shard;
  const { total, completed, failed, saved_at: savedAt, session } = source.status;
  const holder = openCheckpoint(fs, folder).holder();
  return {
    shard: shardText(shard.shard),
    folder,
    state: stateOf(shard, holder !== null),
    total,
    completed,
    failed,
    pending: total - completed - failed,
    session_id: session.id,
    saved_at: savedAt,
    locked_by: holder,
  };
}

/** How many of the shards that have begun are in which state. Only status files are read. */
export function shardStates(fs: FileSystem, shards: readonly OpenShard[]): ShardStates {
  const states = { complete: 0, failed: 0, held: 0, interrupted: 0, stopped: 0 };
  for (const shard of shards) states[stateOf(shard, openCheckpoint(fs, shard.folder).holder() !== null)]++;
  return states;
}

function stateOf(shard: OpenShard, isHeld: boolean): ShardState {
  const { state, failed } = shard.source.status;
  if (isHeld) return "held";
  if (isDone(shard)) return failed > 0 ? "failed" : "complete";
  return state === "running" ? "interrupted" : "stopped";
}
