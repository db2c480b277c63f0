// How the file system of a folder is mounted, by the kernel's table of mounts (Linux). Some options make fsync(2) confirm what a power cut still takes.
import { statOf } from "./file.ts";
import type { FileSystem } from "./fs.ts";
import { readProcTable } from "./proc-table.ts";

/** `volatile` of overlayfs (`fsync=volatile` to newer kernels) syncs nothing; the others (ext4) do not empty the cache of the disk. */
const UNSAFE: ReadonlySet<string> = new Set(["volatile", "fsync=volatile", "nobarrier", "barrier=0"]);

export type Mount = {
  /** `ext4`, `nfs4`, `fuse.sshfs`, … */
  readonly type: string;
  readonly options: readonly string[];
};

/** Whether the file system of an existing folder is mounted with such an option. False where that cannot be told. */
export function isMountedUnsafely(fs: FileSystem, folder: string): boolean {
  return mountsOf(fs, folder).some(({ options }) => options.some((option) => UNSAFE.has(option)));
}

/** The mounts of an existing folder's file system, which may be mounted in several places. None where that cannot be told. */
export function mountsOf(fs: FileSystem, folder: string): readonly Mount[] {
  const stat = statOf(fs, folder);
  if (stat === null) return [];
  const device = `${major(stat.dev)}:${minor(stat.dev)}`;
  return (readProcTable(fs, "/proc/self/mountinfo") ?? "").split("\n").flatMap((line) => {
    // A line: `36 35 98:0 / /mnt rw,noatime master:1 - ext4 /dev/root rw,nobarrier`
    const fields = line.split(" ");
    if (fields[2] !== device) return [];
    const options = `${fields[5]},${fields.at(-1)}`.split(",");
    return [{ type: fields[fields.indexOf("-", 6) + 1] ?? "", options }];
  });
}

/** The halves of a number of stat(2) (gnu_dev_major, gnu_dev_minor). */
const major = (device: number): number => (device >>> 8) & 0xfff;
const minor = (device: number): number => (device & 0xff) | ((device >>> 12) & 0xfff00);
