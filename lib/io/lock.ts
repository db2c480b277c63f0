// Ensures one process at a time by a lock that ends with its owner: an exclusive transaction on a separate SQLite database, open as long as the
// process runs. Never open that database a second time in the same process: closing it would drop the lock (POSIX record locks).
import { Database } from "bun:sqlite";
import { causeText } from "../core/errors.ts";
import type { Clock } from "./clock.ts";
import { type FileSystem, O } from "./fs.ts";
import { isBusy } from "./lock-holder.ts";

/** A process that probes the lock makes another's BEGIN fail for a moment, so taking the lock is tried for this long. */
const TRY_MS = 1000;
const TRY_EVERY_MS = 20;

export type Lock = { release(): void };

/**
 * Takes the lock, or returns null when another process has it.
 * @param tryMs how long it is tried, in milliseconds
 * @throws when the file cannot be written: SQLite would open it read-only and give the lock to two processes at once
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
    // Nothing is ever written into it, so a journal on the disk would only need space.
    database.run("PRAGMA journal_mode=MEMORY");
    database.run("BEGIN EXCLUSIVE");
    // If SQLite could not open the file for writing, it opens it for reading, and the transaction excludes nobody. A write that is never committed
    // detects this.
    database.run("PRAGMA user_version = 1");
    return true;
  } catch (error) {
    if (isBusy(error)) return false;
    throw error;
  }
}
