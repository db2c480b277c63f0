// `--shard I`: one shard of those in a folder. It is a checkpoint like any other: what a command does with a folder it then does with the shard's.
import * as path from "node:path";
import { hasShards, readShardsFile, shardFolderName, shardOfFolder } from "../../checkpoint/checkpoint.ts";
import { type CommonOptions, commonOptions, type CommonSettings } from "../../cli/common-arguments.ts";
import type { Host } from "../../cli/host.ts";
import { CkptError } from "../../core/errors.ts";
import type { ShardNumber } from "../../core/shard.ts";
import type { FileSystem } from "../../io/fs.ts";
import { isShard, numberProblem, parseShard } from "../../shards/shard-rule.ts";

/** For commands on what `run --shard` has left. */
export const SHARD_ARGUMENT = {
  shard: {
    type: "string",
    value: "text",
    valueHint: "I",
    once: true,
    complete: "shard",
    description: "of a folder of shards, only this one (3, or 3/16)",
    zh: "只针对分片目录中的这一个分片（3 或 3/16）",
  },
} as const;

/**
 * The options that every command has, whose folder is that of the shard where one is named.
 * @param word names another folder or a backup, whose shard may be meant; null: nothing does
 * @throws as shardFolder()
 */
export function placeOptions(
  settings: CommonSettings & { readonly shard: string | null },
  host: Host,
  word: string | null = null,
): CommonOptions {
  const options = commonOptions(settings, host);
  const { shard } = settings;
  if (shard === null || (word !== null && !hasShards(host.fs, options.dir))) return options;
  const dir = shardFolder(host.fs, options.dir, shard);
  return { ...options, dir, dirGiven: path.relative(host.cwd, dir) };
}

/**
 * @param dir of all shards, or of the one that is meant
 * @param text `3`: of the number on record; or `3/16`
 * @throws usage.badValue, usage.shard; checkpoint.notShards in a folder without shards
 */
export function shardFolder(fs: FileSystem, dir: string, text: string): string {
  const whole = shardOfFolder(path.basename(dir)) === null ? dir : path.dirname(dir);
  const shard = numberOf(fs, whole, text);
  if (!isShard(shard)) throw new CkptError("usage.shard", { problem: numberProblem(shard) });
  return path.join(whole, shardFolderName(shard));
}

function numberOf(fs: FileSystem, dir: string, text: string): ShardNumber {
  const typed = parseShard(text);
  if (typed === null && !/^\d{1,9}$/.test(text))
    throw new CkptError("usage.badValue", { option: "--shard", value: text, expected: "3, 3/16" });
  if (!hasShards(fs, dir)) throw new CkptError("checkpoint.notShards", { dir, shard: text });
  if (typed !== null) return typed;
  const facts = readShardsFile(fs, dir);
  if (facts === null) throw new CkptError("checkpoint.notShards", { dir, shard: text });
  return { index: Number(text), count: facts.count };
}
