// A file that is written beside the one it is going to replace. Until `place` the old one is untouched; after a failure, or `discard`, nothing
// is left behind. A kill leaves the temporary file, which the next one with the same nonce replaces.
import * as nodeFs from "node:fs";
import * as path from "node:path";
import { systemCode } from "../core/errors.ts";
import { lstatOf, removeFile, syncFolder, writeAll } from "./file.ts";
import { type FileSystem, O } from "./fs.ts";

/** Mode of a file that was not there before; the umask takes its part. */
const NEW_FILE_MODE = 0o666;
const PERMISSIONS = 0o777;
/** Room for the rest of the temporary name: a name may have 255 bytes. */
const NAME_BYTES_MAX = 220;
/** As many as the kernel follows (path_resolution(7)). */
const LINKS_MAX = 40;

/**
 * Where a file of this name is, or would be made: symbolic links are followed, one that leads nowhere too.
 * @throws what realpath(3) says of the folder
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
  /** Open to the end, so that no other file can get this inode; -1 when it is closed. */
  #fd: number;
  #sizeBytes = 0;

  /**
   * @param target a regular file, or none yet; no symbolic link
   * @param nonce hex digits, of which the first 8 count; who uses the same ones twice must know that the first use is over
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

  /** @throws what write(2) says; then it is discarded */
  write(bytes: Uint8Array): void {
    this.#hasher.update(bytes);
    this.#orDiscard(() => writeAll(this.#fs, this.#fd, bytes));
    this.#sizeBytes += bytes.length;
  }

  /** Makes the bytes sure. Returns their SHA-256, 64 hex digits. @throws what fsync(2) says; then it is discarded */
  finish(): string {
    this.#orDiscard(() => {
      this.#fs.fsyncSync(this.#fd);
      const { size } = this.#fs.fstatSync(this.#fd);
      if (size !== this.#sizeBytes) throw new Error(`short file: ${size} of ${this.#sizeBytes} bytes`);
    });
    return this.#hasher.digest("hex");
  }

  /** Puts it in the target's place and makes that sure. @throws what rename(2) or fsync(2) say; an Error when it is another's file by now */
  place(): void {
    if (this.#fs.lstatSync(this.#temporary).ino !== this.#inode) {
      throw new Error(`another process has written ${this.#temporary} meanwhile`);
    }
    this.#orDiscard(() => this.#fs.renameSync(this.#temporary, this.#target));
    this.#close();
    syncFolder(this.#fs, path.dirname(this.#target));
  }

  /** Removes it; the target stays what it was. */
  discard(): void {
    this.#close();
    try {
      removeFile(this.#fs, this.#temporary);
    } catch (error) {
      // What led here matters more; whoever comes next with this nonce tries again.
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

/** `.NAME.NONCE8.ckpt.tmp` in the same folder; a name that would become too long is cut. */
function temporaryName(target: string, nonce: string): string {
  const name = Buffer.from(path.basename(target));
  const cut = name.length <= NAME_BYTES_MAX ? name.toString() : Bun.SHA256.hash(name, "hex").slice(0, 16);
  return path.join(path.dirname(target), `.${cut}.${nonce.slice(0, 8)}.ckpt.tmp`);
}

/** Whether a path names one of the process's own descriptors: what it leads to may be a regular file, but is not to be replaced. */
export function isDescriptor(file: string): boolean {
  return /^\/(?:dev\/(?:stdin|stdout|stderr|fd\/\d+)|proc\/(?:self|\d+)\/fd\/\d+)$/.test(path.resolve(file));
}

const STANDARD: ReadonlyMap<string, number> = new Map([
  ["/dev/stdin", 0],
  ["/dev/stdout", 1],
  ["/dev/stderr", 2],
]);

/** The number of one of this process's own descriptors that a path names; null where it names none. */
function ownDescriptor(file: string): number | null {
  const resolved = path.resolve(file);
  const [, number] = /^\/(?:dev|proc\/self)\/fd\/(\d+)$/.exec(resolved) ?? [];
  return STANDARD.get(resolved) ?? (number === undefined ? null : Number(number));
}

export type SpecialFile = { readonly fd: number; readonly close: () => void };

/**
 * Opens something that is no regular file, to write at its end. One of the process's own descriptors is written to as it is: opened anew, a file behind it
 * (`ckpt … -o /dev/stdout > file` in a script) has a position of its own, and what others write there next would overwrite the results.
 */
export function openSpecial(fs: FileSystem, file: string): SpecialFile {
  const own = ownDescriptor(file);
  if (own !== null) return { fd: own, close: () => undefined };
  const fd = fs.openSync(file, O.O_WRONLY | O.O_APPEND);
  return { fd, close: () => fs.closeSync(fd) };
}
