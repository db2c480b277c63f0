// CSV and TSV: each row is an item, an object of strings in column order. The JSON text is built by hand, because a JavaScript object would put names
// like `10` first.
import { isSepRow, usualDelimiter } from "../core/delimiter.ts";
import type { Item, JsonValue } from "../core/item.ts";
import { fieldNamesOf } from "./csv-header.ts";
import { CsvRows, type PapaParser, type Row } from "./csv-rows.ts";
import { ContentHasher } from "./digest.ts";
import { type FormatReader, ITEMS_PER_ARRAY, type ReaderContext } from "./format-reader.ts";
import { idOf } from "./item-id.ts";
import type { Utf8Source } from "./utf8-source.ts";

export const csv: FormatReader = {
  async scan(source, context, collector) {
    const hasher = new ContentHasher(context);
    for await (const { rows, columns } of tables(source, context)) {
      for (const { line, cells } of rows) {
        const text = columns.textOf(cells);
        const digest = hasher.ofText(text, collector.count, line);
        if (collector.wantsValue) collector.add(line, digest, text, columns.valueOf(cells, text));
        else collector.addUnread(line, digest);
      }
    }
  },

  async *read(source, context, want, first) {
    const hasher = new ContentHasher(context);
    let index = first - 1;
    for await (const { rows, columns } of tables(source, context)) {
      let items: Item[] = [];
      for (const row of rows) {
        index++;
        if (!want(index)) continue;
        items.push(itemOf(row, index, columns, hasher, context));
        if (items.length < ITEMS_PER_ARRAY) continue;
        yield items;
        items = [];
      }
      if (items.length > 0) yield items;
    }
    return index + 1;
  },
};

function itemOf(
  row: Row,
  index: number,
  columns: Columns,
  hasher: ContentHasher,
  context: ReaderContext,
): Item {
  const { line, cells } = row;
  const { shownPath: file } = context;
  const text = columns.textOf(cells);
  const hash = hasher.hashOfText(text, index, line);
  const value = columns.valueOf(cells, text);
  if (value === undefined) {
    const defect = `line ${line} has ${cells.length} cells, the header has ${columns.count}`;
    return { index, line, file, id: null, idIsJson: false, hash, form: "json", text, value, defect };
  }
  const { id, idIsJson } = idOf(text, value, context.idField, { file, line });
  return { index, line, file, id, idIsJson, hash, form: "json", text, value };
}

/** The rows after the header, block by block. */
async function* tables(
  source: Utf8Source,
  context: ReaderContext,
): AsyncGenerator<{ readonly rows: readonly Row[]; readonly columns: Columns }, void> {
  const papa = await loadPapa();
  const delimiter = context.delimiter ?? usualDelimiter(context.format);
  const cutter = new CsvRows(papa, delimiter, context);
  let columns: Columns | null = null;
  let mayBeSep = context.delimiter !== null;
  const behindHeader = (rows: Row[]): Row[] => {
    if (columns !== null) return rows;
    const [first] = rows;
    if (mayBeSep && first !== undefined) {
      if (isSepRow(first.cells, delimiter)) rows.shift();
      mayBeSep = false;
    }
    const header = rows.shift();
    if (header !== undefined) columns = new Columns(header.cells);
    return rows;
  };
  const table = (rows: Row[]): { rows: Row[]; columns: Columns } | null => {
    const items = behindHeader(rows);
    return columns === null || items.length === 0 ? null : { rows: items, columns };
  };
  for await (const block of source) {
    const found = table(cutter.push(block.toString("utf8")));
    if (found !== null) yield found;
  }
  const found = table(cutter.end());
  if (found !== null) yield found;
}

/** The columns of a table: what its rows are called and how one is written as JSON. */
class Columns {
  readonly count: number;
  /** `{"first":`, `,"second":`, … */
  readonly #before: readonly string[];

  constructor(header: readonly string[]) {
    this.count = header.length;
    this.#before = fieldNamesOf(header).map((name, at) => `${at === 0 ? "{" : ","}${JSON.stringify(name)}:`);
  }

  /** JSON text of a row: the object of its cells, without missing ones; an array for a row with too many cells. */
  textOf(cells: readonly string[]): string {
    if (cells.length > this.count) return JSON.stringify(cells);
    let text = "";
    for (let at = 0; at < cells.length; at++) text += `${this.#before[at]}${JSON.stringify(cells[at])}`;
    return `${text}}`;
  }

  /** The row as a value; undefined when it has more cells than the header. */
  valueOf(cells: readonly string[], text: string): JsonValue | undefined {
    return cells.length > this.count ? undefined : (JSON.parse(text) as JsonValue);
  }
}

/** Loaded only when a table is read: other formats do not need it. */
async function loadPapa(): Promise<PapaParser> {
  const papa: unknown = (await import("papaparse")).default;
  return papa as PapaParser;
}
