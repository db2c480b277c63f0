// The owner file: what the holder of the lock writes about itself, for messages of other processes. Nothing is decided by it.
import { fitShape, type Of } from "../core/shape.ts";
import { lstatOf, readSmallFile } from "../io/file.ts";
import type { FileSystem } from "../io/fs.ts";
import { lockHolder } from "../io/lock-holder.ts";
import type { CheckpointPaths } from "./names.ts";

const OWNER = {
  pid: "number",
  host: "string",
  started_at: "string",
  /** What the scheduler calls it that has started it. */
  "task?": "string",
  /** The live channel, where it is not in the folder itself. */
  "socket?": "string",
} as const;
export type Owner = Of<typeof OWNER>;

/** What the current or last holder of the lock wrote about itself; null when it is unreadable. */
export function readOwner(fs: FileSystem, paths: CheckpointPaths): Owner | null {
  try {
    const bytes = readSmallFile(fs, paths.owner, 1 << 16);
    const value: unknown = bytes === null ? null : JSON.parse(bytes.toString("utf8"));
    return fitShape(value, OWNER) ? (value as Owner) : null;
  } catch {
    // Only for messages: a partial or foreign file is ignored.
    return null;
  }
}

/** Who holds the checkpoint now; null when nobody does, or it cannot be told. Call it only where this process does not hold it. */
export function currentHolder(fs: FileSystem, paths: CheckpointPaths): Owner | null {
  // A holder removes its note at its end; only a killed one leaves it. Reading the kernel's list of locks is slow (up to ten milliseconds), because
  // it waits for all CPUs.
  if (lstatOf(fs, paths.owner) === null) return null;
  const holder = lockHolder(fs, paths.lock);
  if (holder === "free" || holder === null) return null;
  const owner = readOwner(fs, paths);
  return owner ?? (holder.pid === null ? null : { pid: holder.pid, host: "", started_at: "" });
}
