// Opens what a source of the page is made of: one checkpoint, or the shards in a folder. Whatever can be read is opened, and what is wrong with it is named.
import { type BackupEntry, type Checkpoint, hasShards, openCheckpoint } from "../../checkpoint/checkpoint.ts";
import { type CheckpointResults, resultsOf } from "../../checkpoint/results.ts";
import type { Problem } from "../../core/problem.ts";
import type { FileSystem } from "../../io/fs.ts";
import { openShards, type ShardSet } from "../../shards/shard-set.ts";
import { unknownStatus } from "./unknown-status.ts";

export type OpenedCheckpoint = {
  readonly kind: "checkpoint";
  /** Where the files are: for a completed session its backup. */
  readonly checkpoint: Checkpoint;
  readonly results: CheckpointResults;
  readonly problems: readonly Problem[];
};

export type OpenedShards = { readonly kind: "shards"; readonly set: ShardSet };

export type OpenedSource = OpenedCheckpoint | OpenedShards;

/** The checkpoint that is in place; null when there is none. */
export function openPresent(checkpoint: Checkpoint): OpenedCheckpoint | null {
  const read = checkpoint.readStatus();
  if (read.kind === "good")
    return {
      kind: "checkpoint",
      checkpoint,
      results: resultsOf(checkpoint, read.status),
      problems: checkpoint.endProblems(read.status),
    };
  if (read.kind === "absent" && (checkpoint.logBytes() ?? 0) === 0) return null;
  const problem = read.kind === "absent" ? "status-missing" : "status-sum";
  return withoutStatus(checkpoint, [{ kind: problem }]);
}

/** The last completed session of a checkpoint; null when there is none, or its backup has been deleted. */
export function openCompleted(checkpoint: Checkpoint): OpenedSource | null {
  const receipt = checkpoint.receipt();
  if (receipt === null || receipt.cleared === true) return null;
  const backup = checkpoint.receiptBackup(receipt);
  return backup === null ? null : openBackup(checkpoint.fs, backup);
}

export function openBackup(fs: FileSystem, { folder, problems }: BackupEntry): OpenedSource {
  if (hasShards(fs, folder)) return openShardFolder(fs, folder);
  const checkpoint = openCheckpoint(fs, folder);
  const status = checkpoint.readableStatus();
  if (status === null) return withoutStatus(checkpoint, [...problems, { kind: "status-sum" }]);
  return { kind: "checkpoint", checkpoint, results: resultsOf(checkpoint, status), problems };
}

export function openShardFolder(fs: FileSystem, dir: string): OpenedShards {
  return { kind: "shards", set: openShards(fs, dir) };
}

function withoutStatus(checkpoint: Checkpoint, problems: readonly Problem[]): OpenedCheckpoint {
  const results = resultsOf(checkpoint, unknownStatus(checkpoint.paths.dir));
  return { kind: "checkpoint", checkpoint, results, problems };
}
