// The file calls that a commit may use, as one object, so that tests can pass in a failing one. Only synchronous node:fs calls on descriptors: each
// is one system call and throws its error (docs/durability.md).
import * as fs from "node:fs";
import { systemCode } from "../core/errors.ts";
import { appleFileSystem } from "./apple-files.ts";
import { PLATFORM, type Platform } from "./platform.ts";
import { WINDOWS_FLAGS, windowsFileSystem } from "./windows-files.ts";

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

/** More interruptions in a row than this are an error. */
const INTERRUPTIONS_MAX = 100;

/** Repeats a call that a signal has interrupted. Bun does so for open, write, truncate, rename and mkdir, but not for the calls below. */
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

/** Flags of open(2). Those that Windows lacks are bits of ckpt's own there, which its file system heeds. */
export const O: Readonly<typeof fs.constants> =
  PLATFORM.files === "windows" ? { ...fs.constants, ...WINDOWS_FLAGS } : fs.constants;

const systemFiles: FileSystem = {
  openSync: fs.openSync,
  closeSync: fs.closeSync,
  readSync: fs.readSync,
  writeSync: fs.writeSync,
  ftruncateSync: fs.ftruncateSync,
  fsyncSync: fs.fsyncSync,
  fdatasyncSync: fs.fdatasyncSync,
  fstatSync: fs.fstatSync,
  lstatSync: fs.lstatSync,
  statSync: fs.statSync,
  renameSync: fs.renameSync,
  unlinkSync: fs.unlinkSync,
  mkdirSync: fs.mkdirSync,
  rmdirSync: fs.rmdirSync,
  readdirSync: fs.readdirSync,
  accessSync: fs.accessSync,
  statfsSync: fs.statfsSync,
  realpathSync: fs.realpathSync,
};

/** The calls as a platform needs them made. @param base those of the system itself */
export function fileSystemOf({ files }: Pick<Platform, "files">, base: FileSystem = systemFiles): FileSystem {
  switch (files) {
    case "posix":
      return uninterrupted(base);
    case "apple":
      return uninterrupted(appleFileSystem(base));
    case "windows":
      return uninterrupted(windowsFileSystem(base, O, Bun.sleepSync));
  }
}

function uninterrupted(files: FileSystem): FileSystem {
  const { fsyncSync, fdatasyncSync, unlinkSync, rmdirSync } = files;
  return {
    ...files,
    fsyncSync: again(fsyncSync),
    fdatasyncSync: again(fdatasyncSync),
    unlinkSync: again(unlinkSync),
    rmdirSync: again(rmdirSync),
  };
}

export const realFileSystem: FileSystem = fileSystemOf(PLATFORM);
