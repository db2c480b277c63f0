// Detects file systems that several machines share, whose locks and syncs are too weak for a checkpoint.
import type { FileSystem } from "./fs.ts";

/** Types in statfs(2) (linux/magic.h, fs/smb/client/cifsfs.h; those that coreutils' src/stat.c calls remote), and their common names. */
const NETWORK_TYPES: ReadonlyMap<number, string> = new Map([
  [0x01021997, "9P"],
  [0x5346414f, "AFS"],
  [0x6b414653, "AFS"],
  [0x00c36400, "Ceph"],
  [0x0bd00bd0, "Lustre"],
  [0x47504653, "GPFS"],
  [0x19830326, "BeeGFS"],
  [0x6969, "NFS"],
  [0xff534d42, "CIFS"],
  [0xfe534d42, "SMB"],
  [0x517b, "SMB"],
  [0x61636673, "ACFS"],
  [0x73757245, "Coda"],
  [0x01161970, "GFS2"],
  [0x7461636f, "OCFS2"],
  [0x20030528, "OrangeFS"],
  [0xaad7aaea, "PanFS"],
  [0xbeefdead, "SNFS"],
  [0x786f4256, "vboxsf"],
  [0xbacbacbc, "vmhgfs"],
]);

/** That of every program which stands behind a file system (linux/magic.h). */
export const FUSE = 0x65735546;

/** A path on another machine in Windows: `\\server\share`, but not the long form of a local path (`\\?\C:\…`) or a device. */
const SHARE = /^(?:\\\\(?![?.]\\)|\\\\\?\\UNC\\)/i;

/** Name of the network file system of an existing folder; null for a local one, or when it is unknown. */
export function networkFileSystem(fs: Pick<FileSystem, "statfsSync">, folder: string): string | null {
  if (SHARE.test(folder)) return "SMB";
  return NETWORK_TYPES.get(fileSystemType(fs, folder) ?? 0) ?? null;
}

/** The type of an existing folder's file system, as statfs(2) has it; null where the system does not say. */
export function fileSystemType(fs: Pick<FileSystem, "statfsSync">, folder: string): number | null {
  try {
    // It is a signed 32-bit number on some machines.
    return fs.statfsSync(folder).type >>> 0;
  } catch {
    return null;
  }
}
