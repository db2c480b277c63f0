// CSV and TSV as in RFC 4180: a header, CR LF after each row, quotation marks only where needed. A string is written as is, any other value as JSON
// text, a missing field as an empty cell.
import { wellFormedJson } from "../core/json-line.ts";
import type { ItemError } from "../core/record.ts";
import type { RecordedResult } from "../core/result-source.ts";
import type { ResultWriter } from "./result-writer.ts";

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
};

const BYTE_ORDER_MARK = "\uFEFF";

/** Characters that require quotation marks around a cell. */
const SPECIAL = { ",": /[",\r\n]/, "\t": /["\t\r\n]/ } as const;

export function tableWriter(options: TableOptions): ResultWriter {
  const { delimiter, bom, withIds, withRepeats, fieldNames } = options;
  const special = SPECIAL[delimiter];
  const row = (cells: readonly string[]): string =>
    `${cells.map((cell) => quoteCell(cell, special)).join(delimiter)}\r\n`;
  const columnOf = new Map(fieldNames.map((name, column) => [name, column]));
  return {
    begin(out) {
      const own = ["index", ...(withIds ? ["id"] : []), ...(withRepeats ? ["repeat"] : [])];
      const header = row([...own, "status", "output", "error", ...fieldNames]);
      out.text(bom ? BYTE_ORDER_MARK + header : header);
    },
    add(out, index, result, fields) {
      const cells = ownCells(index, result, options);
      const joined = fieldNames.map(() => "");
      for (const { name, json } of fields) {
        const column = columnOf.get(name);
        if (column === undefined) throw new Error(`no column for the field ${name}`);
        joined[column] = cellText(json);
      }
      out.text(row([...cells, ...joined]));
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
  if (withIds) cells.push(idJson === null ? "" : cellText(idJson));
  if (withRepeats) cells.push(String(repeat));
  if (failed) cells.push("failed", "", errorText(body));
  else cells.push("ok", cellText(body), "");
  return cells;
}

/** A string as is, any other value as JSON text. Half of a surrogate pair becomes U+FFFD when written as UTF-8. */
function cellText(json: string): string {
  return json.startsWith('"') ? (JSON.parse(json) as string) : wellFormedJson(json);
}

function errorText(json: string): string {
  const { kind, message } = JSON.parse(json) as ItemError;
  return `${kind}: ${message}`;
}

function quoteCell(cell: string, special: RegExp): string {
  const quoted = special.test(cell) || cell.startsWith(" ") || cell.endsWith(" ");
  return quoted ? `"${cell.replaceAll('"', '""')}"` : cell;
}
