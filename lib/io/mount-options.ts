// How the file system of a folder is mounted: some options make fsync(2) confirm what a power cut still takes.
import { statOf } from "./file.ts";
import type { FileSystem } from "./fs.ts";
import { readProcTable } from "./proc-table.ts";

/** `volatile` of overlayfs (`fsync=volatile` to newer kernels) syncs nothing; the others (ext4) do not empty the cache of the disk. */
const UNSAFE: ReadonlySet<string> = new Set(["volatile", "fsync=volatile", "nobarrier", "barrier=0"]);

/** Whether the file system of an existing folder is mounted with such an option. False where that cannot be told. */
export function isMountedUnsafely(fs: FileSystem, folder: string): boolean {
  const stat = statOf(fs, folder);
  if (stat === null) return false;
  const device = `${major(stat.dev)}:${minor(stat.dev)}`;
  // A line: `36 35 98:0 / /mnt rw,noatime master:1 - ext4 /dev/root rw,nobarrier`
  return (readProcTable(fs, "/proc/self/mountinfo") ?? "").split("\n").some((line) => {
    const fields = line.split(" ");
    const options = `${fields[5]},${fields.at(-1)}`.split(",");
    return fields[2] === device && options.some((option) => UNSAFE.has(option));
  });
}

/** The halves of a number of stat(2) (gnu_dev_major, gnu_dev_minor). */
const major = (device: number): number => (device >>> 8) & 0xfff;
const minor = (device: number): number => (device & 0xff) | ((device >>> 12) & 0xfff00);
