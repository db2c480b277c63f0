// Where an output goes. A file that is not on record as this job's is never replaced unless that is asked for, and that is said before the
// first attempt; a file is replaced as a whole or not at all.
import * as path from "node:path";
import { checkpointPaths } from "../checkpoint/names.ts";
import { causeText, CkptError, isDiskFull, systemCode } from "../core/errors.ts";
import { hashFile, removeFile, statOf } from "../io/file.ts";
import { type FileSystem, O } from "../io/fs.ts";
import { isDescriptor, linkTarget, openSpecial, StagedFile } from "../io/staged-file.ts";
import { writePatiently } from "../io/stdout.ts";
import type { Sink } from "./output-buffer.ts";

/** Writes an output into a sink; what it returns is handed back. */
export type WriteOutput<T> = (sink: Sink) => Promise<T>;

/** Whether an output is written directly: devices, pipes and the process's own descriptors cannot be replaced. */
export function isSpecial(fs: FileSystem, file: string): boolean {
  if (isDescriptor(file)) return true;
  const stat = statOf(fs, file);
  return stat !== null && !stat.isFile() && !stat.isDirectory();
}

/**
 * Refuses an output that could not be written, or must not be.
 * @param input path of the input's file; null when it is read no more
 * @param known SHA-256 (64 hex digits) of outputs on record as this job's
 * @param force whether an existing file may be replaced whatever it is
 * @param dir the checkpoint's folder, whose own files are never replaced, by force neither
 * @throws CkptError `output.notWritable`, `output.isInput`, `output.isCheckpoint`, `output.exists`
 */
export function checkOutput(
  fs: FileSystem,
  file: string,
  input: string | null,
  known: readonly string[],
  force: boolean,
  dir: string | null = null,
): void {
  const notWritable = (error: unknown): CkptError =>
    new CkptError("output.notWritable", { path: file, cause: causeText(error) }, { cause: error });
  try {
    const existing = statOf(fs, file);
    if (existing?.isDirectory() === true) throw notWritable("it is a folder");
    if (existing !== null && input !== null) refuseInput(fs, file, existing, input);
    if (isSpecial(fs, file)) {
      fs.accessSync(file, O.W_OK);
      return;
    }
    const target = linkTarget(fs, file);
    fs.accessSync(path.dirname(target), O.W_OK | O.X_OK);
    if (dir !== null) refuseCheckpoint(fs, file, target, dir);
    probe(fs, path.dirname(target));
    if (existing === null || force) return;
    if (!isKnown(fs, target, known)) throw new CkptError("output.exists", { path: file });
  } catch (error) {
    throw error instanceof CkptError || systemCode(error) === null ? error : notWritable(error);
  }
}

/** Makes a file and removes it: access(2) does not tell of a folder that may only be added to, in which nothing can be renamed. */
function probe(fs: FileSystem, folder: string): void {
  const file = path.join(folder, ".ckpt-probe.tmp");
  fs.closeSync(fs.openSync(file, O.O_WRONLY | O.O_CREAT | O.O_NOFOLLOW, 0o600));
  removeFile(fs, file);
}

type Inode = { readonly dev: number; readonly ino: number };

function refuseInput(fs: FileSystem, file: string, existing: Inode, input: string): void {
  const stat = statOf(fs, input);
  if (stat?.ino === existing.ino && stat.dev === existing.dev) {
    throw new CkptError("output.isInput", { path: file });
  }
}

/** The names in a checkpoint's folder that are its own; others may be there, as with `--dir .`. */
const OWN_NAMES: ReadonlySet<string | undefined> = new Set(
  Object.values(checkpointPaths("/")).map((own) => path.basename(own)),
);

function refuseCheckpoint(fs: FileSystem, file: string, target: string, dir: string): void {
  if (statOf(fs, dir)?.isDirectory() !== true) return;
  const [first] = path.relative(fs.realpathSync(dir), target).split(path.sep);
  if (OWN_NAMES.has(first)) throw new CkptError("output.isCheckpoint", { path: file, dir });
}

function isKnown(fs: FileSystem, target: string, known: readonly string[]): boolean {
  if (known.length === 0) return false;
  try {
    return known.includes(hashFile(fs, target).sha256);
  } catch (error) {
    // A file that cannot be read cannot be shown to be this job's.
    if (systemCode(error) === "EACCES") return false;
    throw error;
  }
}

export type StagedOutput<T> = {
  readonly written: T;
  /** 64 hex digits. */
  readonly sha256: string;
  /** Puts the output in its place. @throws CkptError `output.diskFull`, `output.writeFailed` */
  place(): void;
  /** Removes what was written; call one of the two. */
  discard(): void;
};

/**
 * Writes an output into a temporary file in the folder of its place (a symbolic link's target is replaced, not the link) and makes its
 * bytes sure. Nothing is left behind when that fails.
 * @param nonce hex digits; the first 8 stand in the temporary name. The session's for who holds its lock (what a killed run left is replaced),
 * else new ones of chance
 * @throws CkptError `output.diskFull`, `output.writeFailed`; whatever `write` throws
 */
export async function stageOutput<T>(
  fs: FileSystem,
  file: string,
  nonce: string,
  write: WriteOutput<T>,
): Promise<StagedOutput<T>> {
  const staged = orWriteFailed(file, () => new StagedFile(fs, linkTarget(fs, file), nonce));
  try {
    const written = await write((bytes) => {
      orWriteFailed(file, () => staged.write(bytes));
      return true;
    });
    const sha256 = orWriteFailed(file, () => staged.finish());
    return {
      written,
      sha256,
      place: () => orWriteFailed(file, () => staged.place()),
      discard: () => staged.discard(),
    };
  } catch (error) {
    staged.discard();
    throw error;
  }
}

/**
 * Writes an output to something that `isSpecial`. A pipe whose reader goes away is no error.
 * @throws CkptError `output.diskFull`, `output.writeFailed`; whatever `write` throws
 */
export async function writeSpecial<T>(fs: FileSystem, file: string, write: WriteOutput<T>): Promise<T> {
  const fd = orWriteFailed(file, () => openSpecial(fs, file));
  try {
    return await write((bytes) => orWriteFailed(file, () => writePatiently(fs, fd, bytes)));
  } finally {
    fs.closeSync(fd);
  }
}

function orWriteFailed<T>(file: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    const name = isDiskFull(systemCode(error)) ? "output.diskFull" : "output.writeFailed";
    throw new CkptError(name, { path: file, cause: causeText(error) }, { cause: error });
  }
}
