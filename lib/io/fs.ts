// The file calls that may stand on the path of a commit, as one object, so that tests can pass in a failing one.
// Only synchronous node:fs calls on descriptors: each is one system call and throws its error (docs/durability.md).
import * as fs from "node:fs";
import { systemCode } from "../core/errors.ts";

/** Flags and calls as in node:fs; modes and sizes in bytes, offsets from the start of the file. */
export type FileSystem = Pick<
  typeof fs,
  | "openSync"
  | "closeSync"
  | "readSync"
  | "writeSync"
  | "ftruncateSync"
  | "fsyncSync"
  | "fdatasyncSync"
  | "fstatSync"
  | "lstatSync"
  | "statSync"
  | "renameSync"
  | "unlinkSync"
  | "mkdirSync"
  | "rmdirSync"
  | "readdirSync"
  | "accessSync"
  | "statfsSync"
  | "realpathSync"
>;

export type Stats = fs.Stats;

/** More interruptions than this in a row are no accident. */
const INTERRUPTIONS_MAX = 100;

/** Makes a call again when a signal has interrupted it: Bun does so for open, write, truncate, rename and mkdir, not for those below. */
function again<A extends readonly unknown[]>(call: (...args: A) => void): (...args: A) => void {
  return (...args) => {
    for (let interruptions = 1; ; interruptions++) {
      try {
        return call(...args);
      } catch (error) {
        if (systemCode(error) !== "EINTR" || interruptions === INTERRUPTIONS_MAX) throw error;
      }
    }
  };
}

export const realFileSystem: FileSystem = {
  openSync: fs.openSync,
  closeSync: fs.closeSync,
  readSync: fs.readSync,
  writeSync: fs.writeSync,
  ftruncateSync: fs.ftruncateSync,
  fsyncSync: again(fs.fsyncSync),
  fdatasyncSync: again(fs.fdatasyncSync),
  fstatSync: fs.fstatSync,
  lstatSync: fs.lstatSync,
  statSync: fs.statSync,
  renameSync: fs.renameSync,
  unlinkSync: again(fs.unlinkSync),
  mkdirSync: fs.mkdirSync,
  rmdirSync: again(fs.rmdirSync),
  readdirSync: fs.readdirSync,
  accessSync: fs.accessSync,
  statfsSync: fs.statfsSync,
  realpathSync: fs.realpathSync,
};

export const O: Readonly<typeof fs.constants> = fs.constants;
