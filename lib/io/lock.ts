// One process at a time, by a lock that dies with its owner: an exclusive transaction on an SQLite database of its own, held for life.
// Never open that database any other way in the same process: closing it would drop the lock (POSIX record locks).
import { Database, SQLiteError } from "bun:sqlite";
import { causeText } from "../core/errors.ts";
import type { Clock } from "./clock.ts";
import { type FileSystem, O } from "./fs.ts";

/** A reader that probes the lock makes another's BEGIN fail for a moment; so a starter tries for this long. */
const TRY_MS = 1000;
const TRY_EVERY_MS = 20;

export type Lock = { release(): void };

/**
 * Takes the lock, or returns null when another process has it.
 * @param tryMs how long it is tried, in milliseconds
 * @throws when the file cannot be written: SQLite would open it read-only then, and give the lock to two processes at once
 */
export async function takeLock(
  fs: FileSystem,
  file: string,
  clock: Clock,
  tryMs: number = TRY_MS,
): Promise<Lock | null> {
  fs.closeSync(fs.openSync(file, O.O_RDWR | O.O_CREAT | O.O_NOFOLLOW, 0o600));
  const database = new Database(file, { readwrite: true, create: false });
  const until = clock.monotonic() + tryMs;
  try {
    database.run("PRAGMA busy_timeout=0");
    for (;;) {
      if (begin(database)) return { release: () => database.close() };
      if (clock.monotonic() >= until) break;
      await clock.sleep(TRY_EVERY_MS);
    }
  } catch (error) {
    database.close();
    throw new Error(`cannot lock ${file}: ${causeText(error)}`, { cause: error });
  }
  database.close();
  return null;
}

function begin(database: Database): boolean {
  try {
    database.run("BEGIN EXCLUSIVE");
    return true;
  } catch (error) {
    if (error instanceof SQLiteError && error.code?.startsWith("SQLITE_BUSY") === true) return false;
    throw error;
  }
}

/**
 * Whether a process holds the lock, without touching it: Linux lists all record locks with the inode they are on.
 * Returns null where that cannot be told.
 */
export function lockHolder(fs: FileSystem, file: string): { readonly pid: number } | "free" | null {
  const stat = fs.lstatSync(file, { throwIfNoEntry: false });
  if (stat === undefined) return "free";
  const table = readTable(fs);
  if (table === null) return null;
  // A line: `1: POSIX  ADVISORY  WRITE 1234 fe:00:5678 1073741825 1073742335`
  for (const line of table.split("\n")) {
    const fields = line.trim().split(/\s+/);
    const inode = fields[5]?.split(":")[2];
    if (fields[1] === "POSIX" && fields[3] === "WRITE" && inode === String(stat.ino))
      return { pid: Number(fields[4]) };
  }
  return "free";
}

function readTable(fs: FileSystem): string | null {
  try {
    const fd = fs.openSync("/proc/locks", O.O_RDONLY);
    try {
      const parts: Buffer[] = [];
      const block = Buffer.alloc(1 << 16);
      for (let count = fs.readSync(fd, block); count > 0; count = fs.readSync(fd, block)) {
        parts.push(Buffer.from(block.subarray(0, count)));
      }
      return Buffer.concat(parts).toString();
    } finally {
      fs.closeSync(fd);
    }
  } catch {
    // Not Linux, or /proc is not mounted: the caller says that it does not know.
    return null;
  }
}
