// The pairs of a comparison with what they say: for the table on a screen, for `--json`, and for a file.
import { type Comparison, isDifference } from "../../core/compared-units.ts";
import { itemLabel } from "../../core/item.ts";
import { parseLossless, unquoted } from "../../core/json-text.ts";
import type { ItemError } from "../../core/record.ts";
import type { AnyReader, ReadResult } from "../../core/result-source.ts";
import type { Sink } from "../../output/output-buffer.ts";
import type { RowFormat } from "../../output/output-format.ts";
import type { JoinedField } from "../../output/result-writer.ts";
import { writeRows, type WrittenRows } from "../../output/write-rows.ts";
import type { ComparedResults } from "./compare-results.ts";
import type { ComparedSide } from "./compared-side.ts";

/** What one side has: JSON text of its output or error. */
export type PairedResult = { readonly failed: boolean; readonly bodyJson: string };

export type ComparisonRow = {
  readonly comparison: Comparison;
  readonly index: number;
  readonly idJson: string | null;
  readonly repeat: number;
  readonly a: PairedResult | null;
  readonly b: PairedResult | null;
};

export type ComparisonCase = {
  readonly a: ComparedSide;
  readonly b: ComparedSide;
  readonly compared: ComparedResults;
  /** Pairs that are the same, or failed on both sides, have rows as well. */
  readonly all: boolean;
};

/** The rows, in the order of the items. A row is complete: it stays valid. @throws checkpoint.damaged, output.notResults */
async function* comparisonRows({ a, b, compared, all }: ComparisonCase): AsyncGenerator<ComparisonRow, void> {
  const readers = [a, b].map(({ results, ids }) => results.openReader(ids));
  const [ofA, ofB] = readers;
  try {
    for (const unit of compared.units.inOrder((comparison) => all || isDifference(comparison))) {
      const { comparison, index, placeA, placeB } = unit;
      const readA = await read(ofA, placeA, index);
      const readB = await read(ofB, placeB, index);
      const { idJson = null, repeat = 1 } = readA ?? readB ?? {};
      yield { comparison, index, idJson, repeat, a: readA, b: readB };
    }
  } finally {
    for (const reader of readers) reader.close();
  }
}

type Read = PairedResult & Pick<ReadResult, "idJson" | "repeat">;

async function read(
  reader: AnyReader | undefined,
  place: number | null,
  index: number,
): Promise<Read | null> {
  if (reader === undefined || place === null) return null;
  const { failed, repeat, idJson, bytes, start, end } = await reader.resultAt(place, index);
  return { failed, repeat, idJson, bodyJson: bytes.toString("utf8", start, end) };
}

/** At most so many rows. */
export async function firstRows(
  comparison: ComparisonCase,
  limit: number,
): Promise<readonly ComparisonRow[]> {
  const rows: ComparisonRow[] = [];
  if (limit > 0) for await (const row of comparisonRows(comparison)) if (rows.push(row) >= limit) break;
  return rows;
}

export function rowLabel({ idJson, index, repeat }: ComparisonRow): string {
  const item = itemLabel(idJson === null ? null : unquoted(idJson), index);
  return repeat === 1 ? item : `${item} (${repeat})`;
}

/** The documented fields (docs/scripting.md). */
export function rowJson(row: ComparisonRow): object {
  return Object.fromEntries(rowFields(row, true).map(({ name, json }) => [name, parseLossless(json)]));
}

/** Columns of a table: all fields that a row may have. */
const COLUMNS = [
  "index",
  "id",
  "repeat",
  "comparison",
  "output_a",
  "output_b",
  "error_a",
  "error_b",
] as const;

/** @param isTyped errors are objects; else a text, as in a table */
function rowFields(
  { comparison, index, idJson, repeat, a, b }: ComparisonRow,
  isTyped: boolean,
): JoinedField[] {
  const values: { readonly [name in (typeof COLUMNS)[number]]: string | null } = {
    index: String(index),
    id: idJson,
    repeat: repeat === 1 ? null : String(repeat),
    comparison: JSON.stringify(comparison),
    output_a: a === null || a.failed ? null : a.bodyJson,
    output_b: b === null || b.failed ? null : b.bodyJson,
    error_a: errorJson(a, isTyped),
    error_b: errorJson(b, isTyped),
  };
  return COLUMNS.flatMap((name) => {
    const json = values[name];
    return json === null ? [] : [{ name, json }];
  });
}

function errorJson(result: PairedResult | null, isTyped: boolean): string | null {
  if (result?.failed !== true) return null;
  if (isTyped) return result.bodyJson;
  const { kind, message } = JSON.parse(result.bodyJson) as ItemError;
  return JSON.stringify(`${kind}: ${message}`);
}

/** Writes the rows into a sink. */
export function writeComparison(
  comparison: ComparisonCase,
  format: RowFormat,
  sink: Sink,
): Promise<WrittenRows> {
  const isTyped = format !== "csv" && format !== "tsv";
  const rows = async function* (): AsyncGenerator<readonly JoinedField[], void> {
    for await (const row of comparisonRows(comparison)) yield rowFields(row, isTyped);
  };
  return writeRows(rows, format, COLUMNS, sink);
}
