// The result of an item as it stands in the log. Every record is compared with its checksum before anything of it is handed on.
import { LogWindows } from "./log-windows.ts";
import { hasOwnSum } from "../checkpoint/record/record-codec.ts";
import { HASH_DIGITS, idJsonAfter, splitRecord } from "../checkpoint/record/record-split.ts";
import { causeText, CkptError } from "../core/errors.ts";
import { itemLabel } from "../core/item.ts";
import type { IdStyle } from "../core/status.ts";
import type { FileSystem } from "../io/fs.ts";
import { objectFields } from "./object-fields.ts";

/** What of a record goes into an output. The JSON text of its output or error stands in `bytes` from `start` up to `end`. */
export type RecordedResult = {
  readonly failed: boolean;
  /** JSON text of the id; null when the record has none. */
  readonly idJson: string | null;
  /** 32 hex digits. */
  readonly hash: string;
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
};

export class ResultRecords {
  readonly #file: string;
  readonly #windows: LogWindows;
  readonly #ids: IdStyle;

  /** @throws CkptError `system.failed` when the log cannot be opened */
  constructor(fs: FileSystem, file: string, ids: IdStyle) {
    this.#file = file;
    this.#ids = ids;
    this.#windows = this.#orFailed(() => new LogWindows(fs, file));
  }

  /**
   * The result whose record begins at an offset; valid until the next call.
   * @param index the item's position in the input, for the message
   * @throws CkptError `checkpoint.damaged`, `system.failed`
   */
  resultAt(offset: number, index: number): RecordedResult {
    const line = this.#orFailed(() => this.#windows.lineAt(offset));
    if (line === null || !hasOwnSum(line)) throw this.#damaged(offset, index);
    const split = splitRecord(line);
    if (split === null) return this.#parsed(line, offset, index);
    const { failed, hashStart, bodyStart: start, bodyEnd: end } = split;
    const idJson = (this.#ids === "json" ? idJsonAfter(line, end) : null) ?? split.idJson;
    const hash = line.toString("latin1", hashStart, hashStart + HASH_DIGITS);
    return { failed, idJson, hash, bytes: line, start, end };
  }

  /** A record with keys in another order, or with further ones: of another version of ckpt. */
  #parsed(line: Buffer, offset: number, index: number): RecordedResult {
    const fields = objectFields(line.toString("utf8"));
    const failed = fields.get("status") === '"failed"';
    const body = fields.get(failed ? "error" : "output");
    const hash = fields.get("hash");
    if (body === undefined || hash === undefined) throw this.#damaged(offset, index);
    const bytes = Buffer.from(body);
    return {
      failed,
      idJson: (this.#ids === "json" ? fields.get("id_json") : undefined) ?? fields.get("id") ?? null,
      hash: hash.slice(1, -1),
      bytes,
      start: 0,
      end: bytes.length,
    };
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
