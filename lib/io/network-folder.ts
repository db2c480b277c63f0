// Whether a folder lies on a network file system, whose locks and syncs are not what a checkpoint needs.
import type { FileSystem } from "./fs.ts";

/** Types in statfs(2) (linux/magic.h, fs/smb/client/cifsfs.h), by the name that people know. */
const NETWORK_TYPES: ReadonlyMap<number, string> = new Map([
  [0x6969, "NFS"],
  [0xff534d42, "CIFS"],
  [0xfe534d42, "SMB"],
  [0x517b, "SMB"],
]);

/** Name of the network file system on which an existing folder lies; null for any other, and where the system does not say. */
export function networkFileSystem(fs: Pick<FileSystem, "statfsSync">, folder: string): string | null {
  try {
    // The type is a signed number of 32 bits on some machines.
    return NETWORK_TYPES.get(fs.statfsSync(folder).type >>> 0) ?? null;
  } catch {
    return null; // only a warning hangs on it
  }
}
