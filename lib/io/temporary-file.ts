// Files without a name, which disappear with their last descriptor, so a kill leaves nothing behind. They hold the input and output of children.
import { randomBytes } from "node:crypto";
import * as os from "node:os";
import * as path from "node:path";
import { systemCode } from "../core/errors.ts";
import { O, realFileSystem as fs } from "./fs.ts";
import { PLATFORM } from "./platform.ts";

/** O_TMPFILE of Linux (asm-generic/fcntl.h: __O_TMPFILE | O_DIRECTORY); node:fs has no name for it. */
const O_TMPFILE = 0o20200000;

const MODE = 0o600;

/** Errors of open(2) when the file system (or an old kernel) has no O_TMPFILE. */
const UNSUPPORTED: ReadonlySet<string | null> = new Set(["EOPNOTSUPP", "ENOTSUP", "EISDIR", "EINVAL"]);

let supported = PLATFORM.hasNamelessFiles;

/**
 * Opens a new file without a name, for reading and writing.
 * @param flags further flags, as O_APPEND
 * @param folder by default the one for temporary files (TMPDIR, else /tmp)
 * @throws errors of open(2) (EMFILE, ENOSPC, EACCES, ...)
 */
export function openTemporary(flags: number, folder: string = os.tmpdir()): number {
  if (supported) {
    try {
      return fs.openSync(folder, O_TMPFILE | O.O_RDWR | flags, MODE);
    } catch (error) {
      if (!UNSUPPORTED.has(systemCode(error))) throw error;
      supported = false;
    }
  }
  return openUnlinked(flags, folder);
}

/** The same without O_TMPFILE: the name exists for a moment. @throws errors of open(2) and unlink(2) */
export function openUnlinked(flags: number, folder: string): number {
  const file = path.join(folder, `ckpt-${process.pid}-${randomBytes(8).toString("hex")}`);
  const fd = fs.openSync(file, O.O_RDWR | O.O_CREAT | O.O_EXCL | O.O_NOFOLLOW | flags, MODE);
  try {
    fs.unlinkSync(file);
  } catch (error) {
    fs.closeSync(fd);
    throw error;
  }
  return fd;
}

/** Writes all of `bytes` at the start of the file; the descriptor's position does not move. @throws errors of pwrite(2) */
export function fillFromStart(fd: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) {
    written += fs.writeSync(fd, bytes, written, bytes.length - written, written);
  }
}

/** Where Linux keeps files in memory. */
const MEMORY_FOLDER = "/dev/shm";
/** Type of a tmpfs in statfs(2) (linux/magic.h: TMPFS_MAGIC). */
export const TMPFS = 0x01021994;

/**
 * The folder for files that live as long as a child. On a disk's file system, creating and dropping one takes longer than some programs run; in
 * memory it takes a fifth of that. So it is in memory if there is room for everything that such files may hold at once.
 * @param chosen the folder that the user has set for temporary files (TMPDIR); it is used if set
 * @param roomBytes maximum total size of the files
 */
export function shortLivedFolder(chosen: string | undefined, roomBytes: number): string {
  if (chosen !== undefined && chosen !== "") return chosen;
  return hasRoomInMemory(roomBytes) ? MEMORY_FOLDER : os.tmpdir();
}

function hasRoomInMemory(roomBytes: number): boolean {
  try {
    const { type, bavail, bsize } = fs.statfsSync(MEMORY_FOLDER);
    if (type !== TMPFS || bavail * bsize < roomBytes) return false;
    fs.accessSync(MEMORY_FOLDER, O.W_OK | O.X_OK);
    return true;
  } catch {
    return false; // missing or not accessible: use the usual folder
  }
}
