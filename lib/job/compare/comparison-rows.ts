// The pairs of a comparison with what they say: for the table on a screen, for `--json`, and for a file.
import { type Comparison, isDifference } from "../../core/compared-units.ts";
import { itemLabel } from "../../core/item.ts";
import { parseLossless, unquoted } from "../../core/json-text.ts";
import type { ItemError } from "../../core/record.ts";
import type { ReadResult, ResultReader } from "../../core/result-source.ts";
import { eventLoopTurn, TURN_BYTES } from "../../io/turns.ts";
import { type FieldsWriter, fieldsWriter } from "../../output/fields-writer.ts";
import type { Sink } from "../../output/output-buffer.ts";
import type { TextFormat } from "../../output/output-format.ts";
import type { JoinedField } from "../../output/result-writer.ts";
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
function* comparisonRows({ a, b, compared, all }: ComparisonCase): Generator<ComparisonRow, void> {
  const readers = [a, b].map(({ results, ids }) => results.openReader(ids));
  const [ofA, ofB] = readers;
  try {
    for (const unit of compared.units.inOrder((comparison) => all || isDifference(comparison))) {
      const { comparison, index, placeA, placeB } = unit;
      const readA = read(ofA, placeA, index);
      const readB = read(ofB, placeB, index);
      const { idJson = null, repeat = 1 } = readA ?? readB ?? {};
      yield { comparison, index, idJson, repeat, a: readA, b: readB };
    }
  } finally {
    for (const reader of readers) reader.close();
  }
}

type Read = PairedResult & Pick<ReadResult, "idJson" | "repeat">;

function read(
  reader: ResultReader<ReadResult> | undefined,
  place: number | null,
  index: number,
): Read | null {
  if (reader === undefined || place === null) return null;
  const { failed, repeat, idJson, bytes, start, end } = reader.resultAt(place, index);
  return { failed, repeat, idJson, bodyJson: bytes.toString("utf8", start, end) };
}

/** At most so many rows. */
export function firstRows(comparison: ComparisonCase, limit: number): readonly ComparisonRow[] {
  return comparisonRows(comparison).take(limit).toArray();
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

export type WrittenRows = { readonly count: number; readonly complete: boolean };

/** Writes the rows into a sink. */
export async function writeComparison(
  comparison: ComparisonCase,
  format: TextFormat,
  sink: Sink,
): Promise<WrittenRows> {
  const writer: FieldsWriter = fieldsWriter(format, COLUMNS, sink);
  const isTyped = format === "jsonl" || format === "json";
  let count = 0;
  let turnAt = TURN_BYTES;
  for (const row of comparisonRows(comparison)) {
    writer.add(rowFields(row, isTyped));
    count++;
    if (!writer.isOpen) break;
    if (writer.handedOn < turnAt) continue;
    turnAt = writer.handedOn + TURN_BYTES;
    await eventLoopTurn();
  }
  writer.end();
  return { count, complete: writer.isOpen };
}
