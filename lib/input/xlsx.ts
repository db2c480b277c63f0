// Spreadsheets: a row of one sheet an item, an object by the cells of the first row that is not empty. yauzl opens the file, saxes reads its XML; rows are
// made here, because no reader on npm keeps digits, dates and white space in little memory. The texts that cells share stand in memory.
import { causeText, CkptError } from "../core/errors.ts";
import { unquoted } from "../core/json-text.ts";
import { nearestOf } from "../core/nearest.ts";
import type { RandomFile } from "../io/random-file.ts";
import { fieldNamesOf } from "./csv-header.ts";
import { ITEMS_PER_ARRAY } from "./format-reader.ts";
import type { InputSpec } from "./input.ts";
import type { RowFormat } from "./rows-part.ts";
import { type Book, newParser, readBook } from "./xlsx-book.ts";
import { type SheetRow, SheetRows } from "./xlsx-sheet.ts";
import { openZip, type Zip } from "./zip.ts";

/** What stands in memory: texts, styles, the list of sheets. */
const PART_BYTES_MAX = 1 << 30;
const MEMORY_PARTS = ["xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml"];

export const xlsx: RowFormat = async function* (file, spec) {
  const zip = await opened(file, spec);
  try {
    const book = await readBook(zip);
    const sheet = sheetOf(book, spec);
    let table: Table | null = null;
    let lines: number[] = [];
    let texts: string[] = [];
    for await (const row of rowsOf(zip, sheet, book)) {
      if (table === null) {
        table = new Table(row);
        continue;
      }
      lines.push(row.line);
      texts.push(table.textOf(row));
      if (texts.length < ITEMS_PER_ARRAY) continue;
      yield { lines, texts };
      lines = [];
      texts = [];
    }
    if (texts.length > 0) yield { lines, texts };
  } catch (error) {
    throw error instanceof CkptError ? error : badFile(spec, causeText(error));
  }
};

function badFile({ shownPath: path, format }: InputSpec, cause: string): CkptError {
  return new CkptError("input.badFile", { path, format, cause });
}

const ZIP = "PK";
/** Books that are locked by a password, and those of Excel before 2007, are files of another kind. */
const COMPOUND = "\u00d0\u00cf\u0011\u00e0";

async function opened(file: RandomFile, spec: InputSpec): Promise<Zip> {
  const head = Buffer.from(file.slice(0, Math.min(4, file.sizeBytes))).toString("latin1");
  if (head === COMPOUND) throw badFile(spec, "it is locked by a password, or an .xls of old");
  if (!head.startsWith(ZIP)) throw badFile(spec, "it does not begin as a book does (PK)");
  const zip = await openZip(file).catch((error: unknown) => {
    throw error instanceof CkptError ? error : badFile(spec, `it is cut off or damaged: ${causeText(error)}`);
  });
  if (zip.has("xl/workbook.bin")) throw badFile(spec, "it is a binary book (.xlsb)");
  if (!zip.has("[Content_Types].xml")) throw badFile(spec, "it holds no book");
  for (const part of MEMORY_PARTS) {
    const bytes = zip.sizeBytes(part);
    if (bytes > PART_BYTES_MAX)
      throw badFile(spec, `${part} is too large: ${bytes} bytes, at most ${PART_BYTES_MAX}`);
  }
  return zip;
}

/** The sheet that is named, or the only one. @returns the name of its entry */
function sheetOf({ sheets }: Book, { within, shownPath: path }: InputSpec): string {
  const [only] = sheets;
  if (within === null && only !== undefined && sheets.length === 1) return only.entry;
  // As in Excel, case does not matter.
  const found = sheets.find(({ name }) => name.toLowerCase() === within?.toLowerCase());
  if (found !== undefined) return found.entry;
  const names = sheets.map(({ name }) => name);
  const nearest = within === null ? null : nearestOf(within, names);
  throw new CkptError("input.noTable", { path, what: "sheet", name: within, names, nearest });
}

/** The rows that have any value. */
async function* rowsOf(zip: Zip, entry: string, book: Book): AsyncGenerator<SheetRow, void> {
  const rows = new SheetRows(book);
  const parser = await newParser(rows);
  for await (const piece of zip.text(entry)) {
    parser.write(piece);
    yield* rows.take();
  }
  parser.close();
  yield* rows.take();
}

/** The columns of a sheet: those of its first row, and any further ones by their numbers. */
class Table {
  readonly #before: string[];

  constructor({ cells }: SheetRow) {
    const names = Array.from(cells, (json) => (json === undefined ? "" : unquoted(json)));
    this.#before = fieldNamesOf(names).map((name) => `${JSON.stringify(name)}:`);
  }

  textOf({ cells }: SheetRow): string {
    for (let at = this.#before.length; at < cells.length; at++)
      this.#before.push(`${JSON.stringify(`column_${at + 1}`)}:`);
    return `{${this.#before.map((before, at) => before + (cells[at] ?? "null")).join(",")}}`;
  }
}
