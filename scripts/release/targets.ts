// The table of targets: every platform that a release is made for. Archives, packages, installers and tests are made from it, so a platform is added here
// and nowhere else.

export type Target = {
  /** As in the names of archives: `ckpt-linux-x64-musl.tar.gz`. */
  readonly name: string;
  /** The npm package that holds Bun's runtime, with its hash as the registry states it (`npm view PACKAGE@VERSION dist.integrity`). */
  readonly runtime: { readonly package: string; readonly integrity: string };
  /** `os`, `cpu` and `libc` as npm writes them in package.json; `libc` on Linux only. */
  readonly npm: {
    readonly os: "linux" | "darwin" | "win32";
    readonly cpu: "x64" | "arm64";
    readonly libc?: "glibc" | "musl";
  };
  /** What `uname -s` and `uname -m` print; a machine may have several names. On Windows PowerShell's PROCESSOR_ARCHITECTURE is the machine. */
  readonly uname: { readonly system: string; readonly machines: readonly string[] };
  readonly archive: "tar.gz" | "zip";
  /** The name of the executable inside the archive. */
  readonly executable: "ckpt" | "ckpt.exe";
  /** Debian's name of the architecture, where a .deb is made. */
  readonly debian?: "amd64" | "arm64";
  /** Runs, but not every promise has been proven on such a platform. */
  readonly isExperimental: boolean;
};

/** The version of Bun that the runtimes belong to: package.json must pin the same one. */
export const BUN_VERSION = "1.4.5";

const X64 = ["x86_64", "amd64"];
const LINUX_ARM64 = ["aarch64", "arm64"];
const UNIX = { archive: "tar.gz", executable: "ckpt", isExperimental: false } as const;

export const TARGETS: readonly Target[] = [
  {
    name: "linux-x64",
    runtime: {
      package: "@oven/bun-linux-x64",
      integrity:
        "sha512-IWX9BELoGHAUtMonkeSaNaZwXzRk+oDw6Mk+HBFXd3KHYIBNBsIGRupMZPcgNoDbJpLu6gAJjIoIVPZtt1aJ1g==",
    },
    npm: { os: "linux", cpu: "x64", libc: "glibc" },
    uname: { system: "Linux", machines: X64 },
    debian: "amd64",
    ...UNIX,
  },
  {
    name: "linux-arm64",
    runtime: {
      package: "@oven/bun-linux-aarch64",
      integrity:
        "sha512-4BXmsSKnjOrlGWqZV4x/oWa7AVoR+B6lCXddMzOAXBIm3t50eslg9wb66gmtW1AamEQ1l1CDvmmruysEhqOWMg==",
    },
    npm: { os: "linux", cpu: "arm64", libc: "glibc" },
    uname: { system: "Linux", machines: LINUX_ARM64 },
    debian: "arm64",
    ...UNIX,
  },
  {
    name: "linux-x64-musl",
    runtime: {
      package: "@oven/bun-linux-x64-musl",
      integrity:
        "sha512-10QoW/YfTgnURaGEaHpJCiXjLI2e5iTtfVDaA5JKcyUzaa1cq6cVUY9/Uq5XkYzvtRjHLRe9Oj/lTDIQcxy8HQ==",
    },
    npm: { os: "linux", cpu: "x64", libc: "musl" },
    uname: { system: "Linux", machines: X64 },
    ...UNIX,
  },
  {
    name: "linux-arm64-musl",
    runtime: {
      package: "@oven/bun-linux-aarch64-musl",
      integrity:
        "sha512-XCNc+WvvMAdNNb+OWTogpy+N9wm62fkVeEVLb6how0RZhW5LPi6c7BlkeVCuWps7XjEl2saFpHFa20/1E+PAHg==",
    },
    npm: { os: "linux", cpu: "arm64", libc: "musl" },
    uname: { system: "Linux", machines: LINUX_ARM64 },
    ...UNIX,
  },
  {
    name: "darwin-x64",
    runtime: {
      package: "@oven/bun-darwin-x64",
      integrity:
        "sha512-qkLPMGHZM9NI6CeHTWwVezzmlo6cC4Ta7yUAjYIWXS366qQcOlcp75t2uZyiuVRBMPS0h9qE0tCcvCHGaFqjJg==",
    },
    npm: { os: "darwin", cpu: "x64" },
    uname: { system: "Darwin", machines: ["x86_64"] },
    ...UNIX,
  },
  {
    name: "darwin-arm64",
    runtime: {
      package: "@oven/bun-darwin-aarch64",
      integrity:
        "sha512-4MIFXHmctH2EhAxLXm2/qxNtv17dFtLJylvaOCsrgq6KSqHTs6eW5YSrJjRbJxYUJaR901fsN8JfZOa+CsWpWQ==",
    },
    npm: { os: "darwin", cpu: "arm64" },
    uname: { system: "Darwin", machines: ["arm64"] },
    ...UNIX,
  },
  {
    name: "windows-x64",
    runtime: {
      package: "@oven/bun-windows-x64",
      integrity:
        "sha512-FNvply651vcE/GHgNWz6mZvhmkwBuu8Hw54oNzA+CQog+HW+542rXQmZqNHRkFxazD9L3xi+iTtvO3engAgJfw==",
    },
    npm: { os: "win32", cpu: "x64" },
    uname: { system: "Windows_NT", machines: ["AMD64"] },
    archive: "zip",
    executable: "ckpt.exe",
    isExperimental: true,
  },
];

/** The name of a target's archive; it has no version, so that a link to the latest release stays the same. */
export function archiveName(target: Target): string {
  return `ckpt-${target.name}.${target.archive}`;
}

/** The target of that name. @throws Error that names those there are. */
export function targetNamed(name: string): Target {
  const found = TARGETS.find((target) => target.name === name);
  if (found === undefined)
    throw new Error(`no target ${name}; there are: ${TARGETS.map((target) => target.name).join(", ")}`);
  return found;
}
