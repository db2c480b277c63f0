// `shards.json`: the job of all shards in a folder. The first shard creates it, exclusively, and durably before its first attempt; any other must be of the same job.
// Shards start on many machines at once: nobody holds a lock over all of them.
import * as path from "node:path";
import { CkptError, systemCode } from "../core/errors.ts";
import type { ShardNumber } from "../core/shard.ts";
import { SHARDS_FILE, type ShardsFacts, type ShardsFile } from "../core/shards-facts.ts";
import type { Clock } from "../io/clock.ts";
import { naming, replaceFile, statOf, syncFolder, writeAll } from "../io/file.ts";
import { type FileSystem, O } from "../io/fs.ts";
import { fileDuringMove } from "./backup/move.ts";
import { checkpointPaths, shardOfFolder, SHARDS } from "./names.ts";
import { seal } from "./status/seal.ts";
import { readSealed } from "./status/status-file.ts";

/** How long another shard may take between creating the file and writing it. */
const WRITING_MS = 2000;
const LOOK_MS = 50;

/** The file of a folder; null when there is none, or it is incomplete. @throws checkpoint.newer */
export function readShardsFile(fs: FileSystem, dir: string): ShardsFile | null {
  return readSealed(fs, fileDuringMove(fs, checkpointPaths(dir), SHARDS), "shards", SHARDS_FILE);
}

/** Whether a folder is, or was meant to be, one of shards. */
export function hasShards(fs: FileSystem, dir: string): boolean {
  return statOf(fs, fileDuringMove(fs, checkpointPaths(dir), SHARDS)) !== null;
}

/** The error for a folder without a checkpoint: nothing is there, or the shards of a job, each in a folder of its own. */
export function noCheckpoint(fs: FileSystem, dir: string): CkptError {
  const folders = statOf(fs, dir)?.isDirectory() === true ? shardFolders(fs, dir) : [];
  // After `clear` a shard's folder may hold backups only.
  const hasCheckpoint = folders.some(({ folder }) => statOf(fs, checkpointPaths(folder).status) !== null);
  if (hasCheckpoint && readShardsFile(fs, dir) === null)
    return new CkptError("checkpoint.noShardsFile", { path: path.join(dir, SHARDS) });
  const [first] = hasShards(fs, dir) ? folders : [];
  if (first === undefined) return new CkptError("checkpoint.none", { dir });
  return new CkptError("checkpoint.ofShards", {
    dir,
    folder: first.folder,
  });
}

/**
 * Reads the file of an existing folder, or creates it.
 * @param facts the job of this shard, for a new file
 * @throws checkpoint.newer, checkpoint.damaged
 */
export async function shardsFile(
  fs: FileSystem,
  dir: string,
  facts: ShardsFacts,
  clock: Clock,
): Promise<ShardsFile> {
  const file = path.join(dir, SHARDS);
  const bytes = Buffer.from(seal({ v: 2, kind: "shards", ...facts }));
  if (!createExclusively(fs, file, bytes)) await waitUntilWhole(fs, dir, file, bytes, clock);
  // What is there now counts, whoever has written it.
  const found = readShardsFile(fs, dir);
  if (found === null)
    throw new CkptError("checkpoint.damaged", { path: file, problems: [{ kind: "status-sum" }] });
  return found;
}

/** False when the file is there already. */
function createExclusively(fs: FileSystem, file: string, bytes: Uint8Array): boolean {
  let fd: number;
  try {
    fd = fs.openSync(file, O.O_WRONLY | O.O_CREAT | O.O_EXCL | O.O_NOFOLLOW, 0o600);
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    throw error;
  }
  try {
    naming(file, () => {
      writeAll(fs, fd, bytes);
      fs.fsyncSync(fd);
    });
  } finally {
    fs.closeSync(fd);
  }
  syncFolder(fs, path.dirname(file));
  return true;
}

/** Waits while another shard writes the file. If that shard was killed, a piece of the file is left. No shard has started with it, so it is replaced. */
async function waitUntilWhole(
  fs: FileSystem,
  dir: string,
  file: string,
  bytes: Uint8Array,
  clock: Clock,
): Promise<void> {
  const endMs = clock.monotonic() + WRITING_MS;
  while (readShardsFile(fs, dir) === null) {
    if (clock.monotonic() > endMs) {
      if ((statOf(fs, file)?.size ?? 0) >= bytes.length) return; // not a piece of such a file: damaged
      replaceFile(fs, file, bytes, `${file}.${crypto.randomUUID()}.tmp`);
      return;
    }
    await clock.sleep(LOOK_MS);
  }
}

export type ShardFolder = { readonly shard: ShardNumber; readonly folder: string };

/** The folders of shards in a folder, in their order. */
export function shardFolders(fs: FileSystem, dir: string): readonly ShardFolder[] {
  return fs
    .readdirSync(dir)
    .flatMap((name) => {
      const shard = shardOfFolder(name);
      const folder = path.join(dir, name);
      return shard === null || statOf(fs, folder)?.isDirectory() !== true ? [] : [{ shard, folder }];
    })
    .toSorted((a, b) => a.shard.index / a.shard.count - b.shard.index / b.shard.count);
}
