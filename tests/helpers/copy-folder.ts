// Copies what a killed run may have left, the socket of its live channel included.
import * as fs from "node:fs";

/** Copies a folder, links as they are. A socket, which cannot be copied, gets a second name there. */
export function copyFolder(from: string, to: string): void {
  fs.cpSync(from, to, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (source, target) => {
      if (!fs.lstatSync(source).isSocket()) return true;
      fs.linkSync(source, target);
      return false;
    },
  });
}
