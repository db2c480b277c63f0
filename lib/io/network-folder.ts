// Detects network file systems, whose locks and syncs are too weak for a checkpoint.
import type { FileSystem } from "./fs.ts";

/** Types in statfs(2) (linux/magic.h, fs/smb/client/cifsfs.h), and their common names. */
const NETWORK_TYPES: ReadonlyMap<number, string> = new Map([
  [0x6969, "NFS"],
  [0xff534d42, "CIFS"],
  [0xfe534d42, "SMB"],
  [0x517b, "SMB"],
]);

/** Name of the network file system of an existing folder; null for a local one, or when it is unknown. */
export function networkFileSystem(fs: Pick<FileSystem, "statfsSync">, folder: string): string | null {
  try {
    // The type is a signed 32-bit number on some machines.
    return NETWORK_TYPES.get(fs.statfsSync(folder).type >>> 0) ?? null;
  } catch {
    return null; // only a warning depends on it
  }
}
