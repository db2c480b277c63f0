// Reads results of items from the log. The checksum of every record is verified before any part of it is used.
import { LogWindows } from "./log-windows.ts";
import type { RecordedResult, ResultReader } from "../../core/result-source.ts";
import { readResult } from "../record/read-record.ts";
import { causeText, CkptError } from "../../core/errors.ts";
import { itemLabel } from "../../core/item.ts";
import type { IdStyle } from "../../core/status.ts";
import type { FileSystem } from "../../io/fs.ts";

export class LogResults implements ResultReader {
  readonly #file: string;
  readonly #windows: LogWindows;
  readonly #ids: IdStyle;

  /** @param windows as for LogWindows @throws CkptError `system.failed` when the log cannot be opened */
  constructor(fs: FileSystem, file: string, ids: IdStyle, windows?: number) {
    this.#file = file;
    this.#ids = ids;
    this.#windows = this.#orFailed(() => new LogWindows(fs, file, windows));
  }

  /**
   * The result of the record at an offset; valid until the next call.
   * @param index the item's position in the input, for the message
   * @throws CkptError `checkpoint.damaged`, `system.failed`
   */
  resultAt(offset: number, index: number): RecordedResult {
    return this.#recordAt(offset, index).result;
  }

  /** The record itself, without its line end. Parameters, and what is thrown, as above. */
  lineAt(offset: number, index: number): Buffer {
    return this.#recordAt(offset, index).line;
  }

  #recordAt(offset: number, index: number): { readonly line: Buffer; readonly result: RecordedResult } {
    const line = this.#orFailed(() => this.#windows.lineAt(offset));
    const result = line === null ? null : readResult(line, this.#ids);
    if (line === null || result === null) throw this.#damaged(offset, index);
    return { line, result };
  }

  #damaged(offset: number, index: number): CkptError {
    const item = itemLabel(null, index);
    const problem = { kind: "record-sum", record: null, offset, item } as const;
    return new CkptError("checkpoint.damaged", { path: this.#file, problems: [problem] });
  }

  #orFailed<T>(call: () => T): T {
    try {
      return call();
    } catch (error) {
      const params = { what: "read", path: this.#file, cause: causeText(error) };
      throw new CkptError("system.failed", params, { cause: error });
    }
  }

  close(): void {
    this.#windows.close();
  }
}
