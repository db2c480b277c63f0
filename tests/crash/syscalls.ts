// The system calls that name or change files, with where they say which (x86-64 Linux). A call that is missing here is one that no sweep tries: the
// sweeps compare what the tracer counts with what strace sees.

export type Syscall = {
  readonly name: string;
  readonly number: number;
  /** Positions of paths among the arguments; each stands behind its folder's descriptor where `at` says so. */
  readonly paths?: readonly number[];
  /** Positions of descriptors that are open. */
  readonly descriptors?: readonly number[];
  /** Positions of addresses of Unix sockets: a path behind two bytes. */
  readonly addresses?: readonly number[];
};

export const SYSCALLS: readonly Syscall[] = [
  { name: "write", number: 1, descriptors: [0] },
  { name: "open", number: 2, paths: [0] },
  { name: "pwrite64", number: 18, descriptors: [0] },
  { name: "writev", number: 20, descriptors: [0] },
  { name: "sendfile", number: 40, descriptors: [0] },
  { name: "bind", number: 49, addresses: [1] },
  { name: "fsync", number: 74, descriptors: [0] },
  { name: "fdatasync", number: 75, descriptors: [0] },
  { name: "truncate", number: 76, paths: [0] },
  { name: "ftruncate", number: 77, descriptors: [0] },
  { name: "rename", number: 82, paths: [0, 1] },
  { name: "mkdir", number: 83, paths: [0] },
  { name: "rmdir", number: 84, paths: [0] },
  { name: "creat", number: 85, paths: [0] },
  { name: "link", number: 86, paths: [0, 1] },
  { name: "unlink", number: 87, paths: [0] },
  { name: "symlink", number: 88, paths: [1] },
  { name: "chmod", number: 90, paths: [0] },
  { name: "fchmod", number: 91, descriptors: [0] },
  { name: "fchown", number: 93, descriptors: [0] },
  { name: "openat", number: 257, paths: [1] },
  { name: "mkdirat", number: 258, paths: [1] },
  { name: "unlinkat", number: 263, paths: [1] },
  { name: "renameat", number: 264, paths: [1, 3] },
  { name: "linkat", number: 265, paths: [1, 3] },
  { name: "symlinkat", number: 266, paths: [2] },
  { name: "fchmodat", number: 268, paths: [1] },
  { name: "sync_file_range", number: 277, descriptors: [0] },
  { name: "fallocate", number: 285, descriptors: [0] },
  { name: "pwritev", number: 296, descriptors: [0] },
  { name: "syncfs", number: 306, descriptors: [0] },
  { name: "renameat2", number: 316, paths: [1, 3] },
  { name: "copy_file_range", number: 326, descriptors: [2] },
  { name: "pwritev2", number: 328, descriptors: [0] },
  { name: "openat2", number: 437, paths: [1] },
];

/** Numbers of the errors that are injected (asm-generic/errno-base.h). */
export const ERRNO = { EINTR: 4, EIO: 5, EACCES: 13, EMFILE: 24, ENOSPC: 28, EROFS: 30 } as const;

export type ErrorCode = keyof typeof ERRNO;
