// Fills a file system to the last byte, or to its last inode, and makes room again.
import * as fs from "node:fs";
import * as path from "node:path";
import { ENV } from "../helpers/ckpt.ts";

const BLOCK_BYTES = 1 << 20;
const MARGIN_BYTES = 4 << 20;

export class DiskFiller {
  readonly #folder: string;

  /** @param at a folder of the file system */
  constructor(at: string) {
    this.#folder = path.join(at, "ballast");
    fs.mkdirSync(this.#folder);
  }

  /** Takes all the room there is, but for so many bytes. */
  fill(exceptBytes: number = 0): void {
    const file = path.join(this.#folder, "bytes");
    // Most of it at once; the rest is tried out, since a file system knows only about what it has left.
    const { bavail, bsize } = fs.statfsSync(this.#folder);
    Bun.spawnSync(["fallocate", "-l", `${Math.max(1, bavail * bsize - MARGIN_BYTES)}`, file], { env: ENV });
    const fd = fs.openSync(file, "a");
    for (let block = BLOCK_BYTES; block >= 1; block = Math.floor(block / 16)) writeUntilFull(fd, block);
    fs.fsyncSync(fd);
    fs.ftruncateSync(fd, Math.max(0, fs.fstatSync(fd).size - exceptBytes));
    fs.fsyncSync(fd);
    fs.closeSync(fd);
  }

  /** Takes all inodes. */
  fillInodes(): void {
    for (let number = 0; ; number++) {
      try {
        fs.closeSync(fs.openSync(path.join(this.#folder, `inode-${number}`), "a"));
      } catch (error) {
        if (isFull(error)) return;
        throw error;
      }
    }
  }

  /** Makes room again. */
  free(): void {
    for (const name of fs.readdirSync(this.#folder)) fs.unlinkSync(path.join(this.#folder, name));
  }
}

function writeUntilFull(fd: number, bytes: number): void {
  const block = Buffer.alloc(bytes, "x");
  for (;;) {
    try {
      if (fs.writeSync(fd, block) < bytes) return;
    } catch (error) {
      if (isFull(error)) return;
      throw error;
    }
  }
}

function isFull(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOSPC";
}
