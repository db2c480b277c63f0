// Sizes of the files in a folder, for what commands say about it.
import * as path from "node:path";
import { lstatOf, statOf } from "../io/file.ts";
import type { FileSystem } from "../io/fs.ts";

/** Bytes of each regular file directly in a folder, by name; none when there is no such folder. */
export function filesIn(fs: FileSystem, folder: string): Map<string, number> {
  const files = new Map<string, number>();
  if (statOf(fs, folder)?.isDirectory() !== true) return files;
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const stat = entry.isFile() ? lstatOf(fs, path.join(folder, entry.name)) : null;
    if (stat !== null) files.set(entry.name, stat.size);
  }
  return files;
}
