// Who works on a checkpoint: what the holder of the lock writes of itself, for messages to others. Nothing is decided by it.
import { fitShape, type Of } from "../core/shape.ts";
import { lstatOf, readSmallFile } from "../io/file.ts";
import type { FileSystem } from "../io/fs.ts";
import { lockHolder } from "../io/lock-holder.ts";
import type { CheckpointPaths } from "./names.ts";

const OWNER = { pid: "number", host: "string", started_at: "string" } as const;
export type Owner = Of<typeof OWNER>;

/** What the holder of the lock, or the last one, wrote of itself; null when that is not readable. */
export function readOwner(fs: FileSystem, paths: CheckpointPaths): Owner | null {
  try {
    const bytes = readSmallFile(fs, paths.owner, 1 << 16);
    const value: unknown = bytes === null ? null : JSON.parse(bytes.toString("utf8"));
    return fitShape(value, OWNER) ? (value as Owner) : null;
  } catch {
    // Only for messages: half a file, or one of another kind, says nothing.
    return null;
  }
}

/** Who holds the checkpoint now; null when nobody does, or it cannot be told. Call it only where this process does not hold it. */
export function currentHolder(fs: FileSystem, paths: CheckpointPaths): Owner | null {
  // A holder that ends removes its note; only what was killed leaves one. Looking at the list of locks makes the kernel wait for all processors,
  // ten milliseconds at times.
  if (lstatOf(fs, paths.owner) === null) return null;
  const holder = lockHolder(fs, paths.lock);
  if (holder === "free" || holder === null) return null;
  const owner = readOwner(fs, paths);
  return owner ?? (holder.pid === null ? null : { pid: holder.pid, host: "", started_at: "" });
}
