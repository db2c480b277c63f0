// What makes up a checkpoint in a folder, or all shards in one: the files that are backed up, moved and restored together, and what they are of. A folder of shards is
// moved file by file: each shard's folder stays, with its lock and its own backups.
import * as path from "node:path";
import { CkptError } from "../core/errors.ts";
import type { ShardNumber } from "../core/shard.ts";
import { type ShardsFile, unitsOf } from "../core/shards-facts.ts";
import type { JobScope, Status } from "../core/status.ts";
import { lstatOf, statOf } from "../io/file.ts";
import type { FileSystem } from "../io/fs.ts";
import { CHECKPOINT_FILES, type CheckpointPaths, checkpointPaths, SHARDS } from "./names.ts";
import { currentHolder, type Owner } from "./owner.ts";
import { readShardsFile, shardFolders } from "./shards-file.ts";
import { readStatus } from "./status/status-file.ts";

/** The files that are there, by their names relative to the folder, in the order in which they are moved. */
export function contentNames(fs: FileSystem, dir: string): readonly string[] {
  const isThere = (name: string): boolean => lstatOf(fs, path.join(dir, name)) !== null;
  const ofShards = foldersIn(fs, dir).flatMap(({ folder }) =>
    CHECKPOINT_FILES.map((name) => `${path.basename(folder)}/${name}`),
  );
  return [...CHECKPOINT_FILES, SHARDS, ...ofShards].filter((name) => isThere(name));
}

function foldersIn(fs: FileSystem, dir: string): ReturnType<typeof shardFolders> {
  return statOf(fs, dir)?.isDirectory() === true ? shardFolders(fs, dir) : [];
}

/** What a backup is of: the session of a checkpoint, or the job of all shards with the sums of their counts. */
export type Contents = Pick<
  Status,
  | "session"
  | "saved_at"
  | "total"
  | "completed"
  | "failed"
  | "results_saved"
  | "fingerprint"
  | "input"
  | "processor"
  | "output"
  | keyof JobScope
> & {
  /** Of a folder of shards: how many there are to be, and how many have begun. */
  readonly shards?: { readonly count: number; readonly begun: number };
};

/** @param statuses of the shards that have begun */
export function contentsOf(facts: ShardsFile, statuses: readonly Status[]): Contents {
  const { session, fingerprint, input, processor, repeat, selection, count } = facts;
  const sum = (of: (status: Status) => number): number => statuses.reduce((all, each) => all + of(each), 0);
  return {
    session,
    saved_at: statuses.reduce(
      (newest, each) => (each.saved_at > newest ? each.saved_at : newest),
      session.started_at,
    ),
    total: selection === undefined ? unitsOf(facts) : sum(({ total }) => total),
    completed: sum(({ completed }) => completed),
    failed: sum(({ failed }) => failed),
    results_saved: sum(({ results_saved: saved }) => saved),
    fingerprint,
    input,
    processor,
    output: null,
    ...(repeat === undefined ? null : { repeat }),
    ...(selection === undefined ? null : { selection }),
    shards: { count, begun: statuses.length },
  };
}

/** What is in a folder, only for its numbers; null when it cannot be read. */
export function readableContents(fs: FileSystem, paths: CheckpointPaths): Contents | null {
  const own = readableStatus(fs, paths);
  if (own !== null) return own;
  const facts = orNull(() => readShardsFile(fs, paths.dir));
  if (facts === null) return null;
  const statuses = foldersIn(fs, paths.dir).flatMap(({ folder }) => {
    const status = readableStatus(fs, checkpointPaths(folder));
    return status === null ? [] : [status];
  });
  return contentsOf(facts, statuses);
}

/** The status, only for its numbers; null when it cannot be read. */
export function readableStatus(fs: FileSystem, paths: Pick<CheckpointPaths, "status">): Status | null {
  return orNull(() => {
    const read = readStatus(fs, paths.status);
    return read.kind === "good" ? read.status : null;
  });
}

/** A raw backup takes all files, also those of a newer version. */
function orNull<T>(read: () => T | null): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof CkptError) return null;
    throw error;
  }
}

export type HeldShard = { readonly shard: ShardNumber; readonly folder: string; readonly owner: Owner };

/** The shards in a folder on which a process of this machine works. */
export function heldShards(fs: FileSystem, dir: string): readonly HeldShard[] {
  return foldersIn(fs, dir).flatMap(({ shard, folder }) => {
    const owner = currentHolder(fs, checkpointPaths(folder));
    return owner === null ? [] : [{ shard, folder, owner }];
  });
}
