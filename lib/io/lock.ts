// One process at a time, by a lock that dies with its owner: an exclusive transaction on an SQLite database of its own, held for life.
// Never open that database any other way in the same process: closing it would drop the lock (POSIX record locks).
import { Database } from "bun:sqlite";
import { causeText } from "../core/errors.ts";
import type { Clock } from "./clock.ts";
import { type FileSystem, O } from "./fs.ts";
import { isBusy } from "./lock-holder.ts";

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
    // Nothing is ever written into it: a journal on the disk would only need room there.
    database.run("PRAGMA journal_mode=MEMORY");
    database.run("BEGIN EXCLUSIVE");
    // Where SQLite's own open was refused it has opened the file for reading, and the transaction holds off nobody: a write, never committed, tells.
    database.run("PRAGMA user_version = 1");
    return true;
  } catch (error) {
    if (isBusy(error)) return false;
    throw error;
  }
}
