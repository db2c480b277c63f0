// Whole-file operations that survive a crash at any point. The order of the steps matters everywhere here (docs/durability.md): data is durable only
// after fsync of the file, a name only after fsync of its folder.
import * as path from "node:path";
import { systemCode } from "../core/errors.ts";
import { type FileSystem, O, type Stats } from "./fs.ts";

const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;
const FOLDER_MODE_ABOVE = 0o777;
const COPY_BLOCK_BYTES = 1 << 20;

/** Makes calls on a descriptor and adds the file's name to their errors, which have no path by themselves. */
export function naming<T>(file: string, calls: () => T): T {
  try {
    return calls();
  } catch (error) {
    if (!(error instanceof Error) || systemCode(error) === null || "path" in error) throw error;
    error.message += ` '${file}'`;
    throw Object.assign(error, { path: file });
  }
}

/** Writes all of `bytes` at the descriptor's position; one write(2) may be short. @throws what writeSync throws */
export function writeAll(fs: FileSystem, fd: number, bytes: Uint8Array): void {
  let written = 0;
  while (written < bytes.length) {
    const count = fs.writeSync(fd, bytes, written, bytes.length - written);
    if (count === 0) throw new Error("write: the system wrote nothing");
    written += count;
  }
}

/** What fsync(2) says of a folder on a file system (some of FUSE, Windows) that has no such thing; a failure of the disk is another. */
const NO_FOLDER_SYNC: ReadonlySet<string | null> = new Set(["EINVAL", "ENOTSUP", "EOPNOTSUPP"]);

/** Makes the names in a folder durable. False where the file system cannot: a run says so when it starts. */
export function syncFolder(fs: FileSystem, folder: string): boolean {
  try {
    syncOpened(fs, folder, O.O_RDONLY | O.O_DIRECTORY);
    return true;
  } catch (error) {
    if (NO_FOLDER_SYNC.has(systemCode(error))) return false;
    throw error;
  }
}

/** Makes the bytes of a file durable that another process may have written. */
export function syncFile(fs: FileSystem, file: string): void {
  syncOpened(fs, file, O.O_RDONLY | O.O_NOFOLLOW);
}

function syncOpened(fs: FileSystem, file: string, flags: number): void {
  const fd = fs.openSync(file, flags);
  try {
    naming(file, () => fs.fsyncSync(fd));
  } finally {
    fs.closeSync(fd);
  }
}

/** Writes a new file and makes its bytes, but not its name, durable. A leftover with the same name is replaced. */
export function writeSynced(fs: FileSystem, file: string, bytes: Uint8Array): void {
  const fd = openNew(fs, file);
  try {
    naming(file, () => {
      writeAll(fs, fd, bytes);
      fs.fsyncSync(fd);
    });
    const sizeBytes = fs.fstatSync(fd).size;
    if (sizeBytes !== bytes.length) throw new Error(`short file: ${sizeBytes} of ${bytes.length} bytes`);
  } finally {
    fs.closeSync(fd);
  }
}

/** Creates a file. A leftover is not opened: where no lock keeps two processes apart, the other one may be writing to it. */
function openNew(fs: FileSystem, file: string): number {
  const flags = O.O_WRONLY | O.O_CREAT | O.O_EXCL | O.O_NOFOLLOW;
  try {
    return fs.openSync(file, flags, FILE_MODE);
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw error;
    fs.unlinkSync(file);
    return fs.openSync(file, flags, FILE_MODE);
  }
}

/**
 * Replaces a file's content: temporary file beside it, fsync, rename, fsync of the folder. Any failure before the rename leaves the old file and
 * removes the temporary one.
 * @returns false where the file system cannot make the name sure
 * @param temporary a name that no other process writes to at the same time; a unique one if no lock keeps others out
 */
export function replaceFile(
  fs: FileSystem,
  file: string,
  bytes: Uint8Array,
  temporary: string = `${file}.tmp`,
): boolean {
  try {
    writeSynced(fs, temporary, bytes);
    fs.renameSync(temporary, file);
  } catch (error) {
    discard(fs, temporary);
    throw error;
  }
  return syncFolder(fs, path.dirname(file));
}

/** Removes a leftover that nothing depends on. A failure does not matter: the next start tries again. */
export function discard(fs: FileSystem, file: string): void {
  try {
    fs.unlinkSync(file);
  } catch {
    // The caller has a more important error to report.
  }
}

/** Unlinks a file if it is there. Returns whether it was. */
export function removeFile(fs: FileSystem, file: string): boolean {
  try {
    fs.unlinkSync(file);
    return true;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return false;
    throw error;
  }
}

/** Creates a private folder (0700) and its missing parents, whose modes follow the umask. Each name is made durable in its parent. */
export function makeFolder(fs: FileSystem, folder: string, mode: number = FOLDER_MODE): void {
  try {
    fs.mkdirSync(folder, { mode });
  } catch (error) {
    const code = systemCode(error);
    if (code === "EEXIST" && fs.statSync(folder).isDirectory()) return;
    if (code !== "ENOENT") throw error;
    makeFolder(fs, path.dirname(folder), FOLDER_MODE_ABOVE);
    fs.mkdirSync(folder, { mode });
  }
  syncFolder(fs, path.dirname(folder));
}

/**
 * The same for a folder that belongs to ckpt inside another one. A symbolic link in its place is not followed, so that nothing is written elsewhere.
 * @throws NotRegularError when something other than a folder is there
 */
export function makeOwnFolder(fs: FileSystem, folder: string): void {
  const stat = lstatOf(fs, folder);
  if (stat === null) makeFolder(fs, folder);
  else if (!stat.isDirectory()) throw new NotRegularError(folder, "folder");
}

/** stat(2), links followed; null when nothing is there. @throws other errors of stat(2) */
export function statOf(fs: FileSystem, file: string): Stats | null {
  return orNull(() => fs.statSync(file, { throwIfNoEntry: false }));
}

/** lstat(2), links not followed; null when nothing is there. @throws other errors of lstat(2) */
export function lstatOf(fs: FileSystem, file: string): Stats | null {
  return orNull(() => fs.lstatSync(file, { throwIfNoEntry: false }));
}

function orNull(call: () => Stats | undefined): Stats | null {
  try {
    return call() ?? null;
  } catch (error) {
    // A part of the path is a file, not a folder.
    if (systemCode(error) === "ENOTDIR") return null;
    throw error;
  }
}

/** Size in bytes of a regular file; null when nothing is there. A symbolic link is not followed and is an error. */
export function fileSize(fs: FileSystem, file: string): number | null {
  const stat = lstatOf(fs, file);
  if (stat === null) return null;
  if (!stat.isFile()) throw new NotRegularError(file);
  return stat.size;
}

/** Something else is in the place of one of ckpt's files or folders. */
export class NotRegularError extends Error {
  override readonly name = "NotRegularError";
  readonly file: string;
  /** What was found. */
  readonly found: string;
  constructor(file: string, wanted: "regular file" | "folder" = "regular file") {
    const found = wanted === "folder" ? "not a folder" : "not a regular file";
    super(`${file} is ${found}`);
    this.file = file;
    this.found = found;
  }
}

/** Reads a small file whole; null when it is not there. @throws when it is larger than `maxBytes` or no regular file */
export function readSmallFile(fs: FileSystem, file: string, maxBytes: number = 16 << 20): Buffer | null {
  const size = fileSize(fs, file);
  if (size === null) return null;
  if (size > maxBytes) throw new Error(`${file} is too large: ${size} bytes`);
  const fd = fs.openSync(file, O.O_RDONLY | O.O_NOFOLLOW);
  try {
    return readFully(fs, fd, 0, size);
  } finally {
    fs.closeSync(fd);
  }
}

/** Reads a file that the user names to its end; it may be a link or a pipe. @throws when it is larger than `maxBytes` */
export function readNamedFile(fs: FileSystem, file: string, maxBytes: number = 16 << 20): Buffer {
  const fd = fs.openSync(file, O.O_RDONLY);
  try {
    const blocks: Buffer[] = [];
    for (let bytes = 0; ;) {
      const block = Buffer.alloc(COPY_BLOCK_BYTES);
      const count = fs.readSync(fd, block, 0, block.length, null);
      if (count === 0) return Buffer.concat(blocks);
      bytes += count;
      if (bytes > maxBytes) throw new Error(`it is larger than ${maxBytes} bytes`);
      blocks.push(block.subarray(0, count));
    }
  } finally {
    fs.closeSync(fd);
  }
}

/** Reads up to `length` bytes from `offset`; shorter only at the end of the file. */
export function readFully(fs: FileSystem, fd: number, offset: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  return bytes.subarray(0, readInto(fs, fd, bytes, offset));
}

/** Fills `target` from an offset of the file. Returns the number of bytes read. */
export function readInto(fs: FileSystem, fd: number, target: Buffer, offset: number): number {
  let filled = 0;
  while (filled < target.length) {
    const count = fs.readSync(fd, target, filled, target.length - filled, offset + filled);
    if (count === 0) break;
    filled += count;
  }
  return filled;
}

export type CopiedFile = { readonly size: number; readonly sha256: string };

/**
 * Copies the first `length` bytes of a file (default: all) into a new file and makes its bytes durable.
 * @throws when the source is shorter, the target exists, or a call fails
 */
export function copySynced(fs: FileSystem, from: string, to: string, length?: number): CopiedFile {
  const source = fs.openSync(from, O.O_RDONLY | O.O_NOFOLLOW);
  try {
    const size = length ?? fs.fstatSync(source).size;
    const target = fs.openSync(to, O.O_WRONLY | O.O_CREAT | O.O_EXCL | O.O_NOFOLLOW, FILE_MODE);
    try {
      const sha256 = eachBlock(fs, source, size, (block) => naming(to, () => writeAll(fs, target, block)));
      naming(to, () => fs.fsyncSync(target));
      if (fs.fstatSync(target).size !== size) throw new Error(`short copy of ${from}`);
      return { size, sha256 };
    } finally {
      fs.closeSync(target);
    }
  } finally {
    fs.closeSync(source);
  }
}

/** Copies a part of an open file to where another one is written. @throws when the source is shorter, or a call fails */
export function copyBytes(
  fs: FileSystem,
  source: number,
  offset: number,
  length: number,
  target: number,
): void {
  for (let done = 0; done < length;) {
    const block = readFully(fs, source, offset + done, Math.min(COPY_BLOCK_BYTES, length - done));
    if (block.length === 0) throw new Error("the file became shorter while it was copied");
    writeAll(fs, target, block);
    done += block.length;
  }
}

/** Size and SHA-256 (64 hex digits) of a file. */
export function hashFile(fs: FileSystem, file: string): CopiedFile {
  const fd = fs.openSync(file, O.O_RDONLY | O.O_NOFOLLOW);
  try {
    const size = fs.fstatSync(fd).size;
    return { size, sha256: eachBlock(fs, fd, size, () => undefined) };
  } finally {
    fs.closeSync(fd);
  }
}

/** `use` gets each block in turn, which is valid during the call. */
function eachBlock(fs: FileSystem, fd: number, size: number, use: (block: Uint8Array) => void): string {
  const hasher = new Bun.CryptoHasher("sha256");
  const buffer = Buffer.allocUnsafe(Math.min(COPY_BLOCK_BYTES, size));
  for (let offset = 0; offset < size;) {
    const wanted = buffer.subarray(0, Math.min(buffer.length, size - offset));
    const block = wanted.subarray(0, readInto(fs, fd, wanted, offset));
    if (block.length === 0) throw new Error(`the file ended at ${offset} of ${size} bytes`);
    hasher.update(block);
    use(block);
    offset += block.length;
  }
  return hasher.digest("hex");
}

/** Removes a folder with everything in it. Links are removed, not followed, also in the folder's own place. Files that are gone already are not an error. */
export function removeFolder(fs: FileSystem, folder: string): void {
  const stat = lstatOf(fs, folder);
  if (stat === null) return;
  if (!stat.isDirectory()) {
    removeFile(fs, folder);
    return;
  }
  try {
    for (const name of fs.readdirSync(folder)) removeFolder(fs, path.join(folder, name));
    fs.rmdirSync(folder);
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error;
  }
}
