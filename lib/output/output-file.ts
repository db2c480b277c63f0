// The place of an output: whether it can be written, what exists there, and replacing it atomically.
import * as path from "node:path";
import { isOwnName } from "../checkpoint/checkpoint.ts";
import { causeText, CkptError, isDiskFull, systemCode } from "../core/errors.ts";
import { hashFile, lstatOf, removeFile, statOf } from "../io/file.ts";
import { type FileSystem, O } from "../io/fs.ts";
import { isDescriptor, linkTarget, openSpecial, StagedFile } from "../io/staged-file.ts";
import { writePatiently } from "../io/stdout.ts";
import type { ExistingFile } from "../run/may-replace.ts";
import type { Sink } from "./output-buffer.ts";
import { extensionOf } from "./output-format.ts";

/** Writes an output into a sink; its result is returned. */
export type WriteOutput<T> = (sink: Sink) => Promise<T>;

/** Whether an output is written directly: devices, pipes and own descriptors cannot be replaced. */
export function isSpecial(fs: FileSystem, file: string): boolean {
  if (isDescriptor(file)) return true;
  const stat = statOf(fs, file);
  return stat !== null && !stat.isFile() && !stat.isDirectory();
}

/**
 * Refuses an output that cannot be written, even with `--force`. Whether an existing file may be replaced is decided by the caller.
 * @param inputs paths of the input's files, as far as they are still to be read
 * @param dir the checkpoint folder, whose own files are never replaced
 * @param tryWriting creates and removes a file in the output's folder. Without it nothing is changed, but some read-only folders are missed
 * @returns whether a file exists there that would be replaced
 * @throws CkptError `output.noFolder`, `output.notWritable`, `output.isInput`, `output.isCheckpoint`, `output.diskFull`
 */
export function checkOutput(
  fs: FileSystem,
  file: string,
  inputs: readonly string[],
  dir: string | null,
  tryWriting = true,
): boolean {
  return orNotWritable(file, () => {
    const existing = statOf(fs, file);
    if (existing?.isDirectory() === true) throw notWritable(file, "it is a folder");
    if (existing !== null) for (const input of inputs) refuseInput(fs, file, existing, input);
    if (isSpecial(fs, file)) {
      fs.accessSync(file, O.W_OK);
      return false;
    }
    refuseMissingFolder(fs, file);
    const target = linkTarget(fs, file);
    fs.accessSync(path.dirname(target), O.W_OK | O.X_OK);
    if (dir !== null) refuseCheckpoint(fs, file, target, dir);
    if (tryWriting) probe(fs, file, path.dirname(target));
    return existing !== null;
  });
}

/** The existing file in the place of an output, links followed; null when there is none. @throws CkptError `output.notWritable` */
export function existingFile(fs: FileSystem, file: string): ExistingFile | null {
  return orNotWritable(file, () => {
    if (statOf(fs, file) === null) return null;
    try {
      return { path: file, sha256: hashFile(fs, linkTarget(fs, file)).sha256 };
    } catch (error) {
      // Its owner cannot be determined.
      if (systemCode(error) === "EACCES") return { path: file, sha256: null };
      throw error;
    }
  });
}

/** A free path next to `file`: `n.results-2.jsonl`, `-3`, … */
export function freePath(fs: FileSystem, file: string): string {
  const extension = extensionOf(file);
  const stem = file.slice(0, file.length - extension.length);
  for (let number = 2; ; number++) {
    const free = `${stem}-${number}${extension}`;
    if (lstatOf(fs, free) === null) return free;
  }
}

function orNotWritable<T>(file: string, look: () => T): T {
  try {
    return look();
  } catch (error) {
    throw error instanceof CkptError || systemCode(error) === null ? error : notWritable(file, error);
  }
}

function notWritable(file: string, error: unknown): CkptError {
  return new CkptError("output.notWritable", { path: file, cause: causeText(error) }, { cause: error });
}

/** No command makes the folder of an output: a mistyped path would be found in a place where nobody looks. */
function refuseMissingFolder(fs: FileSystem, file: string): void {
  const folder = path.dirname(path.resolve(file));
  if (statOf(fs, folder) === null) throw new CkptError("output.noFolder", { path: file, folder });
}

/** Creates a file and removes it: access(2) does not detect append-only folders, in which nothing can be renamed. @throws `output.diskFull` */
function probe(fs: FileSystem, output: string, folder: string): void {
  const file = path.join(folder, ".ckpt-probe.tmp");
  try {
    fs.closeSync(fs.openSync(file, O.O_WRONLY | O.O_CREAT | O.O_NOFOLLOW, 0o600));
    removeFile(fs, file);
  } catch (error) {
    throw isDiskFull(systemCode(error)) ? writeFailure(output, error) : error;
  }
}

type Inode = { readonly dev: number; readonly ino: number };

function refuseInput(fs: FileSystem, file: string, existing: Inode, input: string): void {
  const stat = statOf(fs, input);
  if (stat?.ino === existing.ino && stat.dev === existing.dev) {
    throw new CkptError("output.isInput", { path: file });
  }
}

function refuseCheckpoint(fs: FileSystem, file: string, target: string, dir: string): void {
  if (statOf(fs, dir)?.isDirectory() !== true) return;
  const [first = ""] = path.relative(fs.realpathSync(dir), target).split(path.sep);
  if (isOwnName(first)) throw new CkptError("output.isCheckpoint", { path: file, dir });
}

export type StagedOutput<T> = {
  readonly written: T;
  /** 64 hex digits. */
  readonly sha256: string;
  /** Renames the output into place. @throws CkptError `output.diskFull`, `output.writeFailed` */
  place(): void;
  /** Removes the temporary file. Call either `place` or `discard`. */
  discard(): void;
};

/**
 * Writes an output into a temporary file next to its target (the target of a symbolic link is replaced, not the link) and makes its bytes durable.
 * After a failure nothing is left.
 * @param nonce hex digits; the first 8 are part of the temporary name. The session's nonce if its lock is held (leftovers of a killed run are
 * replaced), else random digits
 * @param command what is typed to write the same to another file, for messages
 * @throws CkptError `output.diskFull`, `output.writeFailed`; whatever `write` throws
 */
export async function stageOutput<T>(
  fs: FileSystem,
  file: string,
  nonce: string,
  write: WriteOutput<T>,
  command: string = "export",
): Promise<StagedOutput<T>> {
  const orFailed = <R>(call: () => R): R => orWriteFailed(file, command, call);
  const staged = orFailed(() => new StagedFile(fs, linkTarget(fs, file), nonce));
  try {
    const written = await write((bytes) => {
      orFailed(() => staged.write(bytes));
      return true;
    });
    const sha256 = orFailed(() => staged.finish());
    return {
      written,
      sha256,
      place: () => orFailed(() => staged.place()),
      discard: () => staged.discard(),
    };
  } catch (error) {
    staged.discard();
    throw error;
  }
}

/**
 * Writes an output to something that `isSpecial`. A pipe whose reader closes it is not an error.
 * @throws CkptError `output.diskFull`, `output.writeFailed`; whatever `write` throws
 */
export async function writeSpecial<T>(
  fs: FileSystem,
  file: string,
  write: WriteOutput<T>,
  command: string = "export",
): Promise<T> {
  const special = orWriteFailed(file, command, () => openSpecial(fs, file));
  try {
    return await write((bytes) => orWriteFailed(file, command, () => writePatiently(fs, special.fd, bytes)));
  } finally {
    special.close();
  }
}

function orWriteFailed<T>(file: string, command: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw writeFailure(file, error, command);
  }
}

function writeFailure(file: string, error: unknown, command: string = "export"): CkptError {
  const name = isDiskFull(systemCode(error)) ? "output.diskFull" : "output.writeFailed";
  return new CkptError(name, { path: file, cause: causeText(error), command }, { cause: error });
}
