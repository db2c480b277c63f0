// CSV and TSV as in RFC 4180: a header, CR LF after each row, quotation marks only where needed. A string is written as is, any other value as JSON
// text, a missing field as an empty cell.
import type { ItemError } from "../core/record.ts";
import type { RecordedResult } from "../core/result-source.ts";
import type { JoinedField, ResultWriter } from "./result-writer.ts";
import { fieldText } from "./row-fields.ts";

export type TableOptions = {
  readonly delimiter: "," | "\t";
  /** Whether to start with the bytes EF BB BF. */
  readonly bom: boolean;
  /** Whether there is a column `id`. */
  readonly withIds: boolean;
  /** Whether there is a column `repeat`: which of the answers to its item a result is. */
  readonly withRepeats: boolean;
  /** Names of the columns after those of the result. */
  readonly fieldNames: readonly string[];
  /** All columns, where rows consist of their fields alone (`addFields`). */
  readonly columns?: readonly string[];
};

const BYTE_ORDER_MARK = "\uFEFF";

/** Characters that require quotation marks around a cell. */
const SPECIAL = { ",": /[",\r\n]/, "\t": /["\t\r\n]/ } as const;

export function tableWriter(options: TableOptions): ResultWriter {
  const { delimiter, bom, withIds, withRepeats, fieldNames } = options;
  const special = SPECIAL[delimiter];
  const row = (cells: readonly string[]): string =>
    `${cells.map((cell) => quoteCell(cell, special)).join(delimiter)}\r\n`;
  const columnOf = new Map((options.columns ?? fieldNames).map((name, column) => [name, column]));
  const placed = (fields: readonly JoinedField[]): string[] => {
    const cells = Array.from(columnOf, () => "");
    for (const { name, json } of fields) {
      const column = columnOf.get(name);
      if (column === undefined) throw new Error(`no column for the field ${name}`);
      cells[column] = name === "error" && json.startsWith("{") ? errorText(json) : fieldText(json);
    }
    return cells;
  };
  return {
    begin(out) {
      const own = ["index", ...(withIds ? ["id"] : []), ...(withRepeats ? ["repeat"] : [])];
      const header = row(options.columns ?? [...own, "status", "output", "error", ...fieldNames]);
      out.text(bom ? BYTE_ORDER_MARK + header : header);
    },
    add(out, index, result, fields) {
      out.text(row([...ownCells(index, result, options), ...placed(fields)]));
    },
    addFields(out, fields) {
      out.text(row(placed(fields)));
    },
    end: () => undefined,
  };
}

function ownCells(
  index: number,
  result: RecordedResult,
  { withIds, withRepeats }: Pick<TableOptions, "withIds" | "withRepeats">,
): string[] {
  const { failed, repeat, idJson, bytes, start, end } = result;
  const body = bytes.toString("utf8", start, end);
  const cells = [String(index)];
  if (withIds) cells.push(idJson === null ? "" : fieldText(idJson));
  if (withRepeats) cells.push(String(repeat));
  if (failed) cells.push("failed", "", errorText(body));
  else cells.push("ok", fieldText(body), "");
  return cells;
}

function errorText(json: string): string {
  const { kind, message } = JSON.parse(json) as ItemError;
  return `${kind}: ${message}`;
}

function quoteCell(cell: string, special: RegExp): string {
  const quoted = special.test(cell) || cell.startsWith(" ") || cell.endsWith(" ");
  return quoted ? `"${cell.replaceAll('"', '""')}"` : cell;
}
