// File systems made for one test and gone with its scope: images on loop devices, other block devices, tmpfs. Nothing is left mounted, also when a
// test fails: what a test started must not have anything open there when the scope ends.
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { ENV } from "../helpers/ckpt.ts";
import { PATIENCE_MS } from "../helpers/until.ts";

const BUSY_EVERY_MS = 10;

/** Tools of file systems stand where not everybody looks. */
const TOOL_ENV = { ...ENV, PATH: `${ENV["PATH"]}:/usr/sbin:/sbin` };

export type DiskOptions = {
  readonly kind: "ext4" | "xfs" | "tmpfs";
  /** As `mkfs` and `mount -o` understand it (`300M`, `256k`); XFS wants 300M at least. */
  readonly size: string;
  /** Further words for mkfs. */
  readonly make?: readonly string[];
  /** For `mount -o`. */
  readonly mount?: readonly string[];
  /** A block device to use instead of an image of its own; its path may be another one at each mount. */
  readonly device?: { readonly path: string };
};

/** What keeps disks from being made here; empty when nothing does. @param tools that are needed beside those of all disks */
export function disksMissing(tools: readonly string[]): string[] {
  const missing = [...tools, "mount", "umount", "losetup"].filter((name) => toolPath(name) === null);
  if (missing.length > 0) return [`not installed: ${missing.join(", ")}`];
  if (process.getuid?.() !== 0) return ["mounting needs root"];
  const loop = Bun.spawnSync(["losetup", "-f"], { env: TOOL_ENV });
  return loop.success ? [] : [`no loop devices: ${loop.stderr.toString().trim()}`];
}

function toolPath(name: string): string | null {
  return Bun.which(name, { PATH: TOOL_ENV.PATH });
}

/** Runs a tool of the system to its end. Returns what it printed. @throws when it fails, with what it said */
export async function tool(...words: readonly string[]): Promise<string> {
  const child = Bun.spawn([...words], { env: TOOL_ENV, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  if (code !== 0) throw new Error(`${words.join(" ")}: exit ${code}: ${err.trim()}`);
  return out.trim();
}

/** Waits until nobody uses what is mounted there any more. */
export async function unmount(at: string): Promise<void> {
  const startMs = performance.now();
  for (;;) {
    try {
      await tool("umount", at);
      return;
    } catch (error) {
      if (performance.now() - startMs > PATIENCE_MS || !String(error).includes("busy")) throw error;
      await Bun.sleep(BUSY_EVERY_MS);
    }
  }
}

export class Disk implements AsyncDisposable {
  readonly #folder: string;
  readonly #options: DiskOptions;
  /** Where it is mounted. */
  readonly at: string;
  #mounted = false;

  private constructor(options: DiskOptions) {
    this.#options = options;
    this.#folder = fs.mkdtempSync(path.join(os.tmpdir(), "ckpt-disk-"));
    this.at = path.join(this.#folder, "at");
    fs.mkdirSync(this.at);
  }

  /** Makes it and mounts it. */
  static async make(options: DiskOptions): Promise<Disk> {
    const disk = new Disk(options);
    try {
      await disk.#format();
      await disk.mount();
    } catch (error) {
      await disk[Symbol.asyncDispose]();
      throw error;
    }
    return disk;
  }

  get #source(): string {
    const { kind, device } = this.#options;
    return kind === "tmpfs" ? "tmpfs" : (device?.path ?? path.join(this.#folder, "image"));
  }

  async #format(): Promise<void> {
    const { kind, size, make = [], device } = this.#options;
    if (kind === "tmpfs") return;
    if (device === undefined) await tool("truncate", "-s", size, this.#source);
    await tool(`mkfs.${kind}`, kind === "ext4" ? "-qF" : "-qf", ...make, this.#source);
  }

  async mount(): Promise<void> {
    const { kind, size, mount = [], device } = this.#options;
    const loop = kind !== "tmpfs" && device === undefined ? ["loop"] : [];
    const options = [...loop, ...(kind === "tmpfs" ? [`size=${size}`] : []), ...mount];
    const words = options.length > 0 ? ["-o", options.join()] : [];
    await tool("mount", "-t", kind, ...words, this.#source, this.at);
    this.#mounted = true;
  }

  async unmount(): Promise<void> {
    await unmount(this.at);
    this.#mounted = false;
  }

  /** Unmounts and mounts: what was only in memory is gone, and the journal is replayed as after a reboot. */
  async remount(): Promise<void> {
    await this.unmount();
    await this.mount();
  }

  /** `ro` or `rw`, in place. */
  async setMode(mode: "ro" | "rw"): Promise<void> {
    await tool("mount", "-o", `remount,${mode}`, this.at);
  }

  /** As if the power went: the file system takes no further write, and loses what it has not written yet. */
  cutPower(): void {
    const cut = Bun.spawnSync(["xfs_io", "-x", "-c", "shutdown", this.at], { env: TOOL_ENV });
    if (!cut.success) throw new Error(`xfs_io shutdown: ${cut.stderr.toString().trim()}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#mounted) await this.unmount();
    fs.rmSync(this.#folder, { recursive: true });
  }
}
