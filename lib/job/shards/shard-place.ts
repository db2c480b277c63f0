// Which shard a run is of, and where its checkpoint lies.
import * as path from "node:path";
import { hasShards, openCheckpoint, shardFolderName, shardOfFolder } from "../../checkpoint/checkpoint.ts";
import { type CommonOptions, DIR_DEFAULT } from "../../cli/common-arguments.ts";
import type { Host } from "../../cli/host.ts";
import { slurmTask } from "../../io/slurm-task.ts";
import { readShard, refuseInherited, type SchedulerShard } from "../../shards/scheduler.ts";
import { shardText } from "../../shards/shard-rule.ts";

export type ShardRun = SchedulerShard & {
  /** The folder of all shards. */
  readonly dir: string;
  /** How many shards run at once. */
  readonly parallel: number;
};

/** The shard of a run, and the folder of its checkpoint. @throws usage.badValue, usage.shard */
export function placeShard(
  { shard: text, parallelShards }: { readonly shard: string | null; readonly parallelShards: number | null },
  options: CommonOptions,
  host: Host,
): Pick<CommonOptions, "dir" | "dirGiven"> & { readonly shard: ShardRun | null } {
  const { dir, dirGiven } = options;
  if (text === null) return { dir, dirGiven, shard: null };
  const read = readShard(text, host.env);
  refuseInherited(read, host.env, (job) => slurmTask(job, host.env));
  const parallel = Math.min(parallelShards ?? read.count, read.count);
  const named = shardOfFolder(path.basename(dir));
  // The folder of the shard itself, as messages name it; `shards.json` above it may be lost.
  const isPlace = (): boolean =>
    hasShards(host.fs, path.dirname(dir)) || openCheckpoint(host.fs, dir).exists();
  if (named !== null && shardText(named) === shardText(read) && isPlace())
    return { dir, dirGiven, shard: { ...read, dir: path.dirname(dir), parallel } };
  const name = shardFolderName(read);
  const given = path.join(dirGiven ?? DIR_DEFAULT, name);
  return { dir: path.join(dir, name), dirGiven: given, shard: { ...read, dir, parallel } };
}

/** The words of a command line with the number of the shard, which need no scheduler. */
export function withShardNumber(
  words: readonly string[],
  { shard }: { readonly shard: ShardRun | null },
): string[] {
  if (shard === null) return [...words];
  const end = words.indexOf("--");
  const own = end < 0 ? words : words.slice(0, end);
  const numbered = own.map((word, at) => {
    if (own[at - 1] === "--shard") return shardText(shard);
    return word.startsWith("--shard=") ? `--shard=${shardText(shard)}` : word;
  });
  return [...numbered, ...words.slice(own.length)];
}
