import { expect, test } from "bun:test";
import * as path from "node:path";
import { folderFacts } from "../../lib/io/folder-facts.ts";
import { realFileSystem } from "../../lib/io/fs.ts";
import { isMountedUnsafely } from "../../lib/io/mount-options.ts";
import { newFolder } from "../helpers/ckpt.ts";
import { mountedFileSystem } from "../helpers/mounted-fs.ts";

const OTHER = "22 27 0:21 / /proc rw,nosuid - proc proc rw\n";

test.each([
  ["36 27 0:45 / / rw,relatime - overlay overlay rw,lowerdir=/a,upperdir=/b,volatile\n", 45, true],
  [
    "36 27 0:45 / / rw,relatime - overlay overlay rw,lowerdir=/a,upperdir=/b,uuid=on,fsync=volatile\n",
    45,
    true,
  ],
  ["36 27 0:45 / / rw,relatime - overlay overlay rw,lowerdir=/volatile,upperdir=/b\n", 45, false],
  ["36 27 259:3 / /mnt rw,noatime shared:1 - ext4 /dev/nvme0n1p3 rw,nobarrier\n", 0x10303, true],
  ["36 27 259:3 / /mnt rw,noatime shared:1 - ext4 /dev/nvme0n1p3 rw,barrier=0\n", 0x10303, true],
  ["36 27 259:3 / /mnt rw,noatime shared:1 - ext4 /dev/nvme0n1p3 rw\n", 0x10303, false],
  ["36 27 8:300 / /mnt rw - ext4 /dev/sda rw,nobarrier\n", 0x10082c, true],
  ["36 27 8:1 / /mnt rw - ext4 /dev/sda1 rw,nobarrier\n", 0x802, false],
])("isMountedUnsafely() of %j on device %p is %p", (line, dev, isUnsafe) => {
  expect(isMountedUnsafely(mountedFileSystem(OTHER + line, dev), newFolder())).toBe(isUnsafe);
});

test("a folder on such a mount does not have all that is promised", () => {
  const table = "36 27 0:45 / / rw - overlay overlay rw,volatile\n";
  expect(folderFacts(mountedFileSystem(table, 45), path.join(newFolder(), "not there")).gaps).toContain(
    "mount_options",
  );
});

test("nothing is known of a folder that is not there, or without a table", () => {
  expect(isMountedUnsafely(realFileSystem, "/not/there")).toBe(false);
  expect(isMountedUnsafely(mountedFileSystem("", 45), newFolder())).toBe(false);
});
