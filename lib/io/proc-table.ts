// Tables of the kernel in /proc (Linux, proc(5)), which have no size before they are read to their end.
import { type FileSystem, O } from "./fs.ts";

const TABLE_READ_BYTES = 1 << 16;

/** The text of a file in /proc; null where there is none. */
export function readProcTable(
  fs: Pick<FileSystem, "openSync" | "readSync" | "closeSync">,
  file: string,
): string | null {
  try {
    const fd = fs.openSync(file, O.O_RDONLY);
    try {
      const parts: Buffer[] = [];
      const block = Buffer.alloc(TABLE_READ_BYTES);
      for (let count = fs.readSync(fd, block); count > 0; count = fs.readSync(fd, block)) {
        parts.push(Buffer.from(block.subarray(0, count)));
      }
      return Buffer.concat(parts).toString();
    } finally {
      fs.closeSync(fd);
    }
  } catch {
    return null; // not Linux, or /proc is not mounted
  }
}
