// Data on standard output, written with write(2): `process.stdout` would make the descriptor non-blocking for all processes that share it.
import { causeText, CkptError, systemCode } from "../core/errors.ts";
import type { FileSystem } from "./fs.ts";

export const STDOUT = 1;
const PAUSE_MS = 5;

const clockless = new Int32Array(new SharedArrayBuffer(4));

let readerIsGone = false;

/**
 * Writes all of `bytes`. It waits as long as the reader pauses.
 * @returns false when the reader has closed the pipe (`| head`), and from then on always
 * @throws system.failed for any other error of write(2)
 */
export function writeStdout(fs: FileSystem, bytes: Uint8Array): boolean {
  try {
    if (!readerIsGone) readerIsGone = !writePatiently(fs, STDOUT, bytes);
  } catch (error) {
    const params = { what: "write", path: "standard output", cause: causeText(error) };
    throw new CkptError("system.failed", params, { cause: error });
  }
  return !readerIsGone;
}

/** The same for any descriptor, but without remembering a closed pipe. @throws any other error of write(2) */
export function writePatiently(fs: FileSystem, fd: number, bytes: Uint8Array): boolean {
  for (let written = 0; written < bytes.length;) {
    try {
      written += fs.writeSync(fd, bytes, written, bytes.length - written);
    } catch (error) {
      const code = systemCode(error);
      if (code === "EPIPE") return false;
      if (code !== "EAGAIN") throw error;
      // Another process made the pipe or terminal non-blocking, and it is full.
      Atomics.wait(clockless, 0, 0, PAUSE_MS);
    }
  }
  return true;
}
