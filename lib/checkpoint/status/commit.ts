// One commit: first syncs the log, then replaces the status that covers it. Results may be reported as saved only after both. Runs in a thread during
// a run (commit-worker.ts), and on the calling thread at the start and end.
import * as path from "node:path";
import { causeText, systemCode } from "../../core/errors.ts";
import { removeFile, syncFolder, writeSynced } from "../../io/file.ts";
import type { FileSystem } from "../../io/fs.ts";

export type CommitJob = {
  /** Descriptor of the log, shared by all threads of the process. */
  readonly logFd: number;
  readonly statusFile: string;
  readonly statusBytes: Uint8Array;
};

/**
 * `log` and `folder`: a sync failed; this is final, because the content of the disk is unknown. `status`: the old status is intact, and a later
 * commit may succeed.
 */
export type CommitFailure = {
  readonly stage: "log" | "status" | "folder";
  readonly path: string;
  readonly cause: string;
  readonly code: string | null;
};

/** Performs a commit. Returns null, or what failed; does not throw for system errors. */
export function commit(fs: FileSystem, job: CommitJob): CommitFailure | null {
  const folder = path.dirname(job.statusFile);
  const temporary = `${job.statusFile}.tmp`;
  const failure = (stage: CommitFailure["stage"], where: string, error: unknown): CommitFailure => ({
    stage,
    path: where,
    cause: causeText(error),
    code: systemCode(error),
  });
  try {
    fs.fdatasyncSync(job.logFd);
  } catch (error) {
    return failure("log", folder, error);
  }
  try {
    writeSynced(fs, temporary, job.statusBytes);
    fs.renameSync(temporary, job.statusFile);
  } catch (error) {
    try {
      removeFile(fs, temporary);
    } catch {
      // The first failure is reported; the next start removes leftovers.
    }
    return failure("status", job.statusFile, error);
  }
  try {
    syncFolder(fs, folder);
  } catch (error) {
    return failure("folder", folder, error);
  }
  return null;
}
