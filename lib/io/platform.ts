// What differs between operating systems, as one table: which way a thing is done here, and what cannot be done at all. Code asks for a row's fact and never
// for the system's name, so that a test can give it any row.

/** What a platform cannot promise (docs/durability.md has the table). */
export type PlatformGap =
  /** A rename is not confirmed by the disk: a power cut may take back the last ones. */
  | "folder_sync"
  /** Processes that a killed run has left behind are not found. */
  | "survivors"
  /** A child is ended without a warning. */
  | "no_term_signal"
  /** A link that takes a file's place between two looks is followed. */
  | "link_guard"
  /** Whether a folder is on a network file system is told by its path alone, or not at all. */
  | "network_unknown"
  /** ckpt has not been run on a real machine of this kind. */
  | "untested";

export type Platform = {
  /** How files are opened, synced and renamed. */
  readonly files: "posix" | "apple" | "windows";
  /** What a child and all that it starts is held by. */
  readonly trees: "group" | "job";
  /** Where the environment of another process can be read. */
  readonly environments: "proc" | "ps" | null;
  /** What runs the text of `--shell`. */
  readonly shell: "sh" | "cmd";
  /** Names by which the loader may know the C library. */
  readonly libc: readonly string[];
  /** The function that gives the address of errno. */
  readonly errno: string;
  /** Whether the kernel can make files without a name (O_TMPFILE). */
  readonly hasNamelessFiles: boolean;
  readonly gaps: readonly PlatformGap[];
};

/** The names of musl's library as Alpine and Void install it; most musl loaders answer to `libc.so.6` as well, but not where glibc's is installed beside it. */
const MUSL = ["x86_64", "aarch64"].map((machine) => `libc.musl-${machine}.so.1`);

const LINUX: Platform = {
  files: "posix",
  trees: "group",
  environments: "proc",
  shell: "sh",
  libc: ["libc.so.6", ...MUSL, "libc.so"],
  errno: "__errno_location",
  hasNamelessFiles: true,
  gaps: [],
};

const PLATFORMS: { readonly [name: string]: Platform } = {
  linux: LINUX,
  darwin: {
    ...LINUX,
    files: "apple",
    environments: "ps",
    libc: ["libSystem.B.dylib"],
    errno: "__error",
    hasNamelessFiles: false,
    gaps: ["network_unknown", "untested"],
  },
  win32: {
    files: "windows",
    trees: "job",
    environments: null,
    shell: "cmd",
    libc: [],
    errno: "",
    hasNamelessFiles: false,
    gaps: ["folder_sync", "no_term_signal", "link_guard", "network_unknown", "untested"],
  },
};

/** Any other system is a POSIX one of which nothing more is known. */
const OTHER: Platform = {
  ...LINUX,
  environments: null,
  libc: ["libc.so"],
  errno: "",
  hasNamelessFiles: false,
  gaps: ["survivors", "network_unknown", "untested"],
};

/** @param name as `process.platform` has it */
export function platformNamed(name: string): Platform {
  return PLATFORMS[name] ?? OTHER;
}

/** The one that this process runs on. */
export const PLATFORM: Platform = platformNamed(process.platform);
