// Detects network file systems, whose locks and syncs are too weak for a checkpoint.
import type { FileSystem } from "./fs.ts";

/** Types in statfs(2) (linux/magic.h, fs/smb/client/cifsfs.h), and their common names. */
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
]);

/** A path on another machine in Windows: `\\server\share`, but not the long form of a local path (`\\?\C:\…`) or a device. */
const SHARE = /^(?:\\\\(?![?.]\\)|\\\\\?\\UNC\\)/i;

/** Name of the network file system of an existing folder; null for a local one, or when it is unknown. */
export function networkFileSystem(fs: Pick<FileSystem, "statfsSync">, folder: string): string | null {
  if (SHARE.test(folder)) return "SMB";
  try {
    // The type is a signed 32-bit number on some machines.
    return NETWORK_TYPES.get(fs.statfsSync(folder).type >>> 0) ?? null;
  } catch {
    return null; // only a warning depends on it
  }
}
