// Parquet: a row an item, one row group in memory at a time. Groups are decoded by hyparquet, which is loaded with the first file; types that it would
// make numbers or dates of are taken raw and written here, so that no digit is lost.
import type {
  AsyncBuffer,
  ColumnData,
  Compressors,
  FileMetaData,
  ParquetParsers,
  SchemaTree,
} from "hyparquet";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { causeText, CkptError } from "../core/errors.ts";
import { collectGarbage } from "../io/garbage.ts";
import type { RandomFile } from "../io/random-file.ts";
import { ITEMS_PER_ARRAY } from "./format-reader.ts";
import type { InputSpec } from "./input.ts";
import { takeRawTypes, type WriteValue, writerOf } from "./parquet-values.ts";
import type { Rows } from "./rows-part.ts";

/** A row group is decoded as a whole, into several times its bytes. */
const GROUP_BYTES_MAX = 1 << 30;
const MAGIC_BYTES = 4;
/** Both marks, and the length of the footer. */
const FILE_BYTES_MIN = 12;

/** What messages need of a file. */
type Named = Pick<InputSpec, "shownPath" | "format">;

/** A `RowFormat` (rows-part.ts). Also reads outputs back. */
export async function* parquet(
  file: RandomFile,
  spec: Named,
  isWanted: (first: number, count: number) => boolean,
): AsyncGenerator<Rows, void> {
  const { source, metadata, columns } = await readFooter(file, spec);
  const { parquetRead } = await import("hyparquet");
  checkGroups(metadata, spec);
  const writers = columns.map((column) => writerOf(column));
  takeRawTypes(metadata.schema);
  const compressors = await compressorsFor(metadata);
  let first = 0;
  for (const [at, group] of metadata.row_groups.entries()) {
    const count = Number(group.num_rows);
    if (isWanted(first, count)) {
      const read = (onChunk: (chunk: ColumnData) => void): Promise<void> =>
        parquetRead({
          file: source,
          metadata,
          rowStart: first,
          rowEnd: first + count,
          utf8: false,
          compressors,
          parsers: PARSERS,
          onChunk,
        });
      const chunks = await naming(
        spec,
        (cause) => `row group ${at + 1} cannot be read: ${cause}`,
        () => readGroup(read, columns),
      );
      yield* rowsOf(columns, chunks, writers, first, count);
      collectGarbage();
    } else if (count > 0) {
      yield { skipped: count };
    }
    first += count;
  }
}

/** Names of the columns, from the footer alone. @throws input.malformed */
export async function parquetColumns(
  file: RandomFile,
  spec: Named,
): Promise<ReadonlyMap<string, { readonly isScalar: boolean }>> {
  const { columns } = await readFooter(file, spec);
  return new Map(columns.map(({ element, children }) => [element.name, { isScalar: children.length === 0 }]));
}

type Footer = {
  readonly source: AsyncBuffer;
  readonly metadata: FileMetaData;
  readonly columns: readonly SchemaTree[];
};

async function readFooter(file: RandomFile, spec: Named): Promise<Footer> {
  checkMarks(file, spec);
  const library = await import("hyparquet");
  const source = {
    byteLength: file.sizeBytes,
    slice: (start: number, end = file.sizeBytes) => file.slice(start, end).buffer,
  };
  const metadata = await naming(
    spec,
    (cause) => `its footer cannot be read: ${cause}`,
    () => library.parquetMetadataAsync(source, { geoparquet: false }),
  );
  return { source, metadata, columns: library.parquetSchema(metadata).children };
}

/** The head is not looked at by anybody else, and a file that was cut ends anywhere. */
function checkMarks(file: RandomFile, spec: Named): void {
  const { sizeBytes } = file;
  const mark = (start: number): string =>
    Buffer.from(file.slice(start, start + MAGIC_BYTES)).toString("latin1");
  const head = sizeBytes < MAGIC_BYTES ? "" : mark(0);
  const tail = sizeBytes < FILE_BYTES_MIN ? "" : mark(sizeBytes - MAGIC_BYTES);
  if (head === "PARE" || tail === "PARE") throw badFile(spec, "it is encrypted");
  if (head !== "PAR1") throw badFile(spec, "it does not begin as Parquet does (PAR1)");
  if (tail !== "PAR1") throw badFile(spec, "it is cut off: it does not end as Parquet does (PAR1)");
}

function checkGroups({ row_groups: groups }: FileMetaData, spec: Named): void {
  for (const [at, { columns }] of groups.entries()) {
    const number = at + 1;
    let bytes = 0;
    for (const { meta_data: data, crypto_metadata: crypto, file_path: elsewhere } of columns) {
      if (crypto !== undefined || data === undefined) throw badFile(spec, `row group ${number} is encrypted`);
      if (elsewhere !== undefined)
        throw badFile(spec, `row group ${number} stands in another file: ${elsewhere}`);
      bytes += Number(data.total_uncompressed_size);
    }
    if (bytes > GROUP_BYTES_MAX)
      throw badFile(spec, `row group ${number} is too large: ${bytes} bytes, at most ${GROUP_BYTES_MAX}`);
  }
}

function badFile({ shownPath: path, format }: Named, cause: string): CkptError {
  return new CkptError("input.badFile", { path, format, cause });
}

/** What the decoder throws is said with its place; what is said already stays. */
async function naming<T>(spec: Named, saying: (cause: string) => string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw error instanceof CkptError ? error : badFile(spec, saying(causeText(error)));
  }
}

/** Those of the platform; what it has not is loaded where a file needs it. */
async function compressorsFor({ row_groups: groups }: FileMetaData): Promise<Compressors> {
  const needed = new Set(groups.flatMap(({ columns }) => columns.map((column) => column.meta_data?.codec)));
  const others =
    needed.has("LZ4") || needed.has("LZ4_RAW") ? (await import("hyparquet-compressors")).compressors : {};
  return {
    ...others,
    // node:zlib gives short output of a cut frame; Bun's own refuses it.
    ZSTD: (input) => Bun.zstdDecompressSync(input),
    GZIP: (input) => gunzipSync(input),
    BROTLI: (input) => brotliDecompressSync(input),
  };
}

/** Nothing is made of times and dates here: their digits are written as they are. */
const raw = (value: unknown): unknown => value;
const PARSERS: Partial<ParquetParsers> = {
  timestampFromMilliseconds: raw,
  timestampFromMicroseconds: raw,
  timestampFromNanoseconds: raw,
  dateFromDays: raw,
  jsonFromBytes: raw,
};

/** The pieces of each column, in the order of the columns. */
type Chunks = readonly (readonly ColumnData[])[];

async function readGroup(
  read: (onChunk: (chunk: ColumnData) => void) => Promise<void>,
  columns: readonly SchemaTree[],
): Promise<Chunks> {
  const chunks = new Map<string, ColumnData[]>(columns.map(({ element }) => [element.name, []]));
  await read((chunk) => chunks.get(chunk.columnName)?.push(chunk));
  return columns.map(({ element }) => chunks.get(element.name) ?? []);
}

/** The rows of a group, a few hundred at once. */
function* rowsOf(
  columns: readonly SchemaTree[],
  chunks: Chunks,
  writers: readonly WriteValue[],
  first: number,
  count: number,
): Generator<Rows, void> {
  const before = columns.map(({ element }, at) => `${at === 0 ? "{" : ","}${JSON.stringify(element.name)}:`);
  /** Which piece of each column is at its turn. */
  const pieces = columns.map(() => 0);
  for (let from = first; from < first + count; from += ITEMS_PER_ARRAY) {
    const texts: string[] = [];
    for (let row = from; row < Math.min(from + ITEMS_PER_ARRAY, first + count); row++) {
      let text = columns.length === 0 ? "{" : "";
      for (let column = 0; column < columns.length; column++) {
        text +=
          (before[column] ?? "") +
          (writers[column] ?? String)(valueAt(chunks[column] ?? [], pieces, column, row));
      }
      texts.push(`${text}}`);
    }
    yield { lines: texts.map((_, row) => from + row + 1), texts };
  }
}

function valueAt(chunks: readonly ColumnData[], pieces: number[], column: number, row: number): unknown {
  for (;;) {
    const at = pieces[column] ?? 0;
    const chunk = chunks[at];
    if (chunk === undefined) return null;
    if (row < chunk.rowEnd) return chunk.columnData[row - chunk.rowStart];
    pieces[column] = at + 1;
  }
}
