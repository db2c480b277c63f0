// A new log made of existing records: they get new numbers and links, all other bytes are copied (write-record.ts). It is durable when `finish` has
// returned.
import type { FormatVersion } from "../../core/format-version.ts";
import type { LogPosition } from "../../core/status.ts";
import { naming, writeAll } from "../../io/file.ts";
import { type FileSystem, O } from "../../io/fs.ts";
import { relinkRecord, type Trace } from "../record/write-record.ts";
import { emptyPosition } from "./log-start.ts";

const BUFFER_BYTES = 1 << 20;

export class RelinkedLog {
  readonly #fs: FileSystem;
  readonly #file: string;
  readonly #fd: number;
  readonly #version: FormatVersion;
  #position: LogPosition;
  #lines: Buffer[] = [];
  #buffered = 0;

  /** @param file must not exist @param nonce of the session of the new log */
  constructor(fs: FileSystem, file: string, nonce: string, version: FormatVersion) {
    this.#fs = fs;
    this.#file = file;
    this.#version = version;
    this.#position = emptyPosition(nonce);
    this.#fd = fs.openSync(file, O.O_WRONLY | O.O_CREAT | O.O_EXCL | O.O_NOFOLLOW, 0o600);
  }

  /** The current end of the log. */
  get position(): LogPosition {
    return this.#position;
  }

  /** Adds a record. @param line a valid record, without its line end */
  add(line: Buffer, trace: Trace): void {
    const { bytes, records, last_sum: prev } = this.#position;
    const moved = relinkRecord(line, { version: this.#version, seq: records + 1, prev }, trace);
    this.#position = { bytes: bytes + moved.bytes.length, records: records + 1, last_sum: moved.sum };
    this.#lines.push(moved.bytes);
    this.#buffered += moved.bytes.length;
    if (this.#buffered > BUFFER_BYTES) this.#flush();
  }

  #flush(): void {
    naming(this.#file, () => writeAll(this.#fs, this.#fd, Buffer.concat(this.#lines)));
    this.#lines = [];
    this.#buffered = 0;
  }

  /** Writes the buffered records and syncs the file. */
  finish(): void {
    if (this.#buffered > 0) this.#flush();
    naming(this.#file, () => this.#fs.fsyncSync(this.#fd));
  }

  close(): void {
    this.#fs.closeSync(this.#fd);
  }
}
