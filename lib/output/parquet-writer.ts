// Parquet: a row group at a time in memory, compressed with zstd. Types are known before the first row (parquet-types.ts). hyparquet-writer is loaded
// with the first such output.
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import { collectGarbage } from "../io/garbage.ts";
import type { OutputBuffer } from "./output-buffer.ts";
import { type ColumnType, type ColumnValue, columnValue } from "./parquet-types.ts";
import type { JoinedField, RowWriter } from "./result-writer.ts";

/** A row group ends with the first of these: larger groups are no faster to read and cost memory to write. */
const GROUP_ROWS = 20_000;
const GROUP_CHARACTERS = 16 << 20;

/** The library keeps the least and the greatest value of each group whole until the end: that helps readers of short values, and costs memory for long ones. */
const COMPARED_CHARACTERS_MAX = 256;

export type ParquetColumn = { readonly name: string; readonly type: ColumnType };

type SchemaElement = ConstructorParameters<typeof ParquetWriter>[0]["schema"][number];

const ELEMENTS: { readonly [type in ColumnType]: Omit<SchemaElement, "name"> } = {
  boolean: { type: "BOOLEAN" },
  int64: { type: "INT64" },
  double: { type: "DOUBLE" },
  text: { type: "BYTE_ARRAY", converted_type: "UTF8", logical_type: { type: "STRING" } },
  // With the older name JSON the library would encode the text once more.
  json: { type: "BYTE_ARRAY", converted_type: "UTF8", logical_type: { type: "JSON" } },
};

/** Rows consist of fields alone. @param columns all columns, at least one */
export function parquetWriter(columns: readonly ParquetColumn[]): RowWriter {
  const columnOf = new Map(columns.map(({ name }, column) => [name, column]));
  const bytes = new ByteWriter();
  const file = new ParquetWriter({
    writer: bytes,
    schema: schemaOf(columns),
    codec: "ZSTD",
    compressors: ZSTD,
  });
  let group = newGroup(columns);
  const handOn = (out: OutputBuffer): void => {
    const { buffer, index } = bytes;
    out.bytes(Buffer.from(buffer, 0, index), 0, index);
    bytes.index = 0;
  };
  const endGroup = (out: OutputBuffer): void => {
    const columnData = columns.map(({ name, type }, column) => ({
      name,
      data: group.values[column] ?? [],
      statistics: type !== "json" && (group.longest[column] ?? 0) <= COMPARED_CHARACTERS_MAX,
    }));
    // The sink is synchronous, and so is the library then.
    void file.write({ columnData, rowGroupSize: GROUP_ROWS });
    handOn(out);
    group = newGroup(columns);
    collectGarbage();
  };
  return {
    begin: handOn,
    addFields(out, fields) {
      addRow(group, columns, columnOf, fields);
      if (group.rows >= GROUP_ROWS || group.characters >= GROUP_CHARACTERS) endGroup(out);
    },
    end(out) {
      if (group.rows > 0) endGroup(out);
      void file.finish();
      handOn(out);
    },
  };
}

const ZSTD = { ZSTD: (bytes: Uint8Array): Uint8Array => Bun.zstdCompressSync(bytes) };

function schemaOf(columns: readonly ParquetColumn[]): SchemaElement[] {
  const leaves = columns.map(({ name, type }) => ({
    name,
    repetition_type: "OPTIONAL" as const,
    ...ELEMENTS[type],
  }));
  return [{ name: "root", num_children: leaves.length }, ...leaves];
}

type Group = {
  /** The values of each column. */
  readonly values: ColumnValue[][];
  /** Characters of the longest value of each column. */
  readonly longest: number[];
  rows: number;
  characters: number;
};

function newGroup(columns: readonly ParquetColumn[]): Group {
  return { values: columns.map(() => []), longest: columns.map(() => 0), rows: 0, characters: 0 };
}

/** What a row lacks is null. */
function addRow(
  group: Group,
  columns: readonly ParquetColumn[],
  columnOf: ReadonlyMap<string, number>,
  fields: readonly JoinedField[],
): void {
  for (const values of group.values) values.push(null);
  for (const { name, json } of fields) {
    const column = columnOf.get(name) ?? -1;
    const type = columns[column]?.type;
    const values = group.values[column];
    if (type === undefined || values === undefined) throw new Error(`no column for the field ${name}`);
    values[group.rows] = columnValue(type, json);
    group.longest[column] = Math.max(group.longest[column] ?? 0, json.length);
    group.characters += json.length;
  }
  group.rows++;
}
