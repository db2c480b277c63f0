// Who holds a lock (lock.ts), found out without touching it: any read of its database could make another's attempt to take it fail.
import { lstatOf } from "./file.ts";
import { type FileSystem, O } from "./fs.ts";

/**
 * Whether a process holds the lock, without touching it: Linux lists all record locks with the inode they are on.
 * Returns null where that cannot be told.
 */
export function lockHolder(fs: FileSystem, file: string): { readonly pid: number } | "free" | null {
  const stat = lstatOf(fs, file);
  if (stat === null) return "free";
  const table = readTable(fs);
  if (table === null) return null;
  // A line: `1: POSIX  ADVISORY  WRITE 1234 fe:00:5678 1073741825 1073742335`
  for (const line of table.split("\n")) {
    const fields = line.trim().split(/\s+/);
    const inode = fields[5]?.split(":")[2];
    if (fields[1] === "POSIX" && fields[3] === "WRITE" && inode === String(stat.ino))
      return { pid: Number(fields[4]) };
  }
  return "free";
}

function readTable(fs: FileSystem): string | null {
  try {
    const fd = fs.openSync("/proc/locks", O.O_RDONLY);
    try {
      const parts: Buffer[] = [];
      const block = Buffer.alloc(1 << 16);
      for (let count = fs.readSync(fd, block); count > 0; count = fs.readSync(fd, block)) {
        parts.push(Buffer.from(block.subarray(0, count)));
      }
      return Buffer.concat(parts).toString();
    } finally {
      fs.closeSync(fd);
    }
  } catch {
    // Not Linux, or /proc is not mounted: the caller says that it does not know.
    return null;
  }
}
