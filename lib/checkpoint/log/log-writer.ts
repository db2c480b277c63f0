// Appends records to the result log. The file always consists of complete lines: a failed write is truncated, and its records stay in memory for the
// next try. Once a truncation or a sync has failed, the writer is poisoned: nothing more is written or reported as saved.
import { causeText, CkptError, isDiskFull, systemCode } from "../../core/errors.ts";
import type { FormatVersion } from "../../core/format-version.ts";
import type { RecordKey, Result } from "../../core/record.ts";
import type { LogPosition } from "../../core/status.ts";
import { lstatOf, writeAll } from "../../io/file.ts";
import { type FileSystem, O } from "../../io/fs.ts";
import { encodeRecord, recordBody, relinkRecord, type Trace } from "../record/write-record.ts";

const BUFFER_BYTES = 256 << 10;

export class LogWriter {
  readonly #fs: FileSystem;
  readonly #file: string;
  readonly fd: number;
  readonly #inode: number;
  readonly #version: FormatVersion;
  readonly #explain: (error: CkptError) => CkptError;
  #written: LogPosition;
  #encoded: LogPosition;
  #buffer: Buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  #buffered = 0;
  #poison: CkptError | null = null;

  /**
   * Opens an existing log with records of this version, whose committed and recovered content ends at `position`.
   * @param explain what is reported of an error that poisons the writer; default: the error
   */
  constructor(
    fs: FileSystem,
    file: string,
    position: LogPosition,
    version: FormatVersion,
    explain: (error: CkptError) => CkptError = (error) => error,
  ) {
    this.#fs = fs;
    this.#version = version;
    this.#explain = explain;
    this.#file = file;
    this.fd = fs.openSync(file, O.O_WRONLY | O.O_APPEND | O.O_NOFOLLOW);
    this.#inode = fs.fstatSync(this.fd).ino;
    this.#written = position;
    this.#encoded = position;
  }

  /** The end of the file, without records that are only in memory. */
  get position(): LogPosition {
    return this.#written;
  }

  get poisoned(): boolean {
    return this.#poison !== null;
  }

  /** Encodes a record into memory. Returns its future offset in the log, in bytes. */
  add(key: RecordKey, fp: string, result: Result): number {
    this.#refuseIfPoisoned();
    const body = recordBody(this.#version, this.#encoded.records + 1, key, fp, result);
    let line = encodeRecord(this.#buffer, this.#buffered, body, this.#encoded.last_sum);
    if (line === null) {
      this.#grow(body.length);
      line = encodeRecord(this.#buffer, this.#buffered, body, this.#encoded.last_sum);
    }
    if (line === null) throw new Error("the record does not fit in a buffer made for it");
    const offset = this.#encoded.bytes;
    this.#buffered += line.length;
    this.#encoded = { bytes: offset + line.length, records: this.#encoded.records + 1, last_sum: line.sum };
    return offset;
  }

  /** Copies a record of another log into memory, under a new number and link. Returns its future offset. @param line a valid record, without its end */
  addCopy(line: Buffer, trace: Trace): number {
    this.#refuseIfPoisoned();
    const { bytes: offset, records, last_sum: prev } = this.#encoded;
    const copy = relinkRecord(line, { version: this.#version, seq: records + 1, prev }, trace);
    if (this.#buffer.length - this.#buffered < copy.bytes.length) this.#grow(copy.bytes.length);
    this.#buffer.set(copy.bytes, this.#buffered);
    this.#buffered += copy.bytes.length;
    this.#encoded = { bytes: offset + copy.bytes.length, records: records + 1, last_sum: copy.sum };
    return offset;
  }

  /** Whether the buffer should be written before more is added. */
  get isFull(): boolean {
    return this.#buffered > BUFFER_BYTES / 2;
  }

  #grow(characters: number): void {
    const needed = this.#buffered + characters * 3 + 256;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#buffer.length * 2));
    larger.set(this.#buffer.subarray(0, this.#buffered));
    this.#buffer = larger;
  }

  /**
   * Writes the buffered records, in one write(2) if possible.
   * @throws checkpoint.diskFull: nothing was written, the records are still in memory, and a later call may succeed
   * @throws checkpoint.writeFailed, checkpoint.foreignWrite: the writer is poisoned
   */
  write(): void {
    this.#refuseIfPoisoned();
    if (this.#buffered === 0) return;
    try {
      writeAll(this.#fs, this.fd, this.#buffer.subarray(0, this.#buffered));
    } catch (error) {
      this.#cutBack(error);
    }
    this.#written = this.#encoded;
    this.#buffered = 0;
    if (this.#buffer.length > BUFFER_BYTES * 4) this.#buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
    this.#assertSize();
  }

  #cutBack(error: unknown): never {
    try {
      this.#fs.ftruncateSync(this.fd, this.#written.bytes);
    } catch (cutError) {
      throw this.#failed(cutError);
    }
    const params = { path: this.#file, cause: causeText(error) };
    if (isDiskFull(systemCode(error))) throw new CkptError("checkpoint.diskFull", params, { cause: error });
    throw this.#failed(error);
  }

  #failed(cause: unknown): CkptError {
    const params = { path: this.#file, cause: causeText(cause) };
    return this.poison(new CkptError("checkpoint.writeFailed", params, { cause }));
  }

  /** @throws checkpoint.foreignWrite when the length of the file has changed, or it was replaced; checkpoint.writeFailed when the system does not say */
  assertUntouched(): void {
    this.#assertSize();
    const inode = this.#inspect(() => lstatOf(this.#fs, this.#file)?.ino);
    if (inode === this.#inode) return;
    const found = inode === undefined ? "no file in its place" : "another file in its place";
    throw this.poison(new CkptError("checkpoint.foreignWrite", { path: this.#file, found }));
  }

  #assertSize(): void {
    const sizeBytes = this.#inspect(() => this.#fs.fstatSync(this.fd).size);
    if (sizeBytes === this.#written.bytes) return;
    const found = `${sizeBytes} bytes instead of ${this.#written.bytes}`;
    throw this.poison(new CkptError("checkpoint.foreignWrite", { path: this.#file, found }));
  }

  /** Looks at the file. On a network file system, a file that was replaced may be gone although it is open here. */
  #inspect<T>(call: () => T): T {
    try {
      return call();
    } catch (error) {
      throw this.#failed(error);
    }
  }

  /** Makes every later call fail with `error`, as it is explained, and returns that. The first error stands. */
  poison(error: CkptError): CkptError {
    this.#poison ??= this.#explain(error);
    return this.#poison;
  }

  #refuseIfPoisoned(): void {
    if (this.#poison !== null) throw this.#poison;
  }

  close(): void {
    this.#fs.closeSync(this.fd);
  }
}
