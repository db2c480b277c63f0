// How the executable of each target is run on this machine: by itself, by an emulator, by another system's loader, or by wine. What is missing or fails of
// those is told apart from what ckpt does.
import * as fs from "node:fs";
import * as path from "node:path";
import { makeExecutable } from "../../scripts/release/executable.ts";
import { targetNamed } from "../../scripts/release/targets.ts";
import type { Size } from "../crash/figures.ts";
import { ENV, EXECUTABLE, newFolder } from "../helpers/ckpt.ts";
import { RUNTIMES } from "../helpers/runtimes.ts";

/** This machine cannot run the target: a tool is missing, or fails by itself. */
export class NoMachine extends Error {}

export type Machine = {
  /** What runs: program and words before those of ckpt. */
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** What `version --json` has to say. */
  readonly platform: { readonly os: string; readonly arch: string; readonly libc: string | null };
  /** Ends what was started to run it. */
  close(): void;
};

export type MachineKind = {
  readonly name: string;
  readonly isQuick: boolean;
  /** Tools, by their Debian package. */
  readonly tools: Readonly<Record<string, string>>;
  /** @throws NoMachine */
  readonly make: () => Promise<Machine> | Machine;
};

const ROOT = path.resolve(import.meta.dir, "../..");
const FIXTURES = path.join(ROOT, "tests/fixtures/release");
const LINUX_X64 = { os: "linux", arch: "x64", libc: "glibc" } as const;
/** The oldest processors that Bun's runtime for x64 is made for. */
const OLD_PROCESSOR = "Nehalem";
const MINGW = "x86_64-w64-mingw32-gcc-posix";

const nothing = (): void => undefined;
const linux = (words: readonly string[], platform: Machine["platform"] = LINUX_X64, env = {}): Machine => ({
  words,
  env: { ...ENV, ...env },
  platform,
  close: nothing,
});

const KINDS: readonly MachineKind[] = [
  { name: "linux-x64", isQuick: false, tools: {}, make: () => linux([EXECUTABLE]) },
  {
    name: "linux-x64 on an old processor",
    isQuick: false,
    tools: { "qemu-x86_64": "qemu-user" },
    make: () => linux(["qemu-x86_64", "-cpu", OLD_PROCESSOR, EXECUTABLE]),
  },
  { name: "linux-arm64", isQuick: true, tools: { "qemu-aarch64": "qemu-user" }, make: arm64Machine },
  { name: "linux-x64-musl", isQuick: false, tools: { gcc: "gcc" }, make: muslMachine },
  {
    name: "windows-x64",
    isQuick: true,
    tools: { wine: "wine", wineserver: "wine", [MINGW]: "gcc-mingw-w64-x86-64-posix" },
    make: windowsMachine,
  },
];

export function machineKinds(size: Size): readonly MachineKind[] {
  return KINDS.filter(({ isQuick }) => size === "full" || isQuick);
}

/** @throws NoMachine when a tool is not installed, or fails */
export async function makeMachine({ tools, make }: MachineKind): Promise<Machine> {
  for (const [tool, debian] of Object.entries(tools))
    if (Bun.which(tool) === null) throw new NoMachine(`${tool} is not installed (Debian: ${debian})`);
  return make();
}

function executableOf(name: string): Promise<string> {
  return makeExecutable({
    root: ROOT,
    target: targetNamed(name),
    cacheFolder: RUNTIMES,
    workFolder: newFolder(),
  });
}

const ARM64_LIBRARIES = "/usr/aarch64-linux-gnu";

async function arm64Machine(): Promise<Machine> {
  if (!fs.existsSync(path.join(ARM64_LIBRARIES, "lib/libc.so.6")))
    throw new NoMachine(`${ARM64_LIBRARIES} is missing (Debian: libc6-arm64-cross)`);
  const words = ["qemu-aarch64", "-L", ARM64_LIBRARIES, await executableOf("linux-arm64")];
  return linux(words, { os: "linux", arch: "arm64", libc: "glibc" });
}

const MUSL_LOADER = "/lib/ld-musl-x86_64.so.1";
/** Debian's, made for glibc. */
const LIBRARIES = ["/usr/lib/x86_64-linux-gnu/libstdc++.so.6", "/lib/x86_64-linux-gnu/libgcc_s.so.1"];

async function muslMachine(): Promise<Machine> {
  for (const file of [MUSL_LOADER, ...LIBRARIES])
    if (!fs.existsSync(file)) throw new NoMachine(`${file} is missing (Debian: musl, libstdc++6)`);
  const folder = newFolder();
  for (const file of LIBRARIES) fs.copyFileSync(file, path.join(folder, path.basename(file)));
  // libgcc_s asks for glibc's loader by its name: the shim is that, too.
  const shim = path.join(folder, "ld-linux-x86-64.so.2");
  const source = path.join(FIXTURES, "musl-shim.c");
  compileC([
    "gcc",
    "-O1",
    "-fPIC",
    "-shared",
    "-nostdlib",
    "-ffreestanding",
    `-Wl,-soname,${path.basename(shim)}`,
    "-o",
    shim,
    source,
  ]);
  const env = { LD_PRELOAD: shim, LD_LIBRARY_PATH: folder };
  return linux([await executableOf("linux-x64-musl")], { os: "linux", arch: "x64", libc: "musl" }, env);
}

async function windowsMachine(): Promise<Machine> {
  const executable = await executableOf("windows-x64");
  const stub = path.join(path.dirname(executable), "bcryptprimitives.dll");
  compileC([MINGW, "-shared", "-o", stub, path.join(FIXTURES, "bcryptprimitives.c"), "-ladvapi32"]);
  const env = { ...ENV, WINEPREFIX: path.join(newFolder(), "prefix"), WINEARCH: "win64", WINEDEBUG: "-all" };
  // The first call makes a Windows: a minute on a slow machine. It runs no code of ckpt.
  const first = Bun.spawnSync(["wine", "cmd.exe", "/d", "/c", "echo ready"], { env, timeout: 300_000 });
  if (!first.stdout.toString().includes("ready"))
    throw new NoMachine(`wine does not start: ${first.stderr.toString().trim().slice(-500)}`);
  return {
    words: ["wine", executable],
    env,
    platform: { os: "win32", arch: "x64", libc: null },
    close: () => void Bun.spawnSync(["wineserver", "-k"], { env }),
  };
}

function compileC(argv: readonly string[]): void {
  const { success, stderr } = Bun.spawnSync([...argv], { env: ENV });
  if (!success) throw new NoMachine(`${argv[0]}: ${stderr.toString().trim()}`);
}
