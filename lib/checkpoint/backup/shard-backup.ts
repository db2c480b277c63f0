// The part of a backup of all shards that one shard has: a backup of that shard, without a manifest of its own.
import * as path from "node:path";
import { jobOf } from "../../core/job.ts";
import type { FileSystem } from "../../io/fs.ts";
import { readableStatus } from "../contents.ts";
import { hasShards } from "../shards-file.ts";
import { type CheckpointPaths, checkpointPaths, shardOfFolder } from "../names.ts";
import { type BackupEntry, listBackups } from "./backups.ts";
import { manifestProblems } from "./manifest.ts";

/** Those of the shard that is in a folder, the newest first; none in a folder that has no shard. */
export function backupsOfAll(fs: FileSystem, { dir }: CheckpointPaths): BackupEntry[] {
  const folder = path.basename(dir);
  const above = path.dirname(dir);
  if (shardOfFolder(folder) === null || !hasShards(fs, above)) return [];
  return listBackups(fs, checkpointPaths(above)).flatMap((entry) => {
    const part = partOf(fs, entry, folder);
    return part === null ? [] : [part];
  });
}

/** Null when it has nothing of the shard. */
function partOf(
  fs: FileSystem,
  { name, folder: whole, manifest }: BackupEntry,
  shard: string,
): BackupEntry | null {
  const prefix = `${shard}/`;
  const files = (manifest?.files ?? [])
    .filter((file) => file.name.startsWith(prefix))
    .map(({ name: long, size, sha256 }) => ({ name: long.slice(prefix.length), size, sha256 }));
  if (manifest === null || files.length === 0) return null;
  const folder = path.join(whole, shard);
  const status = readableStatus(fs, checkpointPaths(folder));
  const { shards: _all, ...facts } = manifest;
  const own = {
    ...facts,
    session_id: status?.session.id ?? null,
    nonce: status?.session.nonce ?? null,
    total: status?.total ?? 0,
    completed: status?.completed ?? 0,
    failed: status?.failed ?? 0,
    results_saved: status?.results_saved ?? 0,
    ...(status === null ? null : { job: jobOf(status) }),
    files,
  };
  return { name, folder, manifest: own, problems: manifestProblems(fs, folder, own, false) };
}
