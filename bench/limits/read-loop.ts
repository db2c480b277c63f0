// The limit for reading an input that is no stream of text: a bare loop over the same library, which hashes the file and makes JSON text of each row.
// Arguments: kind, file.
import { Database } from "bun:sqlite";
import { openSync, readFileSync, readSync, statSync } from "node:fs";

const [kind = "", file = ""] = process.argv.slice(2);
const LOOPS: Readonly<Record<string, () => number | Promise<number>>> = { parquet, sqlite, json, xlsx };
const loop = LOOPS[kind];
if (loop === undefined) throw new Error(`no loop ${kind}`);
if (kind !== "sqlite") Bun.SHA256.hash(readFileSync(file));
console.log(await loop());

type WithRaw = { rawJSON(text: string): unknown };
function exact(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? (JSON as unknown as WithRaw).rawJSON(String(value)) : value;
}

function see(row: unknown): void {
  Bun.SHA256.hash(JSON.stringify(row, exact));
}

async function parquet(): Promise<number> {
  const { parquetMetadataAsync, parquetReadObjects } = await import("hyparquet");
  const fd = openSync(file, "r");
  const { size } = statSync(file);
  const source = {
    byteLength: size,
    slice(start: number, end = size): ArrayBuffer {
      const bytes = new Uint8Array(end - start);
      readSync(fd, bytes, 0, bytes.length, start);
      return bytes.buffer;
    },
  };
  const metadata = await parquetMetadataAsync(source);
  const compressors = { ZSTD: (input: Uint8Array) => Bun.zstdDecompressSync(input) };
  let rows = 0;
  for (const group of metadata.row_groups) {
    const rowEnd = rows + Number(group.num_rows);
    for (const row of await parquetReadObjects({
      file: source,
      metadata,
      rowStart: rows,
      rowEnd,
      compressors,
    }))
      see(row);
    rows = rowEnd;
  }
  return rows;
}

function sqlite(): number {
  using database = new Database(file, { readonly: true, safeIntegers: true });
  let rows = 0;
  for (const row of database.query("SELECT * FROM items ORDER BY rowid").iterate()) {
    see(row);
    rows++;
  }
  return rows;
}

function json(): number {
  const { data } = JSON.parse(readFileSync(file, "utf8")) as {
    readonly data: { readonly items: readonly unknown[] };
  };
  for (const row of data.items) see(row);
  return data.items.length;
}

/** The events of the sheet alone. */
async function xlsx(): Promise<number> {
  const yauzl = await import("yauzl");
  const { SaxesParser } = await import("saxes");
  const zip = await yauzl.openPromise(file);
  let rows = 0;
  for await (const entry of zip.eachEntry()) {
    if (!entry.fileName.startsWith("xl/worksheets/")) continue;
    const parser = new SaxesParser();
    parser.on("opentag", ({ name }) => {
      if (name === "row") rows++;
    });
    for await (const piece of await zip.openReadStreamPromise(entry)) parser.write(String(piece));
    parser.close();
  }
  return rows;
}
