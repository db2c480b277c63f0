// Keeps a copy of an input that can be read only once: copied completely and made durable, so that a resume does not need the source.
import { causeText, CkptError, isDiskFull, systemCode } from "../core/errors.ts";
import { discard, writeAll } from "../io/file.ts";
import { type FileSystem, O } from "../io/fs.ts";
import { readPipe } from "../io/pipe.ts";
import type { InputBytes } from "./input.ts";

export type KeepOptions = {
  /** The source as messages name it; default: its path, or "-" for a descriptor. */
  readonly shownPath?: string;
  /** Ends the wait for the source: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
};

/**
 * Copies all data from the source into the target and makes its bytes, but not its name, durable. After a failure there is no target.
 * @param source an open descriptor, as 0 for standard input, or the path of a FIFO or the like
 * @param target path of the copy; an existing file is overwritten
 * @returns size and SHA-256 of the data
 * @throws CkptError `input.missing`, `input.folder`, `input.unreadable` for the source; `checkpoint.diskFull`, `checkpoint.writeFailed`,
 * `checkpoint.syncFailed` for the copy
 */
export async function keepInput(
  fs: FileSystem,
  source: number | string,
  target: string,
  options: KeepOptions = {},
): Promise<InputBytes> {
  const flags = O.O_WRONLY | O.O_CREAT | O.O_TRUNC | O.O_NOFOLLOW;
  const fd = writing(target, () => fs.openSync(target, flags, 0o600));
  let kept = false;
  try {
    const bytes = await copy(fs, source, fd, target, options);
    kept = true;
    return bytes;
  } finally {
    fs.closeSync(fd);
    if (!kept) discard(fs, target);
  }
}

async function copy(
  fs: FileSystem,
  source: number | string,
  fd: number,
  target: string,
  options: KeepOptions,
): Promise<InputBytes> {
  const shownPath = options.shownPath ?? (typeof source === "number" ? "-" : source);
  const hasher = new Bun.CryptoHasher("sha256");
  let sizeBytes = 0;
  for await (const piece of readPipe(source, { shownPath, signal: options.signal })) {
    writing(target, () => writeAll(fs, fd, piece));
    hasher.update(piece);
    sizeBytes += piece.length;
  }
  syncing(target, () => fs.fsyncSync(fd));
  const written = fs.fstatSync(fd).size;
  if (written !== sizeBytes) {
    const cause = `${written} of ${sizeBytes} bytes are there`;
    throw new CkptError("checkpoint.writeFailed", { path: target, cause });
  }
  return { sizeBytes, sha256: hasher.digest("hex") };
}

function writing<T>(path: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    const name = isDiskFull(systemCode(error)) ? "checkpoint.diskFull" : "checkpoint.writeFailed";
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
