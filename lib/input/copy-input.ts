// Keeps an input that can be read only once: copied whole into a file of the checkpoint, so that a resume needs the source no more.
// The copy is there whole or not at all: temporary file, fsync, rename, fsync of the folder.
import { dirname } from "node:path";
import { CkptError, causeText, systemCode } from "../core/errors.ts";
import { removeFile, syncFolder, writeAll } from "../io/file.ts";
import { type FileSystem, O } from "../io/fs.ts";
import { readPipe } from "../io/pipe.ts";
import type { InputBytes } from "./input.ts";

const FULL = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

export type KeepOptions = {
  /** An open descriptor, as 0 for standard input, or the path of a FIFO or the like. */
  readonly source: number | string;
  /** The source as messages name it. */
  readonly shownPath: string;
  /** Path of the copy; an older file there is replaced. Its folder must exist. */
  readonly target: string;
  /** Ends the waiting for the source: the promise rejects with its reason and nothing is left of the copy. */
  readonly signal?: AbortSignal;
};

/**
 * Copies the source to the target and makes the copy sure.
 * @returns size and SHA-256 of what came
 * @throws CkptError `input.missing`, `input.folder`, `input.unreadable` for the source; `checkpoint.diskFull`, `checkpoint.writeFailed`,
 *   `checkpoint.syncFailed` for the copy
 */
export async function keepInput(options: KeepOptions, fs: FileSystem): Promise<InputBytes> {
  const { target } = options;
  const temporary = `${target}.tmp`;
  try {
    const bytes = await copy(options, temporary, fs);
    writing(target, () => fs.renameSync(temporary, target));
    syncing(target, () => syncFolder(fs, dirname(target)));
    return bytes;
  } catch (error) {
    discard(fs, temporary);
    throw error;
  }
}

async function copy(options: KeepOptions, temporary: string, fs: FileSystem): Promise<InputBytes> {
  const { source, shownPath, signal } = options;
  const flags = O.O_WRONLY | O.O_CREAT | O.O_TRUNC | O.O_NOFOLLOW;
  const fd = writing(temporary, () => fs.openSync(temporary, flags, 0o600));
  try {
    const hasher = new Bun.CryptoHasher("sha256");
    let sizeBytes = 0;
    for await (const piece of readPipe(source, { shownPath, signal })) {
      writing(temporary, () => writeAll(fs, fd, piece));
      hasher.update(piece);
      sizeBytes += piece.length;
    }
    syncing(temporary, () => fs.fsyncSync(fd));
    const written = fs.fstatSync(fd).size;
    if (written !== sizeBytes) {
      const cause = `${written} of ${sizeBytes} bytes are there`;
      throw new CkptError("checkpoint.writeFailed", { path: temporary, cause });
    }
    return { sizeBytes, sha256: hasher.digest("hex") };
  } finally {
    fs.closeSync(fd);
  }
}

function writing<T>(path: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    const name = FULL.has(systemCode(error) ?? "") ? "checkpoint.diskFull" : "checkpoint.writeFailed";
    throw new CkptError(name, { path, cause: causeText(error) }, { cause: error });
  }
}

function syncing(path: string, call: () => void): void {
  try {
    call();
  } catch (error) {
    throw new CkptError("checkpoint.syncFailed", { path, cause: causeText(error) }, { cause: error });
  }
}

function discard(fs: FileSystem, file: string): void {
  try {
    removeFile(fs, file);
  } catch {
    // The failure that matters is about to be reported; the next start removes what is left.
  }
}
