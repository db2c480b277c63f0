// A pipe for the output of a child that writes many short lines. Bun's own "pipe" for a child is a socket, where each write is read separately. From
// a real pipe, all available bytes are read at once (lines of a Python worker: a sixth of the time).
import { discard, removeFile } from "./file.ts";
import { O, realFileSystem as fs } from "./fs.ts";

export type Pipe = { readonly readFd: number; readonly writeFd: number };

/**
 * Opens both ends of a pipe: reading never blocks (EAGAIN while it is empty), writing blocks while it is full.
 * @param file a temporary name for the pipe; a leftover of a killed run is removed
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
    return null; // a socket also works, only more slowly
  } finally {
    discard(fs, file);
  }
}
