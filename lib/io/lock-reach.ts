// How far the locks of a file system reach: whether they keep out processes on other machines that see the same folder. Only the kind of the file system
// and the options of its mount tell: a lock that is tried on one machine proves nothing about two.
import type { FileSystem } from "./fs.ts";
import { type Mount, mountsOf } from "./mount-options.ts";
import { fileSystemType, FUSE, networkFileSystem } from "./network-folder.ts";

export type LockGap = {
  /** Name of the file system, as `NFS` or `FUSE (sshfs)`. */
  readonly fileSystem: string;
  /** The option of the mount by which locks are known on this machine alone; null where it is unknown how far they reach. */
  readonly option: string | null;
};

/** Options by which a mount keeps locks to its machine: nfs(5), mount.cifs(8), mount.lustre(8), gfs2(5), mount.ocfs2(8). */
const LOCAL_LOCKS: ReadonlySet<string> = new Set([
  "nolock",
  "local_lock=all",
  "local_lock=posix",
  "nobrl",
  "localflock",
  "localflocks",
]);

/** FUSE on a disk of this machine: a block device, and the root of a container without root. */
const OF_THIS_MACHINE: ReadonlySet<string> = new Set(["fuseblk", "fuse.fuse-overlayfs"]);

/** What is missing of the locks in an existing folder; null where the file system is of this machine alone. */
export function lockGap(fs: FileSystem, folder: string): LockGap | null {
  const mounts = mountsOf(fs, folder);
  const fileSystem = networkFileSystem(fs, folder) ?? fuseName(fs, folder, mounts[0]);
  if (fileSystem === null) return null;
  const options = mounts.flatMap((mount) => mount.options);
  return { fileSystem, option: options.find((option) => LOCAL_LOCKS.has(option)) ?? null };
}

function fuseName(fs: FileSystem, folder: string, mount: Mount | undefined): string | null {
  if (fileSystemType(fs, folder) !== FUSE || OF_THIS_MACHINE.has(mount?.type ?? "")) return null;
  const [, program] = /^fuse\.(.+)$/.exec(mount?.type ?? "") ?? [];
  if (program !== undefined) return `FUSE (${program})`;
  return mount?.type === "virtiofs" ? "virtiofs" : "FUSE";
}
