// The limit for reading an input: a bare loop over the same library, which hashes the file, and the text of each item (JSON text of a row).
// Arguments: kind, file or folder.
import { Database } from "bun:sqlite";
import { openSync, readdirSync, readFileSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import Papa from "papaparse";

const [kind = "", file = ""] = process.argv.slice(2);
const LOOPS: Readonly<Record<string, () => number | Promise<number>>> = {
  jsonl: () => split(readFileSync(file), "\n"),
  gz: () => split(gunzipSync(readFileSync(file)), "\n"),
  zst: () => split(Bun.zstdDecompressSync(readFileSync(file)), "\n"),
  txt: () => split(readFileSync(file), "\n"),
  nul: () => split(readFileSync(file), "\0"),
  csv,
  tsv: csv,
  array: () => all(JSON.parse(readFileSync(file, "utf8")) as readonly unknown[]),
  json: () => all((JSON.parse(readFileSync(file, "utf8")) as WithItems).data.items),
  several,
  files,
  parquet,
  sqlite,
  query: sqlite,
  xlsx,
};
const loop = LOOPS[kind];
if (loop === undefined) throw new Error(`no loop ${kind}`);
if (statSync(file).isFile() && loop !== sqlite) Bun.SHA256.hash(readFileSync(file));
console.log(await loop());

type WithItems = { readonly data: { readonly items: readonly unknown[] } };

function split(bytes: Buffer, end: string): number {
  const texts = bytes.toString("utf8").split(end);
  for (const text of texts) Bun.SHA256.hash(text);
  return texts.length - 1;
}

function several(): number {
  let items = 0;
  for (const name of readdirSync(file).toSorted()) {
    const bytes = readFileSync(join(file, name));
    Bun.SHA256.hash(bytes);
    items += split(bytes, "\n");
  }
  return items;
}

function files(): number {
  const names = readdirSync(file).toSorted();
  for (const name of names) Bun.SHA256.hash(readFileSync(join(file, name)));
  return names.length;
}

function csv(): number {
  let rows = 0;
  Papa.parse<unknown>(readFileSync(file, "utf8"), {
    header: true,
    skipEmptyLines: true,
    step: ({ data }) => {
      see(data);
      rows++;
    },
  });
  return rows;
}

function all(rows: readonly unknown[]): number {
  for (const row of rows) see(row);
  return rows.length;
}

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
