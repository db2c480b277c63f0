// A block device whose writes can be made to fail: nbdkit serves an image through its error filter, nbdfuse shows it as a file, and a loop device makes
// that a block device. Whoever mounts it must have unmounted it before it is renewed or disposed of.
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { until } from "../helpers/until.ts";
import { tool, unmount } from "./disks.ts";
import { ENV } from "../helpers/ckpt.ts";

export const FAULTY_DEVICE_TOOLS: readonly string[] = ["nbdkit", "nbdfuse"];

export class FaultyDevice implements AsyncDisposable {
  readonly #folder: string = fs.mkdtempSync(path.join(os.tmpdir(), "ckpt-device-"));
  readonly #shown: string = path.join(this.#folder, "shown");
  /** While this file exists, writes fail. */
  readonly #trigger: string = path.join(this.#folder, "fail");
  readonly #processes: Bun.Subprocess[] = [];
  #device = "";

  /** @param size as truncate(1) understands it */
  static async make(size: string): Promise<FaultyDevice> {
    const made = new FaultyDevice();
    try {
      fs.mkdirSync(made.#shown);
      await tool("truncate", "-s", size, path.join(made.#folder, "image"));
      await made.#attach();
    } catch (error) {
      await made[Symbol.asyncDispose]();
      throw error;
    }
    return made;
  }

  get path(): string {
    return this.#device;
  }

  fail(): void {
    fs.writeFileSync(this.#trigger, "");
  }

  heal(): void {
    fs.rmSync(this.#trigger, { force: true });
  }

  /** Makes it anew from what its image has: nothing that is only in memory is left. */
  async renew(): Promise<void> {
    this.heal();
    await this.#detach();
    await this.#attach();
  }

  async #attach(): Promise<void> {
    const socket = path.join(this.#folder, "socket");
    const file = path.join(this.#shown, "nbd");
    const filter = ["error=EIO", "error-rate=0", "error-pwrite-rate=100%", `error-file=${this.#trigger}`];
    const image = path.join(this.#folder, "image");
    this.#start("nbdkit", "-f", "-U", socket, "--filter=error", "file", image, ...filter);
    await exists(socket);
    this.#start("nbdfuse", this.#shown, "--unix", socket);
    await exists(file);
    this.#device = await tool("losetup", "-f", "--show", file);
  }

  #start(...words: readonly string[]): void {
    this.#processes.push(
      Bun.spawn([...words], { env: ENV, stdin: "ignore", stdout: "ignore", stderr: "ignore" }),
    );
  }

  async #detach(): Promise<void> {
    if (this.#device !== "") await tool("losetup", "-d", this.#device);
    this.#device = "";
    if (fs.existsSync(path.join(this.#shown, "nbd"))) await unmount(this.#shown);
    for (const child of this.#processes.splice(0).toReversed()) {
      child.kill();
      await child.exited;
    }
    fs.rmSync(path.join(this.#folder, "socket"), { force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.heal();
    await this.#detach();
    fs.rmSync(this.#folder, { recursive: true });
  }
}

/** A loop device on an image of its own. */
export class LoopDevice implements AsyncDisposable {
  readonly #folder: string = fs.mkdtempSync(path.join(os.tmpdir(), "ckpt-device-"));
  #path = "";

  static async make(size: string): Promise<LoopDevice> {
    const made = new LoopDevice();
    const image = path.join(made.#folder, "image");
    await tool("truncate", "-s", size, image);
    made.#path = await tool("losetup", "-f", "--show", image);
    return made;
  }

  get path(): string {
    return this.#path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await tool("losetup", "-d", this.#path);
    fs.rmSync(this.#folder, { recursive: true });
  }
}

function exists(file: string): Promise<void> {
  return until(() => fs.existsSync(file), file);
}
