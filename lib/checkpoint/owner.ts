// The owner file: what the holder of the lock writes about itself, for messages of other processes. It goes with its writer: where one is left, its writer
// was killed, or is still running where the lock does not reach. Who may write is decided by the lock alone.
import { fitShape, type Of } from "../core/shape.ts";
import { lstatOf, readSmallFile } from "../io/file.ts";
import type { FileSystem } from "../io/fs.ts";
import { lockHolder } from "../io/lock-holder.ts";
import type { CheckpointPaths } from "./names.ts";

const OWNER = {
  pid: "number",
  host: "string",
  started_at: "string",
  /** Its name in the scheduler that started it, as `Slurm 12_3`. */
  "task?": "string",
  /** The live channel, where it is not in the folder itself. */
  "socket?": "string",
} as const;
export type Owner = Of<typeof OWNER>;

/** What is in the owner file. `torn`: no such object, as while it is written. `unknown`: the system does not let it be read. */
type OwnerFile =
  | { readonly kind: "absent" | "torn" | "unknown" }
  | { readonly kind: "whole"; readonly owner: Owner };

function readOwnerFile(fs: FileSystem, paths: CheckpointPaths): OwnerFile {
  let bytes: Buffer | null;
  try {
    bytes = readSmallFile(fs, paths.owner, 1 << 16);
  } catch {
    return { kind: "unknown" };
  }
  if (bytes === null) return { kind: "absent" };
  try {
    const value: unknown = JSON.parse(bytes.toString("utf8"));
    return fitShape(value, OWNER) ? { kind: "whole", owner: value as Owner } : { kind: "torn" };
  } catch {
    return { kind: "torn" };
  }
}

/** What the current or last holder of the lock wrote about itself; null when it is unreadable. */
export function readOwner(fs: FileSystem, paths: CheckpointPaths): Owner | null {
  const found = readOwnerFile(fs, paths);
  return found.kind === "whole" ? found.owner : null;
}

/** The owner that has left its file; `unknown` when the file does not tell who it is. Null without a file. Call it before this process is the owner. */
export function leftOwner(fs: FileSystem, paths: CheckpointPaths): Owner | "unknown" | null {
  const found = readOwnerFile(fs, paths);
  if (found.kind === "absent") return null;
  return found.kind === "whole" ? found.owner : "unknown";
}

/**
 * Which other process has become the owner while this process is one; `unknown` when another one is writing the file, or has removed it at its end. Null:
 * none, or it cannot be told, as when the whole folder is gone.
 */
export function otherOwner(fs: FileSystem, paths: CheckpointPaths, own: Owner): Owner | "unknown" | null {
  const found = readOwnerFile(fs, paths);
  switch (found.kind) {
    case "whole":
      return isSameProcess(found.owner, own) ? null : found.owner;
    case "torn":
      return "unknown";
    case "absent":
      return isThere(fs, paths.lock) ? "unknown" : null;
    case "unknown":
      return null;
  }
}

function isSameProcess(a: Owner, b: Owner): boolean {
  return a.pid === b.pid && a.host === b.host && a.started_at === b.started_at;
}

function isThere(fs: FileSystem, file: string): boolean {
  try {
    return lstatOf(fs, file) !== null;
  } catch {
    return false; // it cannot be told
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
