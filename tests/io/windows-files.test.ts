import { describe, expect, test } from "bun:test";
import * as nodeFs from "node:fs";
import * as path from "node:path";
import { fileSize, replaceFile, syncFile, syncFolder } from "../../lib/io/file.ts";
import { type FileSystem, fileSystemOf, O, realFileSystem } from "../../lib/io/fs.ts";
import { windowsFileSystem } from "../../lib/io/windows-files.ts";
import { temporaryFolder } from "../helpers/attempts.ts";

/** The calls of a Windows that runs on this disk: no flag that it does not know, no sync through what only reads, no rename over a file in use. */
class WindowsCalls {
  /** How often a rename or a removal is refused because somebody has the file open. */
  inUse = 0;
  readonly synced: string[] = [];
  readonly waited: number[] = [];
  readonly #opened = new Map<number, { readonly name: string; readonly writes: boolean }>();
  readonly fs: FileSystem;

  constructor() {
    const real = realFileSystem;
    const base: FileSystem = {
      ...real,
      openSync: (file, flags, mode) => {
        expect(Number(flags) & (O.O_NOFOLLOW | O.O_DIRECTORY)).toBe(0);
        const fd = real.openSync(file, flags, mode);
        this.#opened.set(fd, {
          name: path.basename(String(file)),
          writes: (Number(flags) & 3) !== O.O_RDONLY,
        });
        return fd;
      },
      fsyncSync: (fd) => {
        const opened = this.#opened.get(fd);
        if (opened?.writes !== true) throw refusal("EPERM", "fsync");
        real.fsyncSync(fd);
        this.synced.push(opened.name);
      },
      renameSync: (from, to) => {
        this.#use("rename");
        real.renameSync(from, to);
      },
      unlinkSync: (file) => {
        this.#use("unlink");
        real.unlinkSync(file);
      },
    };
    this.fs = windowsFileSystem(base, O, (ms) => void this.waited.push(ms));
  }

  #use(call: string): void {
    if (this.inUse-- > 0) throw refusal("EPERM", call);
  }
}

function refusal(code: string, call: string): Error {
  return Object.assign(new Error(`${code}: operation not permitted, ${call} 'x'`), { code });
}

describe("windowsFileSystem()", () => {
  test("a file is replaced although folders cannot be synced, and that is told", () => {
    using folder = temporaryFolder();
    const windows = new WindowsCalls();
    const file = path.join(folder.path, "a");
    expect(replaceFile(windows.fs, file, Buffer.from("new"))).toBe(false);
    expect(nodeFs.readFileSync(file, "utf8")).toBe("new");
    expect(windows.synced).toEqual(["a.tmp"]);
    expect(replaceFile(realFileSystem, file, Buffer.from("newer"))).toBe(true);
  });

  test("a file that another process wrote is synced through a descriptor that may write", () => {
    using folder = temporaryFolder();
    const windows = new WindowsCalls();
    const file = path.join(folder.path, "a");
    nodeFs.writeFileSync(file, "x");
    syncFile(windows.fs, file);
    expect(windows.synced).toEqual(["a"]);
  });

  test("a failure of the disk stays one, of a folder too", () => {
    using folder = temporaryFolder();
    const failing: FileSystem = {
      ...realFileSystem,
      fsyncSync: () => {
        throw refusal("EIO", "fsync");
      },
    };
    const windows = windowsFileSystem(failing, O, () => undefined);
    expect(() => syncFolder(windows, folder.path)).toThrow("EIO");
  });

  test("a link and what is no folder are refused by a look before they are opened", () => {
    using folder = temporaryFolder();
    const { fs } = new WindowsCalls();
    const [file, link] = ["file", "link"].map((name) => path.join(folder.path, name)) as [string, string];
    nodeFs.writeFileSync(file, "x");
    nodeFs.symlinkSync(file, link);
    expect(() => fs.openSync(link, O.O_WRONLY | O.O_NOFOLLOW)).toThrow(
      expect.objectContaining({ code: "ELOOP", path: link }),
    );
    expect(() => fs.openSync(file, O.O_RDONLY | O.O_DIRECTORY)).toThrow(
      expect.objectContaining({ code: "ENOTDIR" }),
    );
    expect(() => fs.openSync(path.join(folder.path, "none"), O.O_RDONLY | O.O_NOFOLLOW)).toThrow("ENOENT");
    fs.closeSync(fs.openSync(file, O.O_WRONLY | O.O_NOFOLLOW));
    expect(nodeFs.readFileSync(file, "utf8")).toBe("x");
  });

  test("a rename and a removal are retried while another program has the file open", () => {
    using folder = temporaryFolder();
    const windows = new WindowsCalls();
    const file = path.join(folder.path, "a");
    windows.inUse = 7;
    replaceFile(windows.fs, file, Buffer.from("new"));
    expect(windows.waited).toHaveLength(7);
    windows.inUse = 3;
    windows.fs.unlinkSync(file);
    expect(fileSize(windows.fs, file)).toBeNull();
  });

  test("after a second the error names the cause, and the old file is there", () => {
    using folder = temporaryFolder();
    const windows = new WindowsCalls();
    const file = path.join(folder.path, "a");
    nodeFs.writeFileSync(file, "old");
    windows.inUse = Number.POSITIVE_INFINITY;
    expect(() => windows.fs.renameSync(file, `${file}2`)).toThrow("another program may have it open");
    expect(windows.waited.reduce((sum, ms) => sum + ms, 0)).toBe(1000);
    expect(nodeFs.readFileSync(file, "utf8")).toBe("old");
  });
});

test("fileSystemOf() of Windows is the one with the guards", () => {
  using folder = temporaryFolder();
  const link = path.join(folder.path, "link");
  nodeFs.symlinkSync(folder.path, link);
  const fs = fileSystemOf({ files: "windows" });
  expect(() => fs.openSync(link, O.O_RDONLY | O.O_NOFOLLOW)).toThrow("a symbolic link");
});
