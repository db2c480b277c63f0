// A folder of this user for sockets of running processes: in XDG_RUNTIME_DIR, or one of its own among temporary files.
import * as os from "node:os";
import * as path from "node:path";
import { lstatOf } from "./file.ts";
import type { FileSystem } from "./fs.ts";

/** The folder, made if needed; null where none can be made that is this user's alone. */
export function runtimeFolder(
  fs: FileSystem,
  env: { readonly [name: string]: string | undefined },
): string | null {
  const user = process.getuid?.() ?? null;
  if (user === null) return null;
  const given = env["XDG_RUNTIME_DIR"] ?? "";
  // The variable may have come from another machine, as to the nodes of a cluster, where its folder is missing.
  const folders = [
    ...(path.isAbsolute(given) ? [path.join(given, "ckpt")] : []),
    path.join(os.tmpdir(), `ckpt-${user}`),
  ];
  return folders.find((folder) => isOwnFolder(fs, folder, user)) ?? null;
}

function isOwnFolder(fs: FileSystem, folder: string, user: number): boolean {
  try {
    if (lstatOf(fs, folder) === null) fs.mkdirSync(folder, { mode: 0o700 });
    // Anybody may make names among temporary files.
    const stat = lstatOf(fs, folder);
    return stat?.isDirectory() === true && stat.uid === user && (stat.mode & 0o077) === 0;
  } catch {
    return false;
  }
}
