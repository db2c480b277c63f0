// Buffers the output of the format writers into large pieces for a file or standard output.
import { UNIT_BYTES_MAX } from "../core/utf8.ts";

/**
 * Receives bytes, which are valid only during the call.
 * @returns false when the reader is gone: not an error, but the writer should stop
 */
export type Sink = (bytes: Uint8Array) => boolean;

const CAPACITY_BYTES = 256 << 10;
/** Number.MAX_SAFE_INTEGER has 16. */
const DIGITS_MAX = 16;

export class OutputBuffer {
  readonly #sink: Sink;
  readonly #bytes: Buffer = Buffer.allocUnsafeSlow(CAPACITY_BYTES);
  #filled = 0;
  #handedOn = 0;
  #isOpen = true;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  /** False once the sink has reported that the reader is gone. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Bytes passed to the sink so far. */
  get handedOn(): number {
    return this.#handedOn;
  }

  /** Adds text as UTF-8; half of a surrogate pair becomes U+FFFD. */
  text(text: string): void {
    if (text.length * UNIT_BYTES_MAX > CAPACITY_BYTES - this.#filled) {
      this.flush();
      if (text.length * UNIT_BYTES_MAX > CAPACITY_BYTES) {
        this.#give(Buffer.from(text));
        return;
      }
    }
    this.#filled += this.#bytes.write(text, this.#filled);
  }

  /** Adds a number from 0 in decimal digits. */
  digits(value: number): void {
    if (this.#filled + DIGITS_MAX > CAPACITY_BYTES) this.flush();
    let end = this.#filled + 1;
    for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) end++;
    this.#filled = end;
    for (let rest = value; end > 0; rest = Math.floor(rest / 10)) {
      this.#bytes[--end] = 0x30 + (rest % 10);
      if (rest < 10) break;
    }
  }

  /** Adds a few constant bytes: faster than `text` for fewer than about 50. */
  constant(constant: Uint8Array): void {
    if (this.#filled + constant.length > CAPACITY_BYTES) this.flush();
    const start = this.#filled;
    // oxlint-disable-next-line typescript/prefer-for-of
    for (let i = 0; i < constant.length; i++) this.#bytes[start + i] = constant[i] ?? 0;
    this.#filled = start + constant.length;
  }

  /** Adds the bytes of `source` from `start` up to `end`. */
  bytes(source: Buffer, start: number, end: number): void {
    const length = end - start;
    if (length > CAPACITY_BYTES - this.#filled) {
      this.flush();
      if (length > CAPACITY_BYTES) {
        this.#give(source.subarray(start, end));
        return;
      }
    }
    source.copy(this.#bytes, this.#filled, start, end);
    this.#filled += length;
  }

  /** Passes the buffered bytes to the sink. */
  flush(): void {
    if (this.#filled === 0) return;
    this.#give(this.#bytes.subarray(0, this.#filled));
    this.#filled = 0;
  }

  #give(bytes: Uint8Array): void {
    if (!this.#isOpen) return;
    this.#handedOn += bytes.length;
    this.#isOpen = this.#sink(bytes);
  }
}
