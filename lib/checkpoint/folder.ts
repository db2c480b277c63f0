// Opens a checkpoint folder for changes by one process: takes the lock, takes over from an owner that may still be running, finishes interrupted moves,
// removes leftovers.
import * as path from "node:path";
import { causeText, CkptError, isDiskFull, systemCode } from "../core/errors.ts";
import type { Clock } from "../io/clock.ts";
import {
  lstatOf,
  makeFolder,
  naming,
  NotRegularError,
  removeFile,
  replaceFile,
  writeAll,
} from "../io/file.ts";
import { type FileSystem, O } from "../io/fs.ts";
import { type Lock, takeLock } from "../io/lock.ts";
import { lockGap } from "../io/lock-reach.ts";
import { removeUnfinished } from "./backup/backup-lock.ts";
import { finishIntent, removeLeftovers } from "./backup/move.ts";
import { type CheckpointPaths, checkpointPaths } from "./names.ts";
import { currentHolder, leftOwner, otherOwner, type Owner, readOwner } from "./owner.ts";
import { finishRecovery } from "./log/recovery.ts";
import { hasUnfinishedTakeover, takeOverLog } from "./log/take-over.ts";

export type LockedFolder = {
  readonly paths: CheckpointPaths;
  /** This process. */
  readonly owner: Owner;
  /** The earlier owner, when it was on another machine and may still be running there. */
  readonly takenFrom: Owner | null;
  /** Whether the file system makes names sure: else a power cut may take back what was saved last. */
  readonly syncsNames: boolean;
  /** Names the live channel in the owner file. */
  announce(socket: string): void;
  release(): void;
};

/**
 * Creates the folder if needed, checks that it is writable, takes the lock and finishes interrupted moves.
 * @throws checkpoint.locked, checkpoint.notWritable, checkpoint.diskFull, checkpoint.notOurs
 */
export async function lockFolder(
  fs: FileSystem,
  dir: string,
  owner: Owner,
  clock: Clock,
): Promise<LockedFolder> {
  const paths = checkpointPaths(path.resolve(dir));
  let lock: Lock | null;
  try {
    makeFolder(fs, paths.dir);
    lock = await takeLock(fs, paths.lock, clock);
  } catch (error) {
    throw cannotWrite(paths, error);
  }
  if (lock === null) throw lockedBy(fs, paths);
  let takenFrom: Owner | null;
  let syncsNames: boolean;
  try {
    takenFrom = becomeOwner(fs, paths, owner);
    removeSocket(fs, paths);
    syncsNames = probe(fs, paths);
    finishIntent(fs, paths);
    finishRecovery(fs, paths);
    removeLeftovers(fs, paths);
    await removeUnfinished(fs, paths, clock);
  } catch (error) {
    lock.release();
    throw cannotWrite(paths, error);
  }
  return {
    paths,
    owner,
    takenFrom,
    syncsNames,
    announce: (socket) => writeOwner(fs, paths, { ...owner, socket }),
    release: () => {
      removeOwner(fs, paths, owner);
      lock.release();
    },
  };
}

/** Finishes an interrupted move, unless the process that holds the lock is doing it. @throws as lockFolder() */
export async function finishPendingMove(
  fs: FileSystem,
  paths: CheckpointPaths,
  owner: Owner,
  clock: Clock,
): Promise<void> {
  if (lstatOf(fs, paths.intent) === null) return;
  try {
    (await lockFolder(fs, paths.dir, owner, clock)).release();
  } catch (error) {
    if (!(error instanceof CkptError && error.code === "checkpoint.locked")) throw error;
  }
}

/** The socket of a killed run: whoever holds the lock listens there alone. */
function removeSocket(fs: FileSystem, { socket }: CheckpointPaths): void {
  try {
    if (lstatOf(fs, socket)?.isSocket() === true) removeFile(fs, socket);
  } catch {
    // Nobody listens there, and the next run listens in its place.
  }
}

/**
 * Becomes the owner. Takes the log over where an earlier owner has left its file and may still be running: on another machine, or an unknown one, or
 * wherever this file system's locks may not reach. A start after a crash in it takes the log over again.
 * @returns that owner, when it was on another machine
 */
function becomeOwner(fs: FileSystem, paths: CheckpointPaths, owner: Owner): Owner | null {
  const claim = (): void => writeOwner(fs, paths, owner);
  const earlier = leftOwner(fs, paths);
  const isElsewhere = earlier !== null && earlier !== "unknown" && earlier.host !== owner.host;
  const mayRun =
    earlier === "unknown" || isElsewhere || (earlier !== null && lockGap(fs, paths.dir) !== null);
  if (mayRun || hasUnfinishedTakeover(fs, paths.log)) takeOverLog(fs, paths.log, claim);
  else claim();
  return isElsewhere ? earlier : null;
}

/** Removes the own owner file; one who has taken over keeps theirs. */
function removeOwner(fs: FileSystem, paths: CheckpointPaths, owner: Owner): void {
  try {
    if (otherOwner(fs, paths, owner) === null) removeFile(fs, paths.owner);
  } catch {
    // The file is only for messages; it is stale when the lock is free.
  }
}

function writeOwner(fs: FileSystem, paths: CheckpointPaths, owner: Owner): void {
  const fd = fs.openSync(paths.owner, O.O_WRONLY | O.O_CREAT | O.O_TRUNC | O.O_NOFOLLOW, 0o600);
  try {
    naming(paths.owner, () => writeAll(fs, fd, Buffer.from(`${JSON.stringify(owner)}\n`)));
  } finally {
    fs.closeSync(fd);
  }
}

/** Performs the file calls of a commit once with a test file: write, fsync, rename, fsync of the folder, unlink. False where the folder cannot be synced. */
function probe(fs: FileSystem, paths: CheckpointPaths): boolean {
  const file = path.join(paths.dir, "probe.tmp");
  const syncsNames = replaceFile(fs, file, Buffer.from("probe\n"));
  removeFile(fs, file);
  return syncsNames;
}

function cannotWrite(paths: CheckpointPaths, error: unknown): unknown {
  if (error instanceof CkptError) return error;
  if (error instanceof NotRegularError) {
    return new CkptError("checkpoint.notOurs", { path: error.file, found: error.found }, { cause: error });
  }
  if (systemCode(error) === "ELOOP") {
    return new CkptError(
      "checkpoint.notOurs",
      { path: (error as NodeJS.ErrnoException).path ?? paths.dir, found: "a symbolic link" },
      { cause: error },
    );
  }
  const name = isDiskFull(systemCode(error)) ? "checkpoint.diskFull" : "checkpoint.notWritable";
  return new CkptError(name, { path: paths.dir, cause: causeText(error) }, { cause: error });
}

/** The error of a command that needs the lock while another process holds it; null when the lock is free or this is unknown. Takes no lock. */
export function lockedByAnother(fs: FileSystem, paths: CheckpointPaths): CkptError | null {
  return currentHolder(fs, paths) === null ? null : lockedBy(fs, paths);
}

function lockedBy(fs: FileSystem, paths: CheckpointPaths): CkptError {
  const owner = readOwner(fs, paths);
  return new CkptError("checkpoint.locked", {
    dir: paths.dir,
    pid: owner?.pid ?? null,
    host: owner?.host ?? null,
    since: owner?.started_at ?? null,
    task: owner?.task ?? null,
  });
}
