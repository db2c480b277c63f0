// Detects that another process has taken the checkpoint over, as may happen where locks do not reach (docs/scale-out.md). Before each commit, the status
// on disk must be the one that this run found at its start or wrote last. This is no fence: a process that takes over right after the check is noticed at the
// next commit only.
import { causeText, CkptError } from "../../core/errors.ts";
import type { Status } from "../../core/status.ts";
import { readSmallFile } from "../../io/file.ts";
import type { FileSystem } from "../../io/fs.ts";
import type { CheckpointPaths } from "../names.ts";
import { otherOwner, type Owner } from "../owner.ts";
import { decodeStatus, type StatusRead } from "./status-file.ts";

/** Who has taken over, as far as it is known. */
type OtherOwner = {
  readonly pid: number | null;
  readonly host: string | null;
  readonly started_at: string | null;
  readonly task?: string | null;
};

export class Ownership {
  readonly #fs: FileSystem;
  readonly #paths: CheckpointPaths;
  readonly #owner: Owner;
  /** Statuses that may be on disk: the one found at the start or written last, and those that failed to be written since. Null: no file. */
  #own: readonly (Uint8Array | null)[];

  /**
   * @param earlier the status with which the session was recovered; null for a new session
   * @throws what problem() returns, when another one is in place
   */
  constructor(fs: FileSystem, paths: CheckpointPaths, owner: Owner, earlier: Status | null) {
    this.#fs = fs;
    this.#paths = paths;
    this.#owner = owner;
    const bytes = readSmallFile(fs, paths.status);
    const found = decodeStatus(bytes, paths.status);
    if (!isSame(found, earlier)) throw this.#problemOf(found);
    this.#own = [bytes];
  }

  /**
   * checkpoint.takenOver when another run's status is in place, checkpoint.foreignWrite when there is none, or a damaged one; else null.
   * @throws checkpoint.writeFailed when it cannot be read: a later call may succeed
   */
  problem(): CkptError | null {
    const bytes = this.#read();
    if (!this.#own.some((own) => areEqual(own, bytes)))
      return this.#problemOf(decodeStatus(bytes, this.#paths.status));
    this.#own = [bytes];
    return null;
  }

  #read(): Buffer | null {
    const { status: path } = this.#paths;
    try {
      return readSmallFile(this.#fs, path);
    } catch (error) {
      throw new CkptError("checkpoint.writeFailed", { path, cause: causeText(error) }, { cause: error });
    }
  }

  #problemOf(found: StatusRead): CkptError {
    const run = found.kind === "good" ? found.status.runs.at(-1) : undefined;
    if (run !== undefined) return this.#takenOver(this.#otherOwner() ?? run);
    const what = found.kind === "absent" ? "no file in its place" : "a damaged file in its place";
    return this.explain(new CkptError("checkpoint.foreignWrite", { path: this.#paths.status, found: what }));
  }

  /** Called before the status is replaced. The new bytes may be on disk even if that fails: a network file system may rename a file and report a failure. */
  replacing(bytes: Uint8Array): void {
    this.#own = [...this.#own, bytes];
  }

  /** The error to report for a failure: when the owner file names another process, that this one has taken over. */
  explain(error: CkptError): CkptError {
    const other = this.#otherOwner();
    return other === null ? error : this.#takenOver(other);
  }

  #otherOwner(): OtherOwner | null {
    const other = otherOwner(this.#fs, this.#paths, this.#owner);
    return other === "unknown" ? { pid: null, host: null, started_at: null } : other;
  }

  #takenOver({ pid, host, started_at: since, task = null }: OtherOwner): CkptError {
    return new CkptError("checkpoint.takenOver", { dir: this.#paths.dir, pid, host, since, task });
  }
}

function areEqual(a: Uint8Array | null, b: Uint8Array | null): boolean {
  return a === null || b === null ? a === b : Buffer.compare(a, b) === 0;
}

/** Whether it is the same status of the same run. */
function isSame(found: StatusRead, earlier: Status | null): boolean {
  if (found.kind !== "good") return found.kind === "absent" && earlier === null;
  return earlier !== null && identityOf(found.status) === identityOf(earlier);
}

function identityOf({ session, generation, runs }: Status): string {
  const { pid, host, started_at: startedAt } = runs.at(-1) ?? {};
  return JSON.stringify([session.nonce, generation, pid, host, startedAt]);
}
