// Lines of a result log by their offset. Records stand nearly in the order of the input, but for what concurrency and later attempts
// have moved: a few windows of the file are kept, the one not used for longest goes first. Memory: 5 MB, or the longest line.
import { readLineAt } from "../checkpoint/log-reader.ts";
import { type FileSystem, O } from "../io/fs.ts";

/** A window holds the lines that begin in its stride; those that end behind its overlap are read apart. */
const STRIDE_BYTES = 16 << 10;
const OVERLAP_BYTES = 4 << 10;
const WINDOWS_MAX = 256;
const NEWLINE = 0x0a;

type Window = { readonly buffer: Buffer; bytes: Buffer };

export class LogWindows {
  readonly #fs: FileSystem;
  readonly #fd: number;
  /** By the number of the stride, the one used last at the end. */
  readonly #windows: Map<number, Window> = new Map();
  #lastStride = -1;
  #last: Window | null = null;

  /** @throws what open(2) says */
  constructor(fs: FileSystem, file: string) {
    this.#fs = fs;
    this.#fd = fs.openSync(file, O.O_RDONLY | O.O_NOFOLLOW);
  }

  /**
   * The line that begins at an offset, without its end; valid until the next call. Null when there is no whole line.
   * @throws what read(2) says
   */
  lineAt(offset: number): Buffer | null {
    const stride = Math.floor(offset / STRIDE_BYTES);
    const { bytes } = this.#last !== null && stride === this.#lastStride ? this.#last : this.#use(stride);
    const start = offset - stride * STRIDE_BYTES;
    const end = bytes.indexOf(NEWLINE, start);
    return end === -1 ? readLineAt(this.#fs, this.#fd, offset) : bytes.subarray(start, end);
  }

  #use(stride: number): Window {
    const known = this.#windows.get(stride);
    const window = known ?? this.#read(stride);
    if (known !== undefined) this.#windows.delete(stride);
    this.#windows.set(stride, window);
    this.#lastStride = stride;
    this.#last = window;
    return window;
  }

  #read(stride: number): Window {
    const window = this.#spare();
    let filled = 0;
    while (filled < window.buffer.length) {
      const position = stride * STRIDE_BYTES + filled;
      const count = this.#fs.readSync(this.#fd, window.buffer, filled, window.buffer.length - filled, position);
      if (count === 0) break;
      filled += count;
    }
    window.bytes = window.buffer.subarray(0, filled);
    return window;
  }

  /** A window to read into: a new one, or the one that was not used for longest. */
  #spare(): Window {
    const [oldest] = this.#windows.size < WINDOWS_MAX ? [] : this.#windows;
    if (oldest === undefined) {
      const buffer = Buffer.allocUnsafeSlow(STRIDE_BYTES + OVERLAP_BYTES);
      return { buffer, bytes: buffer };
    }
    this.#windows.delete(oldest[0]);
    return oldest[1];
  }

  close(): void {
    this.#fs.closeSync(this.#fd);
  }
}
