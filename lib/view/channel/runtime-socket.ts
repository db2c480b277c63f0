// Where the live channel of a checkpoint is whose folder cannot hold a socket: its path is too long, or its file system has none. owner.json names it.
import * as path from "node:path";
import type { FileSystem } from "../../io/fs.ts";
import { runtimeFolder } from "../../io/runtime-folder.ts";

/** A path of which each checkpoint has its own; null where there is no folder for it. */
export function runtimeSocket(
  fs: FileSystem,
  socket: string,
  env: { readonly [name: string]: string | undefined },
): string | null {
  const folder = runtimeFolder(fs, env);
  return folder === null ? null : path.join(folder, `${Bun.SHA256.hash(socket, "hex").slice(0, 16)}.sock`);
}
