// The file calls that may stand on the path of a commit, as one object, so that tests can pass in a failing one.
// Only synchronous node:fs calls on descriptors: each is one system call and throws its error (docs/durability.md).
import * as fs from "node:fs";

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

export const realFileSystem: FileSystem = fs;

export const O: Readonly<typeof fs.constants> = fs.constants;
