// Sizes of the files in a folder, for what commands say about it.
import * as path from "node:path";
import type { FileSystem } from "../io/fs.ts";

/** Bytes of each regular file directly in a folder, by name; none when there is no such folder. */
export function filesIn(fs: FileSystem, folder: string): Map<string, number> {
  const files = new Map<string, number>();
  if (fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return files;
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const stat = entry.isFile()
      ? fs.lstatSync(path.join(folder, entry.name), { throwIfNoEntry: false })
      : undefined;
    if (stat !== undefined) files.set(entry.name, stat.size);
  }
  return files;
}
