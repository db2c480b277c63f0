// The real file system, as if its folders were mounted otherwise.
import * as fs from "node:fs";
import * as path from "node:path";
import { type FileSystem, realFileSystem } from "../../lib/io/fs.ts";
import { newFolder } from "./ckpt.ts";

/**
 * @param table the text of the kernel's table of mounts
 * @param dev the device on which all folders are
 * @param type as statfs(2) has it; default: the real one
 */
export function mountedFileSystem(table: string, dev: number, type?: number): FileSystem {
  const file = path.join(newFolder(), "mountinfo");
  fs.writeFileSync(file, table);
  const statfs = type === undefined ? {} : { statfsSync: () => ({ type }) };
  return {
    ...realFileSystem,
    openSync: (name, flags, mode) =>
      realFileSystem.openSync(name === "/proc/self/mountinfo" ? file : name, flags, mode),
    statSync: ((name: string, options: fs.StatSyncOptions) => {
      const stat = fs.statSync(name, options);
      return stat === undefined ? undefined : Object.assign(stat, { dev });
    }) as unknown as FileSystem["statSync"],
    ...(statfs as unknown as Partial<FileSystem>),
  };
}
