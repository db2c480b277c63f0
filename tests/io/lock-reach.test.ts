// How far locks reach is told by the kind of the file system and the options of its mount.
import { expect, test } from "bun:test";
import { type LockGap, lockGap } from "../../lib/io/lock-reach.ts";
import { FUSE } from "../../lib/io/network-folder.ts";
import { newFolder } from "../helpers/ckpt.ts";
import { mountedFileSystem } from "../helpers/mounted-fs.ts";

const [NFS, CIFS, LUSTRE, GFS2, EXT4] = [0x6969, 0xff534d42, 0x0bd00bd0, 0x01161970, 0xef53];

const unknown = (fileSystem: string): LockGap => ({ fileSystem, option: null });

test.each([
  [EXT4, "rw - ext4 /dev/sda1 rw", null],
  [EXT4, "rw - ext4 /dev/sda1 rw,nolock", null],
  [NFS, "rw - nfs4 host:/e rw,vers=4.2,local_lock=none", unknown("NFS")],
  [NFS, "rw - nfs host:/e rw,vers=3,nolock,local_lock=all", { fileSystem: "NFS", option: "nolock" }],
  [NFS, "rw - nfs host:/e rw,local_lock=posix", { fileSystem: "NFS", option: "local_lock=posix" }],
  [NFS, "rw - nfs host:/e rw,local_lock=flock", unknown("NFS")],
  [CIFS, "rw - cifs //host/e rw,nobrl", { fileSystem: "CIFS", option: "nobrl" }],
  [LUSTRE, "rw - lustre host:/e rw,flock", unknown("Lustre")],
  [LUSTRE, "rw - lustre host:/e rw,localflock", { fileSystem: "Lustre", option: "localflock" }],
  [GFS2, "rw shared:1 - gfs2 /dev/dm-1 rw,localflocks", { fileSystem: "GFS2", option: "localflocks" }],
  [FUSE, "rw shared:1 master:2 - fuse.sshfs host:/e rw", unknown("FUSE (sshfs)")],
  [FUSE, "rw - fuse /e rw", unknown("FUSE")],
  [FUSE, "rw - virtiofs tag rw", unknown("virtiofs")],
  [FUSE, "rw - fuseblk /dev/sdb1 rw", null],
  [FUSE, "rw - fuse.fuse-overlayfs fuse-overlayfs rw", null],
] as const)("lockGap() of type %p, mounted %j, is %j", (type, mount, gap) => {
  const fs = mountedFileSystem(`36 27 0:45 / /mnt ${mount}\n`, 45, type);
  expect(lockGap(fs, newFolder())).toEqual(gap);
});

test("where there is no table of mounts, the type alone tells", () => {
  expect(lockGap(mountedFileSystem("", 45, FUSE), newFolder())).toEqual(unknown("FUSE"));
  expect(lockGap(mountedFileSystem("", 45, EXT4), newFolder())).toBeNull();
});
