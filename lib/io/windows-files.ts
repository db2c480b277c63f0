// Files on Windows, behind the calls that the other systems have. What is missing there: flags that refuse a link or anything but a folder, a sync of a folder
// or through a descriptor that only reads, and a rename over a file that somebody has open.
import type { PathLike } from "node:fs";
import { systemCode } from "../core/errors.ts";
import type { FileSystem } from "./fs.ts";

/** Bits of `flags` that stand for what Windows has no flag for; its own are all below. */
export const WINDOWS_FLAGS: Guards & { readonly O_NONBLOCK: number } = {
  O_NOFOLLOW: 1 << 28,
  O_DIRECTORY: 1 << 29,
  O_NONBLOCK: 0,
};

/** The same on every system that node:fs knows. */
const O_RDONLY = 0;
const O_RDWR = 2;
const ACCESS = 3;

/** A scanner or an indexer that has a file open lets it go soon; longer than this nobody waits within a commit. */
const RETRY_MS = 1000;
const RETRY_EVERY_MS = 20;

/** What the system says of a file that another process has open. */
const IN_USE: ReadonlySet<string | null> = new Set(["EPERM", "EACCES", "EBUSY"]);

type Guards = { readonly O_NOFOLLOW: number; readonly O_DIRECTORY: number };

/**
 * The same calls, with the guards that Windows lacks.
 * @param base the system's own calls
 * @param guards the bits by which the two flags are asked for
 * @param wait blocks for as many milliseconds
 */
export function windowsFileSystem(base: FileSystem, guards: Guards, wait: (ms: number) => void): FileSystem {
  const patiently = retried(wait);
  /** What is open for reading alone: a folder, or the path of a file. */
  const readOnly = new Map<number, { readonly isFolder: boolean; readonly file: PathLike }>();
  return {
    ...base,
    openSync: (file, flags, mode) => {
      const asked = typeof flags === "number" ? flags : 0;
      const isFolder = (asked & guards.O_DIRECTORY) !== 0;
      if ((asked & guards.O_NOFOLLOW) !== 0)
        refuse(base.lstatSync, file, "ELOOP", (stat) => stat.isSymbolicLink());
      if (isFolder) refuse(base.statSync, file, "ENOTDIR", (stat) => !stat.isDirectory());
      const left = asked & ~(guards.O_NOFOLLOW | guards.O_DIRECTORY);
      const fd = base.openSync(file, typeof flags === "number" ? left : flags, mode);
      if ((asked & ACCESS) === O_RDONLY) readOnly.set(fd, { isFolder, file });
      return fd;
    },
    closeSync: (fd) => {
      readOnly.delete(fd);
      base.closeSync(fd);
    },
    fsyncSync: (fd) => {
      try {
        base.fsyncSync(fd);
      } catch (error) {
        const opened = readOnly.get(fd);
        if (opened === undefined || systemCode(error) !== "EPERM") throw error;
        // NTFS keeps the names of files in its journal; there is no call by which to wait for it.
        if (opened.isFolder) throw withCode(error, "ENOTSUP");
        syncWritable(base, opened.file);
      }
    },
    renameSync: (from, to) => patiently(() => base.renameSync(from, to)),
    unlinkSync: (file) => patiently(() => base.unlinkSync(file)),
    rmdirSync: (folder) => patiently(() => base.rmdirSync(folder)),
  };
}

/** Any descriptor of a file that may write syncs all that was written to it. */
function syncWritable(base: FileSystem, file: PathLike): void {
  const fd = base.openSync(file, O_RDWR);
  try {
    base.fsyncSync(fd);
  } finally {
    base.closeSync(fd);
  }
}

type Look = FileSystem["lstatSync"] | FileSystem["statSync"];
type Seen = { isSymbolicLink(): boolean; isDirectory(): boolean };

function refuse(look: Look, file: unknown, code: string, isWrong: (stat: Seen) => boolean): void {
  const stat = look(String(file), { throwIfNoEntry: false });
  if (stat === undefined || !isWrong(stat)) return;
  const message = `${code}: ${code === "ELOOP" ? "a symbolic link" : "not a folder"}, open '${String(file)}'`;
  throw Object.assign(new Error(message), { code, path: String(file), syscall: "open" });
}

/** Makes a call again, for a second, while another process has the file open; the error says so then. */
function retried(wait: (ms: number) => void): (call: () => void) => void {
  return (call) => {
    for (let waitedMs = 0; ; waitedMs += RETRY_EVERY_MS) {
      try {
        call();
        return;
      } catch (error) {
        if (!IN_USE.has(systemCode(error))) throw error;
        if (waitedMs >= RETRY_MS) {
          if (error instanceof Error) error.message = `another program may have it open: ${error.message}`;
          throw error;
        }
        wait(RETRY_EVERY_MS);
      }
    }
  };
}

function withCode(error: unknown, code: string): Error {
  const text = error instanceof Error ? error.message : String(error);
  return Object.assign(new Error(text, { cause: error }), { code });
}
