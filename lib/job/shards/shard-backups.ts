// What is put in the place of a shard must be that shard, of the job of the others in its folder.
import * as path from "node:path";
import {
  type BackupEntry,
  type Checkpoint,
  type Manifest,
  readShardsFile,
  shardOfFolder,
} from "../../checkpoint/checkpoint.ts";
import { CkptError } from "../../core/errors.ts";
import type { ShardsDifference } from "../../core/shard.ts";
import { shardText } from "../../shards/shard-rule.ts";

/** @throws checkpoint.otherShards */
export function refuseForeign({ fs, paths }: Checkpoint, { folder }: BackupEntry, { job }: Manifest): void {
  const shard = shardOfFolder(path.basename(paths.dir));
  const facts = shard === null ? null : readShardsFile(fs, path.dirname(paths.dir));
  if (shard === null || facts === null) return;
  const all: readonly ShardsDifference[] = [
    { what: "count", before: shardText(shard), now: job?.shard === undefined ? "" : shardText(job.shard) },
    { what: "input", before: facts.input.sha256, now: job?.input.sha256 ?? "" },
    { what: "fingerprint", before: facts.fingerprint.id, now: job?.fp ?? "" },
  ];
  const differences = all.filter(({ before, now }) => before !== now);
  if (differences.length > 0)
    throw new CkptError("checkpoint.otherShards", { path: folder, use: "read", differences });
}
