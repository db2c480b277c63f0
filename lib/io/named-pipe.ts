// A pipe for the output of a child that writes many short lines. What Bun gives a child as a pipe is a socket, where each write stays a piece of its own
// and a reader takes them one by one; from a pipe it takes all that is there at once (lines of a Python worker: a sixth of the time).
import { discard, removeFile } from "./file.ts";
import { O, realFileSystem as fs } from "./fs.ts";

export type Pipe = { readonly readFd: number; readonly writeFd: number };

/**
 * Opens both ends of a pipe: reading never blocks (EAGAIN while it is empty), writing blocks while it is full.
 * @param file a name for it, there for a moment only; what a run that was killed left under it is removed
 * @returns null where there is no such thing: no mkfifo(1), or a file system without named pipes
 */
export function openPipe(file: string): Pipe | null {
  let readFd: number | null = null;
  try {
    removeFile(fs, file);
    // Node and Bun have no call for mkfifo(3).
    const made = Bun.spawnSync(["mkfifo", "-m", "600", "--", file], {
      stdio: ["ignore", "ignore", "ignore"],
    });
    if (!made.success) return null;
    readFd = fs.openSync(file, O.O_RDONLY | O.O_NONBLOCK | O.O_NOFOLLOW);
    return { readFd, writeFd: fs.openSync(file, O.O_WRONLY | O.O_NOFOLLOW) };
  } catch {
    if (readFd !== null) fs.closeSync(readFd);
    return null; // a socket does as well, only slower
  } finally {
    discard(fs, file);
  }
}
