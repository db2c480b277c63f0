// How fast inputs are read: a dry run, which hashes the input and reads all of its items, against a bare loop over the same library, which holds
// the input in memory.
import { Database } from "bun:sqlite";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { DuckDBInstance } from "@duckdb/node-api";
import writeExcelFile from "write-excel-file/node";
import { pair } from "../measure.ts";
import { CKPT, type Place, ROOT } from "../place.ts";
import { rateRow, type Row } from "../row.ts";

const ECHO = join(ROOT, "bench/limits/echo-module.ts");
const LOOP = join(ROOT, "bench/limits/read-loop.ts");
/** Files of an input of several. */
const SEVERAL = 100;

type Kind = {
  /** Names the row, and the loop of bench/limits/read-loop.ts. */
  readonly name: string;
  readonly what: string;
  /** The file, or the folder of files; made once for all kinds that have the same. */
  readonly file: (count: number) => string;
  readonly write: (file: string, count: number) => Promise<void> | void;
  /** Words that say what is read, and how; default: the file. */
  readonly words?: (file: string) => readonly string[];
  /** Of the items, this part; default: all. */
  readonly part?: number;
};

const question = (index: number): string => `What is the sum of the first ${index} numbers, and why?`;
const jsonOf = (id: number): string => JSON.stringify({ id, question: question(id), score: id / 7 });

const BY_LINE = "against a loop that splits all of it";
const KINDS: readonly Kind[] = [
  { name: "jsonl", what: `JSON lines, ${BY_LINE}`, file: named("jsonl"), write: pieces(jsonOf, "\n") },
  {
    name: "gz",
    what: "JSON lines in gzip, against node:zlib and the same",
    file: named("jsonl.gz"),
    write: (file, count) => writeFileSync(file, gzipSync(textOf(count, jsonOf, "\n"))),
  },
  {
    name: "zst",
    what: "JSON lines in zstd, against Bun's zstd and the same",
    file: named("jsonl.zst"),
    write: (file, count) => writeFileSync(file, Bun.zstdCompressSync(textOf(count, jsonOf, "\n"))),
  },
  { name: "txt", what: `lines of text, ${BY_LINE}`, file: named("txt"), write: pieces(question, "\n") },
  {
    name: "nul",
    what: `NUL-separated, ${BY_LINE}`,
    file: named("nul"),
    write: pieces(question, "\0"),
    words: (file) => [file, "--format", "nul"],
  },
  { name: "csv", what: "CSV, against papaparse and JSON.stringify", file: named("csv"), write: table(",") },
  { name: "tsv", what: "TSV, against the same", file: named("tsv"), write: table("\t") },
  {
    name: "array",
    what: "a JSON array, against JSON.parse of all of it",
    file: named("array.json"),
    write: (file, count) => writeFileSync(file, `[${textOf(count, jsonOf, ",").slice(0, -1)}]`),
  },
  {
    name: "json",
    what: "an array in a JSON object, against JSON.parse of all of it",
    file: named("json"),
    write: writeJson,
    words: (file) => [file, "--json-path", "data.items"],
  },
  {
    name: "several",
    what: `${SEVERAL} files of JSON lines, against a loop that splits each`,
    file: named("several"),
    write: (folder, count) =>
      writeFiles(folder, SEVERAL, "jsonl", () => textOf(count / SEVERAL, jsonOf, "\n")),
    words: (folder) => [`${folder}/*.jsonl`],
  },
  {
    name: "files",
    what: "files as items, against a loop that hashes each",
    file: named("files"),
    write: (folder, count) => writeFiles(folder, count, "txt", question),
    words: (folder) => [`${folder}/*.txt`, "--format", "files"],
    part: 0.05,
  },
  {
    name: "parquet",
    what: "Parquet, against hyparquet and JSON.stringify",
    file: named("parquet"),
    write: writeParquet,
  },
  {
    name: "sqlite",
    what: "a table of SQLite, against bun:sqlite and JSON.stringify",
    file: named("sqlite"),
    write: writeSqlite,
  },
  {
    name: "query",
    what: "a query of SQLite, against the same",
    file: named("sqlite"),
    write: writeSqlite,
    words: (file) => [file, "--query", "SELECT * FROM items ORDER BY rowid"],
  },
  {
    name: "xlsx",
    what: "a sheet, against yauzl and saxes alone",
    file: named("xlsx"),
    write: writeBook,
    part: 0.25,
  },
];

export async function inputRows(place: Place, pairs: number, count: number): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { name, what, words = (file: string) => [file], file: nameOf, write, part = 1 } of KINDS) {
    const rowCount = Math.round(count * part);
    const file = place.file(nameOf(rowCount));
    if (!existsSync(file)) await write(file, rowCount);
    const paired = await pair(
      {
        argv: [CKPT, "run", ...words(file), "--dry-run", "--module", ECHO, "--dir", place.file("d")],
        cwd: place.folder,
      },
      { argv: [process.execPath, LOOP, name, file], cwd: ROOT },
      pairs,
    );
    rows.push(
      rateRow(`input-${name}`, `${what}, ${rowCount.toLocaleString("en")} items`, rowCount, paired, null),
    );
  }
  return rows;
}

function named(ending: string): (count: number) => string {
  return (count) => `rows-${count}.${ending}`;
}

function textOf(count: number, piece: (index: number) => string, end: string): string {
  return Array.from({ length: count }, (_, index) => piece(index) + end).join("");
}

function pieces(piece: (index: number) => string, end: string): Kind["write"] {
  return (file, count) => writeFileSync(file, textOf(count, piece, end));
}

function table(delimiter: string): Kind["write"] {
  const row = (id: number): string => [id, `"${question(id)}"`, id / 7].join(delimiter);
  return (file, count) =>
    writeFileSync(file, `${["id", "question", "score"].join(delimiter)}\n${textOf(count, row, "\n")}`);
}

function writeFiles(folder: string, count: number, ending: string, text: (index: number) => string): void {
  mkdirSync(folder);
  for (let index = 0; index < count; index++) writeFileSync(join(folder, `${index}.${ending}`), text(index));
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
  writeFileSync(file, `{"count":${count},"data":{"items":[${textOf(count, jsonOf, ",").slice(0, -1)}]}}`);
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
