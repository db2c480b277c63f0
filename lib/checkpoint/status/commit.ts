// One commit: the log's data is made sure, and only then the status that vouches for it is replaced. Only when both are done may anybody be
// told that results are saved. Runs in a thread of its own during a run (commit-worker.ts), and directly at its ends.
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
 * `log` and `folder`: a sync failed; it is final, what the disk holds is unknown. `status`: the old status stands unharmed,
 * a later commit may succeed.
 */
export type CommitFailure = {
  readonly stage: "log" | "status" | "folder";
  readonly path: string;
  readonly cause: string;
  readonly code: string | null;
};

/** Performs a commit. Returns null, or what failed; it does not throw for what the system reports. */
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
      // The next start removes leftovers; the failure to report is the first one.
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
