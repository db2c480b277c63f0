import { expect, test } from "bun:test";
import * as fs from "node:fs";
import * as os from "node:os";
import type { FileSystem } from "../../lib/io/fs.ts";
import { networkFileSystem } from "../../lib/io/network-folder.ts";

/** A file system that says it is of a type. */
const ofType = (type: number): Pick<FileSystem, "statfsSync"> => ({
  statfsSync: (() => ({ type })) as unknown as FileSystem["statfsSync"],
});

test.each([
  [0x6969, "NFS"],
  [0xff534d42, "CIFS"],
  [0xff534d42 | 0, "CIFS"],
  [0xfe534d42, "SMB"],
  [0x01021997, "9P"],
  [0x0bd00bd0, "Lustre"],
  [0xef53, null],
  [0x58465342, null],
] as const)("networkFileSystem() of type %p is %p", (type, name) => {
  expect(networkFileSystem(ofType(type), "/any")).toBe(name);
});

test.each([
  ["\\\\server\\share\\c", "SMB"],
  ["\\\\?\\UNC\\server\\share", "SMB"],
  ["\\\\?\\C:\\c", null],
  ["C:\\c", null],
])("networkFileSystem() of the Windows path %j is %p", (folder, name) => {
  expect(networkFileSystem(ofType(0), folder)).toBe(name);
});

test("networkFileSystem() knows nothing of a folder that is not there, and calls a local one none", () => {
  expect(networkFileSystem(fs, "/not/there")).toBeNull();
  expect(networkFileSystem(fs, os.tmpdir())).toBeNull();
});
