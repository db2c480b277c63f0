// A row of an output file, as `run` and `export` write it, read back as a result.
import { quotedEnd, usualDelimiter } from "../core/delimiter.ts";
import { unquoted } from "../core/json-text.ts";
import { objectFields } from "../core/object-fields.ts";
import { BATCH_ID, batchError, batchResult } from "../core/openai-batch.ts";
import type { ItemError } from "../core/record.ts";
import { jsonProblem } from "../input/format-reader.ts";
import type { TextFormat } from "./output-format.ts";

export type OutputRow = {
  /** Null: not in the row. */
  readonly index: number | null;
  /** JSON text of the id; null: not in the row. */
  readonly idJson: string | null;
  readonly repeat: number;
  readonly failed: boolean;
  /** JSON text of its output or error. */
  readonly bodyJson: string;
};

/** Null: an item without a result. A text: why this is not the row of a result. */
export type ReadRow = OutputRow | null | string;
export type RowParser = (text: string) => ReadRow;

/** The rows of an output file. A place is found again with `at`. */
export type OutputRows = {
  /** Visits rows until `visit` returns false. @throws CkptError `output.unreadable` */
  each(visit: (row: ReadRow, place: number) => boolean): Promise<void>;
  open(): RowsByPlace;
};

export type RowsByPlace = {
  /** Undefined: no row is there any more. @throws CkptError `output.unreadable` */
  at(place: number): ReadRow | undefined | Promise<ReadRow | undefined>;
  close(): void;
};

const PENDING = '"pending"';

/** The parser of lines and of elements of an array. */
export const parseJsonRow: RowParser = (text) => {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return "no JSON object";
  } catch (error) {
    return jsonProblem(error);
  }
  return rowOf(objectFields(text));
};

export type TableHeader = { readonly names: readonly string[]; readonly delimiter: string };

/** The header of a table, from its first row. */
export function tableHeader(text: string, format: TextFormat): TableHeader {
  const delimiter = usualDelimiter(format);
  return { names: cellsOf(text, delimiter) ?? [], delimiter };
}

/** The parser of the rows below a header. */
export function tableRowParser({ names, delimiter }: TableHeader): RowParser {
  return (text) => {
    const cells = cellsOf(text, delimiter);
    if (cells === null) return "text behind the closing quote of a cell";
    if (cells.length !== names.length) return `${cells.length} cells, the header has ${names.length}`;
    return rowOf(new Map(cells.flatMap((cell, at) => jsonCell(names[at] ?? "", cell))));
  };
}

/** A cell as the field of a line would be: an empty one is none, but for an empty output. */
function jsonCell(name: string, cell: string): readonly (readonly [string, string])[] {
  if (cell === "" && name !== "output") return [];
  switch (name) {
    case "index":
    case "repeat":
      return [[name, cell]];
    case "error":
      return [[name, JSON.stringify(errorOf(cell))]];
    default:
      return [[name, JSON.stringify(cell)]];
  }
}

/** The reverse of what a table has for an error: `kind: message`. */
function errorOf(cell: string): ItemError {
  const [, kind, message] = /^(\w+): ([^]*)$/.exec(cell) ?? [];
  return { kind: kind ?? "other", message: message ?? cell };
}

function rowOf(fields: ReadonlyMap<string, string>): ReadRow {
  if (fields.has(BATCH_ID) && fields.has("response")) return batchRow(fields);
  const [status, output] = [fields.get("status"), fields.get("output")];
  const error = notNull(fields.get("error"));
  if (status === PENDING) return null;
  const failed = status === '"failed"' || (status === undefined && error !== undefined);
  const bodyJson = failed ? error : output;
  if (bodyJson === undefined) return `no field "${failed ? "error" : "output"}"`;
  const index = Number(fields.get("index") ?? Number.NaN);
  return {
    index: Number.isInteger(index) ? index : null,
    idJson: notNull(fields.get("id")) ?? null,
    repeat: Number(notNull(fields.get("repeat")) ?? 1),
    failed,
    bodyJson,
  };
}

/** Where each row has all columns (Parquet), null stands for none. */
function notNull(json: string | undefined): string | undefined {
  return json === "null" ? undefined : json;
}

/** A line of a batch output. */
function batchRow(fields: ReadonlyMap<string, string>): OutputRow {
  const result = batchResult(fields);
  const { code, message } = batchError(result);
  const error = { kind: code ?? "other", message: message ?? "" };
  return {
    index: null,
    idJson: fields.get(BATCH_ID) ?? null,
    repeat: 1,
    failed: !result.isOk,
    bodyJson: result.isOk && result.body !== null ? result.body : JSON.stringify(error),
  };
}

/** The text of a row's id; null without one. */
export function idOfRow({ idJson }: OutputRow): string | null {
  return idJson === null ? null : unquoted(idJson);
}

/** The cells of a row of RFC 4180; null where it is none. */
function cellsOf(row: string, delimiter: string): string[] | null {
  const text = row.endsWith("\r") ? row.slice(0, -1) : row;
  const cells: string[] = [];
  for (let at = 0; ;) {
    const isQuoted = text[at] === '"';
    const found = isQuoted ? quotedEnd(text, at) : text.indexOf(delimiter, at);
    const end = found === -1 ? text.length : found;
    cells.push(isQuoted ? text.slice(at + 1, end - 1).replaceAll('""', '"') : text.slice(at, end));
    if (end >= text.length) return cells;
    if (text[end] !== delimiter) return null;
    at = end + 1;
  }
}
