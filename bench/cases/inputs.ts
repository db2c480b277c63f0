// How fast inputs are read that are no stream of text: a dry run, which hashes the file and reads all of its rows, against a bare loop over the same library.
import { Database } from "bun:sqlite";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import writeExcelFile from "write-excel-file/node";
import { pair } from "../measure.ts";
import { CKPT, type Place, ROOT } from "../place.ts";
import { rateRow, type Row } from "../row.ts";

const ECHO = join(ROOT, "bench/limits/echo-module.ts");
const LOOP = join(ROOT, "bench/limits/read-loop.ts");

type Kind = {
  readonly name: string;
  readonly what: string;
  /** Words that say how the file is read. */
  readonly words?: readonly string[];
  readonly write: (file: string, count: number) => Promise<void> | void;
  /** Of the items, this part. */
  readonly part: number;
};

const question = (index: number): string => `What is the sum of the first ${index} numbers, and why?`;

const KINDS: readonly Kind[] = [
  { name: "parquet", what: "Parquet, against hyparquet and JSON.stringify", write: writeParquet, part: 1 },
  { name: "sqlite", what: "SQLite, against bun:sqlite and JSON.stringify", write: writeSqlite, part: 1 },
  {
    name: "json",
    what: "an array in a JSON object, against JSON.parse of all of it",
    words: ["--json-path", "data.items"],
    write: writeJson,
    part: 1,
  },
  { name: "xlsx", what: "a sheet, against yauzl and saxes alone", write: writeBook, part: 0.25 },
];

export async function inputRows(place: Place, pairs: number, count: number): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { name, what, words = [], write, part } of KINDS) {
    const rowCount = Math.round(count * part);
    const file = place.file(`items-${rowCount}.${name}`);
    if (!existsSync(file)) await write(file, rowCount);
    const paired = await pair(
      {
        argv: [CKPT, "run", file, ...words, "--dry-run", "--module", ECHO, "--dir", place.file("d")],
        cwd: place.folder,
      },
      { argv: [process.execPath, LOOP, name, file], cwd: ROOT },
      pairs,
    );
    rows.push(
      rateRow(`input-${name}`, `${what}, ${rowCount.toLocaleString("en")} rows`, rowCount, paired, null),
    );
  }
  return rows;
}

async function writeParquet(file: string, count: number): Promise<void> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const rows = `SELECT range AS id, 'What is the sum of the first ' || range || ' numbers, and why?' AS question, range / 7 AS score FROM range(${count})`;
  await connection.run(`COPY (${rows}) TO '${file}' (FORMAT parquet, COMPRESSION zstd)`);
  connection.closeSync();
}

function writeSqlite(file: string, count: number): void {
  using database = new Database(file, { create: true });
  database.run("CREATE TABLE items (id INTEGER PRIMARY KEY, question TEXT, score REAL)");
  const insert = database.prepare("INSERT INTO items VALUES (?, ?, ?)");
  database.transaction(() => {
    for (let index = 0; index < count; index++) insert.run(index, question(index), index / 7);
  })();
}

function writeJson(file: string, count: number): void {
  const items = Array.from({ length: count }, (_, id) => ({ id, question: question(id), score: id / 7 }));
  writeFileSync(file, JSON.stringify({ count, data: { items } }));
}

async function writeBook(file: string, count: number): Promise<void> {
  const header = ["id", "question", "score"].map((value) => ({ type: String, value }));
  const rows = Array.from({ length: count }, (_, id) => [
    { type: Number, value: id },
    { type: String, value: question(id) },
    { type: Number, value: id / 7 },
  ]);
  await writeExcelFile([header, ...rows]).toFile(file);
}
