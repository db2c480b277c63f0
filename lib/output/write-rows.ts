// Writes rows that consist of named fields alone, in any format of an output and in bounded memory.
import { eventLoopTurn, TURN_BYTES } from "../io/turns.ts";
import type { Sink } from "./output-buffer.ts";
import type { RowFormat } from "./output-format.ts";
import { ColumnTypes } from "./parquet-types.ts";
import type { ParquetColumn } from "./parquet-writer.ts";
import type { JoinedField } from "./result-writer.ts";
import { outputBuffer, rowWriter } from "./row-writer.ts";

export type WrittenRows = {
  readonly count: number;
  /** False when the sink reported that the reader is gone. */
  readonly complete: boolean;
};

type FieldRows = AsyncIterable<readonly JoinedField[]>;

/**
 * @param rows read twice where a format has types: they are those of all values
 * @param columns the names of all fields that a row may have
 */
export async function writeRows(
  rows: () => FieldRows,
  format: RowFormat,
  columns: readonly string[],
  sink: Sink,
): Promise<WrittenRows> {
  const out = outputBuffer(format, sink);
  const writer = await rowWriter(format, {
    withRepeats: false,
    table: () => Promise.resolve({ bom: false, withIds: false, fieldNames: [], columns }),
    typedColumns: () => typedColumns(rows(), columns),
  });
  writer.begin(out);
  let count = 0;
  let turnAt = TURN_BYTES;
  for await (const fields of rows()) {
    writer.addFields(out, fields);
    count++;
    if (!out.isOpen) break;
    if (out.handedOn < turnAt) continue;
    turnAt = out.handedOn + TURN_BYTES;
    await eventLoopTurn();
  }
  writer.end(out);
  out.flush();
  return { count, complete: out.isOpen };
}

async function typedColumns(rows: FieldRows, columns: readonly string[]): Promise<readonly ParquetColumn[]> {
  const types = new ColumnTypes(false);
  for await (const fields of rows) for (const { name, json } of fields) types.add(name, json);
  return columns.map((name) => ({ name, type: types.typeOf(name) }));
}
