// Reads a database of SQLite that belongs to somebody else: it is never written, nobody is kept from writing while rows are worked on, and no file is left beside it.
import { constants, Database } from "bun:sqlite";
import type { FileSystem } from "./fs.ts";
import { statOf } from "./file.ts";

/** Integers are bigints, so that no digit is lost. */
export type SqliteValue = bigint | number | string | Uint8Array | null;
export type SqliteRow = Readonly<Record<string, SqliteValue>>;

/** How long a read waits for somebody who writes, where the caller says nothing. */
const BUSY_MS = 5000;

export class SqliteDatabase {
  readonly #database: Database;
  /**
   * All reads see the rows of the first one: others write on beside them. Only in WAL mode, where nobody waits for a reader; else a snapshot would keep
   * all writers out for as long as it lasts.
   */
  readonly hasSnapshot: boolean;

  /** @param file absolute path @throws what SQLite says */
  constructor(fs: FileSystem, file: string, busyMs: number = BUSY_MS) {
    const flags = constants.SQLITE_OPEN_READONLY | constants.SQLITE_OPEN_URI;
    // A database that keeps a log beside it gets one (and a shared memory) from whoever opens it: where there is none, nobody has it open.
    const isWal = keepsLog(fs, file);
    const quiet = isWal && statOf(fs, `${file}-wal`) === null;
    this.#database = new Database(uriOf(file) + (quiet ? "?immutable=1" : ""), flags);
    this.#database.run(`PRAGMA busy_timeout = ${busyMs}`);
    this.hasSnapshot = isWal && !quiet;
    if (this.hasSnapshot) this.#database.run("BEGIN");
  }

  /** Names of tables and views, in their order. */
  tables(): string[] {
    const sql =
      "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
    return [...this.rows(sql, [])].map(({ name }) => String(name));
  }

  /** Names of the columns that a statement gives; it is not run. */
  columns(sql: string): readonly string[] {
    return this.#database.query(sql).columnNames;
  }

  /** What stands behind the first statement, and whether that one has parameters, for which there are no values. */
  restOf(sql: string): { readonly rest: string; readonly hasParameters: boolean } {
    const statement = this.#database.query(sql);
    const hasParameters = statement.paramsCount > 0;
    // SQLite shows a statement as it was written, but for its parameters.
    return { rest: hasParameters ? "" : sql.slice(statement.toString().length), hasParameters };
  }

  /** Rows as they come; leaving early ends the statement. Of equal names of columns the last one stands. */
  *rows(sql: string, values: readonly bigint[]): Generator<SqliteRow, void> {
    // A statement of its own: a cached one is shared by all that read.
    const statement = this.#database.prepare<SqliteRow, bigint[]>(sql);
    try {
      yield* statement.safeIntegers(true).iterate(...values);
    } finally {
      statement.finalize();
    }
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}

/** The name as SQL has it. */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function uriOf(file: string): string {
  return `file:${file.split("/").map(encodeURIComponent).join("/")}`;
}

/** Byte 18 of the header is 2 where the database is in WAL mode (https://www.sqlite.org/fileformat2.html, 1.3.3). */
function keepsLog(fs: FileSystem, file: string): boolean {
  const fd = fs.openSync(file, "r");
  try {
    const header = Buffer.alloc(20);
    return fs.readSync(fd, header, 0, header.length, 0) === header.length && header[18] === 2;
  } finally {
    fs.closeSync(fd);
  }
}
