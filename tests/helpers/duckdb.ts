// DuckDB, for tests: it writes and reads Parquet without anything of ckpt's.
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";

/** Runs statements in a database of their own. */
export async function duckdb(...statements: readonly string[]): Promise<void> {
  await inDatabase(async (connection) => {
    for (const statement of statements) await connection.run(statement);
  });
}

/** The rows of a query, as values of JSON: whole numbers of 64 bits are strings. */
export function duckdbRows(query: string): Promise<Record<string, unknown>[]> {
  return inDatabase(async (connection) => (await connection.runAndReadAll(query)).getRowObjectsJson());
}

/** The columns of a file: the type of each by its name. */
export async function duckdbTypes(file: string): Promise<Record<string, unknown>> {
  const columns = await duckdbRows(`describe select * from ${sqlText(file)}`);
  return Object.fromEntries(columns.map((column) => [column["column_name"], column["column_type"]]));
}

async function inDatabase<T>(use: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    return await use(connection);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** A text as SQL has it. */
export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
