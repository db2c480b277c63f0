// Lines of a result log by their offset. Records stand nearly in the order of the input, but for what concurrency and later attempts
// have moved: a window of the file is read when a second line of it is asked for, and kept in the one slot that its place gives it. A log
// that is wholly out of order is read line by line instead, because a window for each line would cost three times as much.
// Memory: 1.2 MB, which stays in the processor's cache, or the longest line.
import { LINE_FEED } from "../../core/ascii.ts";
import { readLineAt } from "./log-reader.ts";
import { readInto } from "../../io/file.ts";
import { type FileSystem, O } from "../../io/fs.ts";

/** A window holds the lines that begin in its stride; those that end behind its overlap are read apart. */
const STRIDE_BYTES = 32 << 10;
const OVERLAP_BYTES = 4 << 10;
const SLOTS = 32;
/** What is read for a line alone; a longer one is read once more. */
const LINE_BYTES = 2 << 10;

/** A piece of the log: bytes up to `filled`, from the beginning of a stride (-1: of none). */
type Window = { readonly buffer: Buffer; stride: number; filled: number };

export class LogWindows {
  readonly #fs: FileSystem;
  readonly #fd: number;
  readonly #windows: readonly Window[];
  /** For each slot the stride from which a line was asked for last. */
  readonly #asked: Float64Array = new Float64Array(SLOTS).fill(-1);
  readonly #line: Window = newWindow(LINE_BYTES);

  /** @throws what open(2) says */
  constructor(fs: FileSystem, file: string) {
    this.#fs = fs;
    this.#fd = fs.openSync(file, O.O_RDONLY | O.O_NOFOLLOW);
    this.#windows = Array.from({ length: SLOTS }, () => newWindow(STRIDE_BYTES + OVERLAP_BYTES));
  }

  /**
   * The line that begins at an offset, without its end; valid until the next call. Null when there is no whole line.
   * @throws what read(2) says
   */
  lineAt(offset: number): Buffer | null {
    const stride = Math.floor(offset / STRIDE_BYTES);
    const slot = stride % SLOTS;
    const window = this.#windows[slot];
    if (window === undefined) throw new Error(`no window in slot ${slot}`);
    if (window.stride !== stride && this.#asked[slot] !== stride) {
      this.#asked[slot] = stride;
      this.#fill(this.#line, offset);
      return this.#lineIn(this.#line, 0, offset);
    }
    if (window.stride !== stride) {
      window.stride = -1; // until it is whole: a read may fail
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
