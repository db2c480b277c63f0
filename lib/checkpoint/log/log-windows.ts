// Reads lines of a result log by offset. Records are nearly in input order, except where concurrency and later attempts moved them. A window of the
// file is read when a second line in it is requested, and kept in the slot for its position. A log in random order is read line by line, because one
// window per line would cost three times as much. Memory: 1.2 MB, which fits in the CPU cache, or the longest line.
import { LINE_FEED } from "../../core/ascii.ts";
import { readLineAt } from "./log-reader.ts";
import { readInto } from "../../io/file.ts";
import { type FileSystem, O } from "../../io/fs.ts";

/** A window holds the lines that start in its stride. Lines that end after its overlap are read separately. */
const STRIDE_BYTES = 32 << 10;
const OVERLAP_BYTES = 4 << 10;
const WINDOWS_MAX = 32;
/** Bytes read for a single line; a longer line needs a second read. */
const LINE_BYTES = 2 << 10;

/** A part of the log: bytes up to `filled`, from the start of a stride (-1: empty). */
type Window = { readonly buffer: Buffer; stride: number; filled: number };

export class LogWindows {
  readonly #fs: FileSystem;
  readonly #fd: number;
  readonly #windows: readonly Window[];
  /** For each slot, the stride of the last requested line. */
  readonly #asked: Float64Array;
  readonly #line: Window = newWindow(LINE_BYTES);

  /** @param windows how many it keeps, 32 by default; where many logs are read at once, fewer of each @throws what open(2) says */
  constructor(fs: FileSystem, file: string, windows: number = WINDOWS_MAX) {
    this.#asked = new Float64Array(windows).fill(-1);
    this.#fs = fs;
    this.#fd = fs.openSync(file, O.O_RDONLY | O.O_NOFOLLOW);
    this.#windows = Array.from({ length: windows }, () => newWindow(STRIDE_BYTES + OVERLAP_BYTES));
  }

  /**
   * The line that begins at an offset, without its end; valid until the next call. Null when there is no whole line.
   * @throws what read(2) says
   */
  lineAt(offset: number): Buffer | null {
    const stride = Math.floor(offset / STRIDE_BYTES);
    const slot = stride % this.#windows.length;
    const window = this.#windows[slot];
    if (window === undefined) throw new Error(`no window in slot ${slot}`);
    if (window.stride !== stride && this.#asked[slot] !== stride) {
      this.#asked[slot] = stride;
      this.#fill(this.#line, offset);
      return this.#lineIn(this.#line, 0, offset);
    }
    if (window.stride !== stride) {
      window.stride = -1; // until the read succeeds
      this.#fill(window, stride * STRIDE_BYTES);
      window.stride = stride;
    }
    return this.#lineIn(window, offset - stride * STRIDE_BYTES, offset);
  }

  #lineIn({ buffer, filled }: Window, start: number, offset: number): Buffer | null {
    const end = buffer.indexOf(LINE_FEED, start);
    return end === -1 || end >= filled ? readLineAt(this.#fs, this.#fd, offset) : buffer.subarray(start, end);
  }

  #fill(window: Window, offset: number): void {
    window.filled = 0; // a read may fail
    window.filled = readInto(this.#fs, this.#fd, window.buffer, offset);
  }

  close(): void {
    this.#fs.closeSync(this.#fd);
  }
}

function newWindow(bytes: number): Window {
  return { buffer: Buffer.allocUnsafeSlow(bytes), stride: -1, filled: 0 };
}
