// Where the socket of a live channel is when the checkpoint's folder cannot hold it: the path is too long, or the file system has no sockets. owner.json then names it.
import * as path from "node:path";
import type { FileSystem } from "../../io/fs.ts";
import { runtimeFolder } from "../../io/runtime-folder.ts";

/** A path that is different for each checkpoint; null when there is no folder for it. @param socket the path in the checkpoint's folder */
export function runtimeSocket(
  fs: FileSystem,
  socket: string,
  env: { readonly [name: string]: string | undefined },
): string | null {
  const folder = runtimeFolder(fs, env);
  return folder === null ? null : path.join(folder, `${Bun.SHA256.hash(socket, "hex").slice(0, 16)}.sock`);
}
