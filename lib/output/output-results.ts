// An output file as results that can be read (core/result-source.ts). It has no hashes of items and no history: its units are known by their id alone. The file is scanned
// as often as its results are visited; nothing of it is kept.
import { CkptError } from "../core/errors.ts";
import { OccurrenceTable } from "../core/occurrences.ts";
import type { ItemError } from "../core/record.ts";
import { type HashWords, unitKey } from "../core/record-key.ts";
import type {
  AnyReader,
  EntryVisitor,
  ReadableResults,
  ReadResult,
  ResultEntry,
} from "../core/result-source.ts";
import { statOf } from "../io/file.ts";
import type { FileSystem } from "../io/fs.ts";
import { outputFormatOf } from "./output-format.ts";
import { idOfRow, type OutputRow, type OutputRows, type ReadRow } from "./output-row.ts";
import { parquetRows } from "./parquet-rows.ts";
import { textRows } from "./text-rows.ts";

const NO_HASH: HashWords = new Uint32Array(4);

export class OutputResults implements ReadableResults {
  readonly resultsFile: string;
  /** Whether values have the types that JSON gives them. A table has texts alone, and so has a column of Parquet with values of several kinds. */
  readonly isTyped: boolean;
  readonly #rows: OutputRows;

  /** @throws CkptError `output.unknownFormat`, `output.missing`, `output.unreadable` */
  constructor(fs: FileSystem, file: string) {
    this.resultsFile = file;
    const format = outputFormatOf(file);
    this.isTyped = ["jsonl", "json", "openai-batch"].includes(format);
    const stat = statOf(fs, file);
    if (stat === null) throw new CkptError("output.missing", { path: file });
    if (!stat.isFile())
      throw this.#unreadable("it is read more than once, which a pipe or a device cannot be");
    this.#rows =
      format === "parquet"
        ? parquetRows(fs, file)
        : textRows(fs, file, format === "openai-batch" ? "jsonl" : format);
  }

  /** Whether its rows have ids: one is enough, since an item that could not be read has none. A file without rows is matched with anything. */
  async hasIds(): Promise<boolean> {
    let rows = 0;
    let found = false;
    await this.#eachRow((row) => {
      rows++;
      found = row.idJson !== null;
      return !found;
    });
    return found || rows === 0;
  }

  /** @throws CkptError `output.notResults` also where a unit has two rows, which an output never has */
  async eachLatest(visit: EntryVisitor): Promise<void> {
    const seen = new OccurrenceTable();
    const entry = new RowEntry();
    await this.#eachRow((row, place, seq) => {
      entry.row = row;
      entry.place = place;
      entry.seq = seq;
      const identity = entry.identity();
      if (identity.id !== null) {
        // The words that the number of the answer is a part of.
        const [, , high = 0, low = 0] = unitKey(identity);
        if (seen.add(high, low) > 1) throw this.#notResult(seq, "an earlier row has its id");
      }
      visit(entry);
      return true;
    });
  }

  /** Visits the rows with a result until `visit` returns false. @throws CkptError `output.notResults`, `output.unreadable` */
  async #eachRow(visit: (row: OutputRow, place: number, seq: number) => boolean): Promise<void> {
    let seq = 0;
    await this.#rows.each((read, place) => {
      const row = this.#resultOf(read, ++seq);
      return row === null || visit(row, place, seq);
    });
  }

  /** Null: a row without a result. */
  #resultOf(read: ReadRow, row: number): OutputRow | null {
    if (typeof read !== "string") return read;
    throw this.#notResult(row, read);
  }

  #notResult(row: number, found: string): CkptError {
    return new CkptError("output.notResults", { path: this.resultsFile, row, found });
  }

  #unreadable(cause: string): CkptError {
    return new CkptError("output.unreadable", { path: this.resultsFile, cause });
  }

  openReader(): AnyReader {
    const rows = this.#rows.open();
    const resultOf = (read: ReadRow | undefined, index: number): ReadResult => {
      const row = read === undefined ? null : this.#resultOf(read, index + 1);
      if (row === null) throw this.#unreadable("it was changed while it was read");
      const bytes = Buffer.from(row.bodyJson);
      const { failed, repeat, idJson } = row;
      return { failed, repeat, idJson, bytes, start: 0, end: bytes.length };
    };
    return {
      resultAt(place, index) {
        const read = rows.at(place);
        return read instanceof Promise ? read.then((row) => resultOf(row, index)) : resultOf(read, index);
      },
      close: () => rows.close(),
    };
  }
}

/** One for all rows of a scan. */
class RowEntry implements ResultEntry {
  row: OutputRow = { index: null, idJson: null, repeat: 1, failed: false, bodyJson: "null" };
  place = 0;
  seq = 1;

  get index(): number {
    return this.row.index ?? this.seq - 1;
  }

  get failed(): boolean {
    return this.row.failed;
  }

  repeat(): number {
    return this.row.repeat;
  }

  identity(): ReturnType<ResultEntry["identity"]> {
    return { id: idOfRow(this.row), hash: NO_HASH, occurrence: 1, repeat: this.row.repeat };
  }

  error(): ItemError | null {
    return this.row.failed ? (JSON.parse(this.row.bodyJson) as ItemError) : null;
  }

  marks(): readonly string[] {
    return [];
  }

  outputJson(): string | null {
    return this.row.failed ? null : this.row.bodyJson;
  }

  isImported(): boolean {
    return false; // an output does not say
  }
}
