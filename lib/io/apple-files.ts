// Syncing on macOS. There fsync(2) hands the bytes to the disk, which may keep them in a cache of its own; only fcntl(2) with F_FULLFSYNC has that written, too.
// A file system that does not know it may know F_BARRIERFSYNC, which keeps the order of writes; where both are unknown fsync(2) is all there is (fcntl(2) and
// fsync(2) of macOS; libuv and SQLite do the same).
import * as os from "node:os";
import type { FileSystem } from "./fs.ts";
import { callC, errnoOfC } from "./libc.ts";

/** bsd/sys/fcntl.h of xnu. */
const F_FULLFSYNC = 51;
const F_BARRIERFSYNC = 85;

/** What fcntl(2) says of a command that a file system, or the system, does not know. Anything else is a failure of the disk and final. */
const UNKNOWN_COMMAND: ReadonlySet<string> = new Set([
  "ENOTSUP",
  "EOPNOTSUPP",
  "EINVAL",
  "ENOTTY",
  "ENOSYS",
  "ENODEV",
]);

/** Null when done; else the code of the system's error, empty where it is not known. */
export type Fcntl = (fd: number, command: number) => string | null;

/**
 * The same calls, with syncs that reach the disk itself.
 * @param base the system's own calls
 */
export function appleFileSystem(base: FileSystem, fcntl: Fcntl = systemFcntl): FileSystem {
  const sync = (fd: number): void => {
    for (const command of [F_FULLFSYNC, F_BARRIERFSYNC]) {
      const code = fcntl(fd, command);
      if (code === null) return;
      if (code !== "" && !UNKNOWN_COMMAND.has(code))
        throw Object.assign(new Error(`${code}: F_FULLFSYNC, fsync`), {
          code,
          syscall: "fsync",
        });
    }
    base.fsyncSync(fd);
  };
  return { ...base, fsyncSync: sync, fdatasyncSync: sync };
}

const CODES: ReadonlyMap<number, string> = new Map(
  Object.entries(os.constants.errno).map(([code, number]) => [number, code]),
);

export const systemFcntl: Fcntl = (fd, command) => {
  const answer = callC("fcntl", [fd, command]);
  if (answer === null) return "";
  return answer === -1 ? (CODES.get(errnoOfC()) ?? "") : null;
};
