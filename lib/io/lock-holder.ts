// Who holds a lock (lock.ts). Linux tells without the lock being touched. Elsewhere the lock itself is asked, seldom: while its database is read, another
// process cannot take it, and tries again (TRY_MS in lock.ts is far longer).
import type * as Sqlite from "bun:sqlite";
import { systemCode } from "../core/errors.ts";
import { systemClock } from "./clock.ts";
import { lstatOf } from "./file.ts";
import type { FileSystem } from "./fs.ts";
import { readProcTable } from "./proc-table.ts";

/** `pid`: null where the system does not say who it is. */
export type LockState = { readonly pid: number | null } | "free" | null;

/** Longer than a starting run tries at least once in between. */
const ASK_EVERY_MS = 1000;

/** Of locks that were asked: when, and what they answered. */
const asked = new Map<string, { readonly atMs: number; readonly state: LockState }>();

/** Whether a process holds the lock. Null where that cannot be told. Never call it in a process that holds it. */
export function lockHolder(fs: FileSystem, file: string, nowMs: number = systemClock.monotonic()): LockState {
  const stat = lstatOf(fs, file);
  if (stat === null) return "free";
  const table = readProcTable(fs, "/proc/locks");
  return table === null ? askLock(file, nowMs) : holderIn(table, stat.ino);
}

function askLock(file: string, nowMs: number): LockState {
  const before = asked.get(file);
  if (before !== undefined && nowMs - before.atMs < ASK_EVERY_MS) return before.state;
  const held = isHeld(file);
  const state = held === null ? null : held ? { pid: null } : "free";
  asked.set(file, { atMs: nowMs, state });
  return state;
}

/** Linux lists all record locks with the inode they are on. */
function holderIn(table: string, inodeWanted: number): LockState {
  // A line: `1: POSIX  ADVISORY  WRITE 1234 fe:00:5678 1073741825 1073742335`
  for (const line of table.split("\n")) {
    const fields = line.trim().split(/\s+/);
    const inode = fields[5]?.split(":")[2];
    if (fields[1] === "POSIX" && fields[3] === "WRITE" && inode === String(inodeWanted))
      return { pid: Number(fields[4]) };
  }
  return "free";
}

/** By a read that the holder's transaction forbids; null where that cannot be told. */
function isHeld(file: string): boolean | null {
  try {
    // Named here: a start on a system that tells without it loads no SQLite.
    const { Database } = process.getBuiltinModule("bun:sqlite") as unknown as typeof Sqlite;
    const database = new Database(file, { readonly: true });
    try {
      database.run("PRAGMA busy_timeout=0");
      database.run("SELECT count(*) FROM sqlite_schema");
      return false;
    } catch (error) {
      return isBusy(error) ? true : null;
    } finally {
      database.close();
    }
  } catch {
    return null; // it may not be read
  }
}

/** Whether SQLite says that another process has the database. */
export function isBusy(error: unknown): boolean {
  return systemCode(error)?.startsWith("SQLITE_BUSY") === true;
}
