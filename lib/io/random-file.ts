// Reads a regular file wherever it is wanted, in whole blocks, each compared with what a whole read remembered BEFORE it is handed on.
import { CkptError } from "../core/errors.ts";
import { BLOCK_BYTES, type BlockMemory, orUnreadable } from "./blocks.ts";
import type { FileSystem } from "./fs.ts";

export class RandomFile {
  readonly sizeBytes: number;
  readonly #fs: FileSystem;
  readonly #fd: number;
  readonly #memory: BlockMemory | null;
  readonly #shownPath: string;
  readonly #blockBytes: number;

  /**
   * @param memory what a whole read remembered; null: nothing is compared
   * @param blockBytes bytes of a block, as they were then
   * @throws CkptError `input.unreadable`, `input.changedDuringRun`
   */
  constructor(
    fs: FileSystem,
    file: string,
    shownPath: string,
    memory: BlockMemory | null,
    blockBytes: number = BLOCK_BYTES,
  ) {
    this.#fs = fs;
    this.#shownPath = shownPath;
    this.#memory = memory;
    this.#blockBytes = blockBytes;
    this.#fd = orUnreadable(shownPath, () => fs.openSync(file, "r"));
    this.sizeBytes = orUnreadable(shownPath, () => fs.fstatSync(this.#fd).size);
    if (memory === null || memory.sizeBytes === this.sizeBytes) return;
    fs.closeSync(this.#fd);
    throw this.#changed();
  }

  /** The bytes from `start` to `end`, which are the caller's. @throws RangeError when the file does not have them; as the constructor */
  slice(start: number, end: number): Uint8Array<ArrayBuffer> {
    if (start < 0 || end < start || end > this.sizeBytes)
      throw new RangeError(`the file ends at ${this.sizeBytes}, before byte ${end}`);
    const first = Math.floor(start / this.#blockBytes);
    const from = first * this.#blockBytes;
    const to = Math.min(this.sizeBytes, Math.ceil(end / this.#blockBytes) * this.#blockBytes);
    const bytes = new Uint8Array(to - from);
    this.#fill(bytes, from);
    for (let at = 0; at < bytes.length; at += this.#blockBytes) {
      const hash = Bun.hash(bytes.subarray(at, at + this.#blockBytes));
      if (this.#memory !== null && this.#memory.hashes[first + at / this.#blockBytes] !== hash)
        throw this.#changed();
    }
    return start === from && end === to ? bytes : bytes.slice(start - from, end - from);
  }

  [Symbol.dispose](): void {
    this.#fs.closeSync(this.#fd);
  }

  #fill(bytes: Uint8Array, from: number): void {
    for (let filled = 0; filled < bytes.length;) {
      const count = orUnreadable(this.#shownPath, () =>
        this.#fs.readSync(this.#fd, bytes, filled, bytes.length - filled, from + filled),
      );
      if (count === 0) throw this.#changed(); // cut since it was opened
      filled += count;
    }
  }

  #changed(): CkptError {
    return new CkptError("input.changedDuringRun", { path: this.#shownPath });
  }
}
