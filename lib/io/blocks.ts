// Reads a regular file block by block, and detects on a later read whether the file has changed: each block is compared with the hash of the first
// full read BEFORE it is passed on, so changed bytes are never used.
import { CkptError, causeText } from "../core/errors.ts";
import type { FileSystem } from "./fs.ts";

/** Size of a block in bytes. Small, so that strings cut from a block pin little memory; large enough that the cost of the calls does not matter. */
export const BLOCK_BYTES: number = 64 * 1024;

/** The result of a full read. Eight bytes per block: 640 KB for a file of 5 GB. */
export type BlockMemory = {
  readonly sizeBytes: number;
  /** 64 hex digits. */
  readonly sha256: string;
  /** A fast 64-bit hash of each block, in order. All blocks but the last have the same size. */
  readonly hashes: BigUint64Array;
};

/** Sees each block first, and the end of the file. It throws to stop the read. */
export type BlockCheck = { block(bytes: Uint8Array): void; end(): void };

/** Accepts every block. */
export const noCheck: BlockCheck = { block: () => undefined, end: () => undefined };

/** Records the hashes of a file during a full read. */
export class BlockRecorder implements BlockCheck {
  readonly #hasher = new Bun.CryptoHasher("sha256");
  #hashes = new BigUint64Array(256);
  #count = 0;
  #sizeBytes = 0;
  #memory: BlockMemory | null = null;

  /** The recorded hashes; null until the end of the file. */
  get memory(): BlockMemory | null {
    return this.#memory;
  }

  block(bytes: Uint8Array): void {
    if (this.#count === this.#hashes.length) {
      const larger = new BigUint64Array(this.#count * 2);
      larger.set(this.#hashes);
      this.#hashes = larger;
    }
    this.#hashes[this.#count++] = Bun.hash(bytes);
    this.#hasher.update(bytes);
    this.#sizeBytes += bytes.length;
  }

  end(): void {
    this.#memory = {
      sizeBytes: this.#sizeBytes,
      sha256: this.#hasher.digest("hex"),
      hashes: this.#hashes.slice(0, this.#count),
    };
  }
}

/** Compares a file with recorded hashes. Its methods throw `input.changedDuringRun` at the first difference. */
export class BlockVerifier implements BlockCheck {
  readonly #memory: BlockMemory;
  readonly #shownPath: string;
  #count = 0;

  constructor(memory: BlockMemory, shownPath: string) {
    this.#memory = memory;
    this.#shownPath = shownPath;
  }

  block(bytes: Uint8Array): void {
    if (this.#memory.hashes[this.#count++] !== Bun.hash(bytes)) this.#changed();
  }

  end(): void {
    if (this.#count !== this.#memory.hashes.length) this.#changed();
  }

  #changed(): never {
    throw new CkptError("input.changedDuringRun", { path: this.#shownPath });
  }
}

export type ReadBlocksOptions = {
  /** The path for messages; default: `file`. */
  readonly shownPath?: string;
  /** Bytes of a block; default BLOCK_BYTES. */
  readonly blockBytes?: number;
  /** True (default): a block is valid only until the next one is requested. False: each block is a copy. */
  readonly reuse?: boolean;
};

/**
 * The bytes of a regular file in blocks; all but the last are full. The descriptor stays open until the end or an early return.
 * @throws CkptError `input.unreadable` when a call fails; whatever `check` throws
 */
export function* readBlocks(
  fs: FileSystem,
  file: string,
  check: BlockCheck,
  options: ReadBlocksOptions = {},
): Generator<Uint8Array<ArrayBuffer>, void> {
  const { shownPath = file, blockBytes = BLOCK_BYTES, reuse = true } = options;
  const fd = orUnreadable(shownPath, () => fs.openSync(file, "r"));
  try {
    let buffer = Buffer.allocUnsafeSlow(blockBytes);
    for (;;) {
      const bytes = buffer.subarray(0, fill(fs, fd, buffer, shownPath));
      if (bytes.length > 0) {
        check.block(bytes);
        yield bytes;
      }
      if (bytes.length < blockBytes) break;
      if (!reuse) buffer = Buffer.allocUnsafeSlow(blockBytes);
    }
    check.end();
  } finally {
    fs.closeSync(fd);
  }
}

/** Fills the buffer from the descriptor's position. It is filled only partly at the end of the file. */
function fill(fs: FileSystem, fd: number, buffer: Uint8Array, shownPath: string): number {
  let filled = 0;
  while (filled < buffer.length) {
    const count = orUnreadable(shownPath, () =>
      fs.readSync(fd, buffer, filled, buffer.length - filled, null),
    );
    if (count === 0) break;
    filled += count;
  }
  return filled;
}

/** Makes a call on an input file. @param path for the message @throws input.unreadable when the call fails */
export function orUnreadable<T>(path: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw new CkptError("input.unreadable", { path, cause: causeText(error) }, { cause: error });
  }
}
