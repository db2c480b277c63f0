// A file that is written next to the one that it will replace. Until `place` the old file is untouched. After a failure or `discard` nothing is left.
// A kill leaves the temporary file, and the next one with the same nonce replaces it.
import * as nodeFs from "node:fs";
import * as path from "node:path";
import { systemCode } from "../core/errors.ts";
import { lstatOf, removeFile, syncFolder, writeAll } from "./file.ts";
import { type FileSystem, O } from "./fs.ts";

/** Mode of a new file; the umask applies. */
const NEW_FILE_MODE = 0o666;
const PERMISSIONS = 0o777;
/** Room for the rest of the temporary name: a name may have 255 bytes. */
const NAME_BYTES_MAX = 220;
/** As many links as the kernel follows (path_resolution(7)). */
const LINKS_MAX = 40;

/**
 * The path where a file of this name is or would be created. Symbolic links are followed, also dangling ones.
 * @throws errors of realpath(3) for the folder
 */
export function linkTarget(fs: FileSystem, file: string): string {
  let at = path.resolve(file);
  for (let links = 0; links < LINKS_MAX; links++) {
    if (lstatOf(fs, at)?.isSymbolicLink() !== true) break;
    at = path.resolve(path.dirname(at), nodeFs.readlinkSync(at));
  }
  return path.join(fs.realpathSync(path.dirname(at)), path.basename(at));
}

export class StagedFile {
  readonly #fs: FileSystem;
  readonly #target: string;
  readonly #temporary: string;
  readonly #hasher = new Bun.CryptoHasher("sha256");
  readonly #inode: number;
  /** Kept open, so that no other file can get this inode; -1 when it is closed. */
  #fd: number;
  #sizeBytes = 0;

  /**
   * @param target a regular file, or none yet; no symbolic link
   * @param nonce hex digits, of which the first 8 are used. Reuse one only after its first use is over
   */
  constructor(fs: FileSystem, target: string, nonce: string) {
    this.#fs = fs;
    this.#target = target;
    this.#temporary = temporaryName(target, nonce);
    removeFile(fs, this.#temporary);
    const flags = O.O_WRONLY | O.O_CREAT | O.O_EXCL | O.O_NOFOLLOW;
    this.#fd = fs.openSync(this.#temporary, flags, NEW_FILE_MODE);
    this.#inode = fs.fstatSync(this.#fd).ino;
    const existing = lstatOf(fs, target);
    if (existing === null) return;
    this.#orDiscard(() => nodeFs.fchmodSync(this.#fd, existing.mode & PERMISSIONS));
  }

  /** @throws errors of write(2); the file is then discarded */
  write(bytes: Uint8Array): void {
    this.#hasher.update(bytes);
    this.#orDiscard(() => writeAll(this.#fs, this.#fd, bytes));
    this.#sizeBytes += bytes.length;
  }

  /** Makes the bytes durable. Returns their SHA-256, 64 hex digits. @throws errors of fsync(2); the file is then discarded */
  finish(): string {
    this.#orDiscard(() => {
      this.#fs.fsyncSync(this.#fd);
      const { size } = this.#fs.fstatSync(this.#fd);
      if (size !== this.#sizeBytes) throw new Error(`short file: ${size} of ${this.#sizeBytes} bytes`);
    });
    return this.#hasher.digest("hex");
  }

  /** Renames it to the target and makes that durable. @throws errors of rename(2) or fsync(2); an Error when the temporary file was replaced by another */
  place(): void {
    if (this.#fs.lstatSync(this.#temporary).ino !== this.#inode) {
      throw new Error(`another process has written ${this.#temporary} meanwhile`);
    }
    this.#orDiscard(() => this.#fs.renameSync(this.#temporary, this.#target));
    this.#close();
    syncFolder(this.#fs, path.dirname(this.#target));
  }

  /** Removes it; the target is unchanged. */
  discard(): void {
    this.#close();
    try {
      removeFile(this.#fs, this.#temporary);
    } catch (error) {
      // The original error matters more. The next file with this nonce replaces the leftover.
      if (systemCode(error) === null) throw error;
    }
  }

  #close(): void {
    if (this.#fd !== -1) this.#fs.closeSync(this.#fd);
    this.#fd = -1;
  }

  #orDiscard(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.discard();
      throw error;
    }
  }
}

/** `.NAME.NONCE8.ckpt.tmp` in the same folder; a name that would be too long is cut. */
function temporaryName(target: string, nonce: string): string {
  const name = Buffer.from(path.basename(target));
  const cut = name.length <= NAME_BYTES_MAX ? name.toString() : Bun.SHA256.hash(name, "hex").slice(0, 16);
  return path.join(path.dirname(target), `.${cut}.${nonce.slice(0, 8)}.ckpt.tmp`);
}

/** Whether a path names one of the process's own descriptors. It may lead to a regular file, which must not be replaced. */
export function isDescriptor(file: string): boolean {
  return /^\/(?:dev\/(?:stdin|stdout|stderr|fd\/\d+)|proc\/(?:self|\d+)\/fd\/\d+)$/.test(path.resolve(file));
}

const STANDARD: ReadonlyMap<string, number> = new Map([
  ["/dev/stdin", 0],
  ["/dev/stdout", 1],
  ["/dev/stderr", 2],
]);

/** The number of the own descriptor that a path names; null when it names none. */
function ownDescriptor(file: string): number | null {
  const resolved = path.resolve(file);
  const [, number] = /^\/(?:dev|proc\/self)\/fd\/(\d+)$/.exec(resolved) ?? [];
  return STANDARD.get(resolved) ?? (number === undefined ? null : Number(number));
}

export type SpecialFile = { readonly fd: number; readonly close: () => void };

/**
 * Opens something that is not a regular file, for appending. An own descriptor is used directly. If it were opened again, a file behind it (`ckpt …
 * -o /dev/stdout > file` in a script) would have a separate position, and the next writer would overwrite the results.
 */
export function openSpecial(fs: FileSystem, file: string): SpecialFile {
  const own = ownDescriptor(file);
  if (own !== null) return { fd: own, close: () => undefined };
  const fd = fs.openSync(file, O.O_WRONLY | O.O_APPEND);
  return { fd, close: () => fs.closeSync(fd) };
}
