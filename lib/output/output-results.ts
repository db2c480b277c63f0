// An output file as results that can be read (core/result-source.ts). It has no hashes of items and no history: its units are known by their id alone. The file is scanned
// as often as its results are visited; nothing of it is kept.
import { CkptError } from "../core/errors.ts";
import { OccurrenceTable } from "../core/occurrences.ts";
import type { ItemError } from "../core/record.ts";
import { type HashWords, unitKey } from "../core/record-key.ts";
import type {
  EntryVisitor,
  ReadableResults,
  ReadResult,
  ResultEntry,
  ResultReader,
} from "../core/result-source.ts";
import { statOf } from "../io/file.ts";
import type { FileSystem } from "../io/fs.ts";
import { type TextFormat, textFormatOf } from "./output-format.ts";
import { OutputPieces } from "./output-pieces.ts";
import {
  idOfRow,
  type OutputRow,
  parseJsonRow,
  type RowParser,
  tableHeader,
  tableRowParser,
} from "./output-row.ts";

const NO_HASH: HashWords = new Uint32Array(4);

export class OutputResults implements ReadableResults {
  readonly resultsFile: string;
  readonly #fs: FileSystem;
  readonly #format: TextFormat;

  /** @throws CkptError `output.unknownFormat`, `output.missing`, `output.unreadable` */
  constructor(fs: FileSystem, file: string) {
    this.#fs = fs;
    this.resultsFile = file;
    this.#format = textFormatOf(file);
    const stat = statOf(fs, file);
    if (stat === null) throw new CkptError("output.missing", { path: file });
    if (!stat.isFile())
      throw this.#unreadable("it is read more than once, which a pipe or a device cannot be");
  }

  /** Whether values have the types that JSON gives them. A table has texts alone. */
  get isTyped(): boolean {
    return this.#format === "jsonl" || this.#format === "json";
  }

  /** Whether its rows have ids: one is enough, since an item that could not be read has none. A file without rows is matched with anything. */
  hasIds(): boolean {
    let rows = 0;
    let found = false;
    this.#eachRow((row) => {
      rows++;
      found = row.idJson !== null;
      return !found;
    });
    return found || rows === 0;
  }

  /** @throws CkptError `output.notResults` also where a unit has two rows, which an output never has */
  eachLatest(visit: EntryVisitor): void {
    const seen = new OccurrenceTable();
    this.#eachEntry((entry) => {
      const identity = entry.identity();
      if (identity.id !== null) {
        // The words that the number of the answer is a part of.
        const [, , high = 0, low = 0] = unitKey(identity);
        if (seen.add(high, low) > 1) throw this.#notResult(entry.seq, "an earlier row has its id");
      }
      visit(entry);
    });
  }

  #eachEntry(visit: EntryVisitor): void {
    const entry = new RowEntry();
    this.#eachRow((row, place, seq) => {
      entry.row = row;
      entry.place = place;
      entry.seq = seq;
      visit(entry);
      return true;
    });
  }

  /** Visits the rows with a result until `visit` returns false. @throws CkptError `output.notResults`, `output.unreadable` */
  #eachRow(visit: (row: OutputRow, place: number, seq: number) => boolean): void {
    const pieces = new OutputPieces(this.#fs, this.resultsFile, this.#format);
    try {
      let is = pieces.first();
      const parse = is ? this.#parser(pieces) : parseJsonRow;
      if (!this.isTyped) is = is && pieces.next();
      for (let seq = 1; is; seq++, is = pieces.next()) {
        const row = this.#read(parse, pieces.text(), seq);
        if (row !== null && !visit(row, pieces.place, seq)) return;
      }
    } finally {
      pieces.close();
    }
  }

  /** Reads the header of a table. @param pieces at the first one */
  #parser(pieces: OutputPieces): RowParser {
    return this.isTyped ? parseJsonRow : tableRowParser(tableHeader(pieces.text(), this.#format));
  }

  #read(parse: RowParser, text: string, row: number): OutputRow | null {
    const read = parse(text);
    if (typeof read !== "string") return read;
    throw this.#notResult(row, read);
  }

  #notResult(row: number, found: string): CkptError {
    return new CkptError("output.notResults", { path: this.resultsFile, row, found });
  }

  #unreadable(cause: string): CkptError {
    return new CkptError("output.unreadable", { path: this.resultsFile, cause });
  }

  openReader(): ResultReader<ReadResult> {
    const pieces = new OutputPieces(this.#fs, this.resultsFile, this.#format);
    const parse = pieces.first() ? this.#parser(pieces) : parseJsonRow;
    return {
      resultAt: (place, index) => {
        const row = pieces.at(place) ? this.#read(parse, pieces.text(), index + 1) : null;
        if (row === null) throw this.#unreadable("it was changed while it was read");
        const bytes = Buffer.from(row.bodyJson);
        const { failed, repeat, idJson } = row;
        return { failed, repeat, idJson, bytes, start: 0, end: bytes.length };
      },
      close: () => pieces.close(),
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
