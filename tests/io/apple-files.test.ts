import { expect, test } from "bun:test";
import * as nodeFs from "node:fs";
import * as path from "node:path";
import { appleFileSystem, type Fcntl, systemFcntl } from "../../lib/io/apple-files.ts";
import { fileSystemOf, type FileSystem, realFileSystem } from "../../lib/io/fs.ts";
import { replaceFile, syncFolder } from "../../lib/io/file.ts";
import { temporaryFolder } from "../helpers/attempts.ts";

/** What is called, in order, on a macOS whose fcntl(2) answers so. */
function callsOf(answers: readonly (string | null)[]): { readonly calls: string[]; readonly fs: FileSystem } {
  const calls: string[] = [];
  const fcntl: Fcntl = (_, command) => {
    calls.push(`fcntl ${command}`);
    return answers[calls.length - 1] ?? null;
  };
  const base: FileSystem = {
    ...realFileSystem,
    fsyncSync: () => void calls.push("fsync"),
    fdatasyncSync: () => void calls.push("fdatasync"),
  };
  return { calls, fs: appleFileSystem(base, fcntl) };
}

test.each([
  ["the disk is asked to empty its cache, and nothing else", [null], ["fcntl 51"]],
  ["without F_FULLFSYNC a barrier keeps the order", ["ENOTSUP", null], ["fcntl 51", "fcntl 85"]],
  ["without either fsync(2) is what there is", ["ENOTSUP", "EINVAL"], ["fcntl 51", "fcntl 85", "fsync"]],
  ["the same where bun:ffi cannot be used", ["", ""], ["fcntl 51", "fcntl 85", "fsync"]],
] as const)("appleFileSystem(): %s", (_, answers, expected) => {
  for (const call of ["fsyncSync", "fdatasyncSync"] as const) {
    const { calls, fs } = callsOf(answers);
    fs[call](3);
    expect(calls).toEqual([...expected]);
  }
});

test.each(["EIO", "ENOSPC", "EBADF"])(
  "appleFileSystem(): %s of F_FULLFSYNC is final, no weaker call hides it",
  (code) => {
    const { calls, fs } = callsOf([code]);
    expect(() => fs.fdatasyncSync(3)).toThrow(expect.objectContaining({ code }));
    expect(calls).toEqual(["fcntl 51"]);
  },
);

test("appleFileSystem(): a signal in between is no failure", () => {
  const { calls, fs } = callsOf(["EINTR", null]);
  fileSystemOf({ files: "posix" }, fs).fsyncSync(3);
  expect(calls).toEqual(["fcntl 51", "fcntl 51"]);
});

test.skipIf(process.platform !== "linux")(
  "systemFcntl() says by which error the system refuses: Linux knows neither command",
  () => {
    using folder = temporaryFolder();
    const fd = nodeFs.openSync(path.join(folder.path, "a"), "w");
    for (let round = 0; round < 1000; round++) expect(systemFcntl(fd, 85)).toBe("EINVAL");
    nodeFs.closeSync(fd);
    expect(systemFcntl(fd, 85)).toBe("EBADF");
    // So the calls of a Mac work here, by their last resort.
    const fs = fileSystemOf({ files: "apple" });
    expect(replaceFile(fs, path.join(folder.path, "b"), Buffer.from("x"))).toBe(true);
    expect(syncFolder(fs, folder.path)).toBe(true);
  },
);
