// Rows of a table, or of a query, of an SQLite database. What is known of the input is its rows: their hash is the input's, and each chunk of them is
// compared with what was scanned before an item of it is handed on.
import { cutText } from "../core/cut-text.ts";
import { CkptError, causeText } from "../core/errors.ts";
import type { Item, JsonValue } from "../core/item.ts";
import { nearestOf } from "../core/nearest.ts";
import { orUnreadable } from "../io/blocks.ts";
import type { FileSystem } from "../io/fs.ts";
import { SqliteDatabase, type SqliteRow, type SqliteValue, sqlName } from "../io/sqlite.ts";
import type { InputPart, InputSpec, Want } from "./input.ts";
import { RowReader } from "./row-items.ts";

/** Column that has the row's number. No table has one of this name, nor does anybody see it. */
const ROWID_ALIAS = "ckpt\u0001rowid";
const ROWID_NAMES = ["rowid", "_rowid_", "oid"];

export function sqlitePart(spec: InputSpec, fs: FileSystem): InputPart {
  let file = spec.path;
  let snapshot: SqliteDatabase | null = null;
  const open = (): SqliteDatabase => {
    if (snapshot !== null) return snapshot;
    const database = new SqliteDatabase(fs, file);
    // It lasts as long as the process, so that a plan and what is read by it are of the same rows.
    if (database.hasSnapshot) snapshot = database;
    return database;
  };
  const rows = new RowReader(spec, () => sqliteRows(spec, open));
  const sizeBytes = (): number => orUnreadable(spec.shownPath, () => fs.statSync(file).size);
  return {
    spec,
    moved(path) {
      file = path;
    },
    sizeBytes,
    head: () => Promise.resolve(""),
    hash: async () => ({ sha256: await rows.scan(() => undefined), sizeBytes: sizeBytes() }),
    scan: async (collector) => ({
      sha256: await rows.scan((text, line, hasher) => {
        const digest = hasher.ofText(text, collector.count, line);
        if (collector.wantsValue) collector.add(line, digest, text, JSON.parse(text) as JsonValue);
        else collector.addUnread(line, digest);
      }),
      sizeBytes: sizeBytes(),
    }),
    read: (want: Want, first: number): AsyncGenerator<readonly Item[], number> => rows.read(want, first),
  };
}

/** JSON texts of all rows, in order. @throws input.database, input.noTable, input.badQuery */
function* sqliteRows(spec: InputSpec, open: () => SqliteDatabase): Generator<string, void> {
  const { shownPath } = spec;
  let database: SqliteDatabase | null = null;
  try {
    database = open();
    if (spec.query === null) yield* tableRows(database, tableOf(database, spec), shownPath);
    else yield* queryRows(database, spec.query, shownPath);
  } catch (error) {
    if (error instanceof CkptError) throw error;
    const cause = causeText(error);
    if (spec.query !== null && isOfStatement(error))
      throw new CkptError("input.badQuery", { path: shownPath, query: spec.query, cause }, { cause: error });
    throw new CkptError("input.database", { path: shownPath, cause }, { cause: error });
  } finally {
    if (database?.hasSnapshot === false) database[Symbol.dispose]();
  }
}

/** Results of SQLite that are about a statement, whatever database it is run on (https://www.sqlite.org/rescode.html). */
const OF_STATEMENT = ["SQLITE_ERROR", "SQLITE_READONLY", "SQLITE_AUTH", "SQLITE_TOOBIG"];

function isOfStatement(error: unknown): boolean {
  return error instanceof Error && "code" in error && OF_STATEMENT.some((code) => code === error.code);
}

/** The table that is named, or the only one. */
function tableOf(database: SqliteDatabase, { within, shownPath: path }: InputSpec): string {
  const tables = database.tables();
  const [only] = tables;
  if (within === null && only !== undefined && tables.length === 1) return only;
  // As in SQL, case does not matter.
  const found = tables.find((table) => table.toLowerCase() === within?.toLowerCase());
  if (found !== undefined) return found;
  const nearest = within === null ? null : nearestOf(within, tables);
  throw new CkptError("input.noTable", { path, what: "table", name: within, names: tables, nearest });
}

/** In the order of rowid where there is one, a few rows a statement, so that nobody who writes is kept waiting; else in the order of the table. */
function* tableRows(database: SqliteDatabase, table: string, path: string): Generator<string, void> {
  const from = `FROM ${sqlName(table)} AS t`;
  const columns = database.columns(`SELECT * ${from}`);
  const rowid = ROWID_NAMES.find((name) => !columns.some((column) => column.toLowerCase() === name));
  const numbered = rowid === undefined ? null : `SELECT t.${rowid} AS ${sqlName(ROWID_ALIAS)}, t.* ${from}`;
  if (rowid === undefined || numbered === null || !isRunnable(database, numbered)) {
    yield* queryRows(database, `SELECT * ${from}`, path);
    return;
  }
  const toJson = rowWriter(columns);
  let last: bigint | null = null;
  for (;;) {
    const sql: string = `${numbered} ${last === null ? "" : `WHERE t.${rowid} > ?1 `}ORDER BY t.${rowid} LIMIT ${ROWS_PER_STATEMENT}`;
    const texts: string[] = [];
    let bytes = 0;
    for (const row of database.rows(sql, last === null ? [] : [last])) {
      last = row[ROWID_ALIAS] as bigint;
      const text = toJson(row);
      texts.push(text);
      bytes += text.length;
      if (bytes >= STATEMENT_BYTES) break;
    }
    if (texts.length === 0) return;
    yield* texts;
  }
}

const ROWS_PER_STATEMENT = 256;
/** Long rows come in fewer at once. */
const STATEMENT_BYTES = 1 << 20;

/** Views, and tables without rowid, do not have it. */
function isRunnable(database: SqliteDatabase, sql: string): boolean {
  try {
    database.columns(sql);
    return true;
  } catch {
    return false;
  }
}

/** What may stand behind a statement: white space, semicolons and comments. */
const COMMENTS = /^(?:[\s;]|--[^\n]*|\/\*[^]*?\*\/)+/;
const SHOWN_MAX = 60;

function* queryRows(database: SqliteDatabase, query: string, path: string): Generator<string, void> {
  const columns = database.columns(query);
  const { rest, hasParameters } = database.restOf(query);
  const more = rest.replace(COMMENTS, "");
  if (more !== "") {
    const cause = `it has a second statement, which would not be run: ${cutText(more, SHOWN_MAX, "…")}`;
    throw new CkptError("input.badQuery", { path, query, cause });
  }
  if (hasParameters)
    throw new CkptError("input.badQuery", {
      path,
      query,
      cause: "it has a parameter, and there is no value for it",
    });
  const doubled = columns.find((name, at) => columns.indexOf(name) !== at);
  if (columns.length === 0) throw new CkptError("input.badQuery", { path, query, cause: "it gives no rows" });
  if (doubled !== undefined) {
    const cause = `two columns have the name ${JSON.stringify(doubled)}: name one with AS`;
    throw new CkptError("input.badQuery", { path, query, cause });
  }
  const toJson = rowWriter(columns);
  for (const row of database.rows(query, [])) yield toJson(row);
}

/** Writes rows by hand: an object of JavaScript would put names like `10` first. */
function rowWriter(columns: readonly string[]): (row: SqliteRow) => string {
  const before = columns.map((name, at) => `${at === 0 ? "{" : ","}${JSON.stringify(name)}:`);
  return (row) => {
    let text = "";
    for (const [at, name] of columns.entries()) text += (before[at] ?? "") + jsonOf(row[name] ?? null);
    return `${text}}`;
  };
}

/** A real number stays one (`1.0`), a blob is base64. */
function jsonOf(value: SqliteValue): string {
  switch (typeof value) {
    case "bigint":
      return String(value);
    case "number": {
      const text = Number.isFinite(value) ? JSON.stringify(value) : JSON.stringify(String(value));
      return /^-?\d+$/.test(text) ? `${text}.0` : text;
    }
    case "string":
      return JSON.stringify(value);
    default:
      return value === null ? "null" : JSON.stringify(Buffer.from(value).toString("base64"));
  }
}
