// The packages for Debian, as Debian's own tools see them: no error of lintian, installed whole and unstripped, removed without a rest, nothing needed but the C library.
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Target } from "../../scripts/release/targets.ts";
import type { Figures, Size } from "../crash/figures.ts";
import { ENV, newFolder } from "../helpers/ckpt.ts";
import { executableIn, twoBuilds } from "./builds.ts";

const GLIBC = "2.17";
const OWN_LIBRARIES = /^(?:lib(?:c|m|dl|pthread)\.so\.\d+|ld-linux-(?:x86-64|aarch64)\.so\.\d+)$/;
const DOCS = "usr/share/doc/ckpt/docs/";
const EXAMPLES = "usr/share/doc/ckpt/examples/";
/** Beside the docs and the examples. */
const INSTALLED = [
  "usr/bin/ckpt",
  "usr/share/bash-completion/completions/ckpt",
  "usr/share/doc/ckpt/CONTRIBUTING.md",
  "usr/share/doc/ckpt/README.md",
  "usr/share/doc/ckpt/README.zh.md",
  "usr/share/doc/ckpt/changelog.Debian.gz",
  "usr/share/doc/ckpt/changelog.gz",
  "usr/share/doc/ckpt/copyright",
  "usr/share/doc/ckpt/third-party.txt.gz",
  "usr/share/fish/vendor_completions.d/ckpt.fish",
  "usr/share/lintian/overrides/ckpt",
  "usr/share/man/man1/ckpt.1.gz",
  "usr/share/man/zh_CN/man1/ckpt.1.gz",
  "usr/share/zsh/vendor-completions/_ckpt",
];

export async function debian(size: Size): Promise<Figures> {
  const { targets, folders, version } = await twoBuilds(size);
  const faults: string[] = [];
  const figures: Record<string, number> = { packages: 0, "lintian errors": 0, "lintian warnings": 0 };
  const add = (name: string, count: number): void => {
    figures[name] = (figures[name] ?? 0) + count;
  };
  for (const target of targets) {
    if (target.debian === undefined) continue;
    const file = path.join(folders[0], `ckpt_${version}-1_${target.debian}.deb`);
    add("packages", 1);
    const tags = lintian(file);
    add("lintian errors", tags.filter((tag) => tag.startsWith("E:")).length);
    add("lintian warnings", tags.filter((tag) => tag.startsWith("W:")).length);
    faults.push(...tags.filter((tag) => tag.startsWith("E:")));
    faults.push(
      ...(await installedFaults(file, target, folders[0])).map((fault) => `${target.debian}: ${fault}`),
    );
  }
  return { method: "packages for Debian", figures, faults };
}

function lintian(file: string): readonly string[] {
  const { stdout, stderr, exitCode } = Bun.spawnSync(["lintian", "--allow-root", file], { env: ENV });
  // 0: no error; 2: errors. All else is a fault of the tool.
  if (exitCode !== 0 && exitCode !== 2) throw new Error(`lintian: ${stderr.toString()}`);
  return stdout.toString().split("\n").filter(Boolean);
}

/** Installs the package into a system of its own, looks at it, and removes it again. */
async function installedFaults(file: string, target: Target, release: string): Promise<readonly string[]> {
  const system = newFolder();
  fs.mkdirSync(path.join(system, "var/lib/dpkg/updates"), { recursive: true });
  for (const name of ["status", "available"]) fs.writeFileSync(path.join(system, "var/lib/dpkg", name), "");
  const dpkg = (...words: readonly string[]): string => {
    // There is no C library in that system, and its processor may be another one.
    const force = ["--force-depends", "--force-architecture", "--force-not-root"];
    const ran = Bun.spawnSync(["dpkg", `--root=${system}`, `--log=${system}/log`, ...force, ...words], {
      env: ENV,
    });
    if (!ran.success) throw new Error(`dpkg ${words.join(" ")}: ${ran.stderr.toString()}`);
    return ran.stdout.toString();
  };
  dpkg("--install", file);
  const faults: string[] = [];
  const files = filesBelow(path.join(system, "usr")).map((name) => `usr/${name}`);
  const others = files.filter((name) => !name.startsWith(DOCS) && !name.startsWith(EXAMPLES));
  if (others.join("\n") !== INSTALLED.join("\n")) faults.push(`installed are ${others.join(", ")}`);
  // The manual page names it.
  for (const name of [`${DOCS}format.md`, `${EXAMPLES}slurm/job.sh`])
    if (!files.includes(name)) faults.push(`${name} is missing`);
  if (dpkg("--verify", "ckpt") !== "") faults.push("md5sums are not those of the files");
  const installed = fs.readFileSync(path.join(system, "usr/bin/ckpt"));
  const archived = await executableIn(release, target);
  if (sha256(installed) !== sha256(archived)) faults.push("the executable is not that of the archive");
  faults.push(...foreignNeeds(path.join(system, "usr/bin/ckpt")));
  if (target.npm.cpu === process.arch) faults.push(...runFaults(path.join(system, "usr/bin/ckpt")));
  dpkg("--purge", "ckpt");
  if (fs.existsSync(path.join(system, "usr"))) faults.push("something is left after it was removed");
  return faults;
}

function filesBelow(folder: string): readonly string[] {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .toSorted();
}

/** A stripped one would answer as bun. */
function runFaults(executable: string): readonly string[] {
  const { stdout } = Bun.spawnSync([executable, "--version"], { env: ENV });
  return /^ckpt \d/.test(stdout.toString()) ? [] : [`it says that it is ${stdout.toString()}`];
}

/** Libraries beside the C library, and a newer C library than the package asks for. */
function foreignNeeds(executable: string): readonly string[] {
  const { stdout } = Bun.spawnSync(["readelf", "--wide", "--dynamic", "--version-info", executable], {
    env: ENV,
  });
  const text = stdout.toString();
  const libraries = [...text.matchAll(/\(NEEDED\)\s+Shared library: \[(.+)\]/g)].map(([, name = ""]) => name);
  const versions = [...text.matchAll(/\bGLIBC_([\d.]+)/g)].map(([, version = ""]) => version);
  if (libraries.length === 0 || versions.length === 0) return ["readelf says nothing of what it needs"];
  return [
    ...libraries.filter((name) => !OWN_LIBRARIES.test(name)).map((name) => `it needs ${name}`),
    ...versions
      .filter(
        (version) => Bun.semver.order(`${version}.0`.replace(/^(\d+\.\d+\.\d+).*/, "$1"), `${GLIBC}.0`) > 0,
      )
      .map((version) => `it needs glibc ${version}`),
  ];
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
