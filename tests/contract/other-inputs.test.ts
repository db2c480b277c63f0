// One suite over all inputs that are no stream of text: files as items, tables of other programs, and several files as one input. Whatever an input is made
// of, it behaves as `Input` says.
import { afterAll, describe, expect, test } from "bun:test";
import { Database } from "bun:sqlite";
import * as fs from "node:fs";
import * as path from "node:path";
import writeExcelFile from "write-excel-file/node";
import { filesPart } from "../../lib/input/files-part.ts";
import type { Input, InputSpec } from "../../lib/input/input.ts";
import { inputOfParts, openInput } from "../../lib/input/open-input.ts";
import { openPart } from "../../lib/input/open-part.ts";
import { pictured } from "../../lib/input/pictures-part.ts";
import { duckdb, sqlText } from "../helpers/duckdb.ts";
import { errorOf, itemsOf, newPath, removeFiles, scanOf, specOf } from "../helpers/inputs.ts";

afterAll(removeFiles);

type Row = { readonly id: string; readonly q: string };

type Case = {
  readonly name: string;
  /** Writes rows where nothing is yet, as what the input is made of. */
  readonly write: (rows: readonly Row[], at: string) => Promise<void> | void;
  readonly open: (at: string, different: Partial<InputSpec>) => Input;
  /** The id of a row, and the field that holds it. */
  readonly idField: string;
  readonly idOf: (row: Row) => string;
  /** Changes the row of an index, and nothing else. */
  readonly change: (at: string, index: number) => Promise<void> | void;
};

const lines = (rows: readonly Row[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
const names = (at: string): string[] => fs.readdirSync(at).toSorted();

/** Puts one other byte into a file, near its end. */
function changeFile(file: string): void {
  const bytes = fs.readFileSync(file);
  bytes[bytes.length - 4] = 0x7a;
  fs.writeFileSync(file, bytes);
}

const CASES: readonly Case[] = [
  {
    name: "files as items",
    write(rows, at) {
      fs.mkdirSync(at);
      for (const row of rows) fs.writeFileSync(path.join(at, `${row.id}.txt`), `${row.q} text`);
    },
    open(at, different) {
      const spec = specOf("", { format: "files", ...different });
      const files = names(at).map((name) => ({ path: path.join(at, name), shownPath: name }));
      return inputOfParts([filesPart(spec, files, fs)], spec);
    },
    idField: "stem",
    idOf: ({ id }) => id,
    change: (at, index) => changeFile(path.join(at, names(at)[index] ?? "")),
  },
  {
    name: "lines with pictures",
    write(rows, at) {
      fs.mkdirSync(at);
      const named = rows.map((row) => ({ ...row, image: `${row.id}.png` }));
      fs.writeFileSync(path.join(at, "q.jsonl"), named.map((row) => `${JSON.stringify(row)}\n`).join(""));
      for (const { id } of rows)
        fs.writeFileSync(path.join(at, `${id}.png`), `\x89PNG\r\n\x1A\n${id} and more`, "latin1");
    },
    open(at, different) {
      const pictures = { fields: ["image"], maxBytes: 1000, folder: null };
      const spec = specOf(path.join(at, "q.jsonl"), { format: "jsonl", pictures, ...different });
      return inputOfParts([pictured(openPart(spec, fs), fs)], spec);
    },
    idField: "id",
    idOf: ({ id }) => id,
    change: (at, index) => changeFile(path.join(at, `${ROWS[index]?.id ?? ""}.png`)),
  },
  {
    name: "several files",
    write(rows, at) {
      fs.mkdirSync(at);
      const third = Math.ceil(rows.length / 3);
      fs.writeFileSync(path.join(at, "1.jsonl"), lines(rows.slice(0, third)));
      fs.writeFileSync(
        path.join(at, "2.csv"),
        `id,q\n${rows
          .slice(third, -third)
          .map((row) => `${row.id},${row.q}\n`)
          .join("")}`,
      );
      fs.writeFileSync(path.join(at, "3.jsonl"), lines(rows.slice(-third)));
    },
    open(at, different) {
      const parts = names(at).map((name) =>
        openPart(
          specOf(path.join(at, name), {
            shownPath: name,
            format: name.endsWith("csv") ? "csv" : "jsonl",
            ...different,
          }),
          fs,
        ),
      );
      return inputOfParts(parts, { ...specOf("", different), format: "mixed" });
    },
    idField: "id",
    idOf: ({ id }) => id,
    change: (at) => changeFile(path.join(at, "3.jsonl")),
  },
];

const sqlite = (reading: Partial<InputSpec>): Pick<Case, "write" | "open" | "change"> => ({
  write(rows, at) {
    using database = new Database(at, { create: true });
    database.run("CREATE TABLE items (id TEXT, q TEXT)");
    const insert = database.prepare("INSERT INTO items VALUES (?, ?)");
    database.transaction(() => {
      for (const { id, q } of rows) insert.run(id, q);
    })();
  },
  open: (at, different) => openInput(specOf(at, { format: "sqlite", ...reading, ...different }), fs),
  change(at, index) {
    using database = new Database(at);
    database.run("UPDATE items SET q = 'other' WHERE rowid = ?", [index + 1]);
  },
});

const ROWS: readonly Row[] = Array.from({ length: 600 }, (_, n) => ({
  id: `r${String(n).padStart(4, "0")}`,
  q: `number ${n}`,
}));

const PARQUET: Pick<Case, "write" | "open" | "change"> = {
  async write(rows, at) {
    const values = rows.map(({ id, q }) => `(${sqlText(id)}, ${sqlText(q)})`).join(",");
    const query = `SELECT * FROM (VALUES ${values}) AS t(id, q)`;
    await duckdb(
      `COPY (${query}) TO ${sqlText(at)} (FORMAT parquet, COMPRESSION uncompressed, ROW_GROUP_SIZE 200)`,
    );
  },
  open: (at, different) =>
    openInput(specOf(at, { format: "parquet", ...different }), fs, { blockBytes: 512 }),
  change: changeFile,
};

const XLSX: Pick<Case, "write" | "open" | "change"> = {
  async write(rows, at) {
    const cells = [["id", "q"], ...rows.map(({ id, q }) => [id, q])];
    await writeExcelFile(cells.map((row) => row.map((value) => ({ type: String, value })))).toFile(at);
  },
  open: (at, different) => openInput(specOf(at, { format: "xlsx", ...different }), fs, { blockBytes: 512 }),
  change: changeFile,
};

const TABLES: readonly Case[] = [
  { name: "a sheet of a book", ...XLSX, idField: "id", idOf: ({ id }) => id },
  { name: "Parquet", ...PARQUET, idField: "id", idOf: ({ id }) => id },
  { name: "a table of SQLite", ...sqlite({ within: "items" }), idField: "id", idOf: ({ id }) => id },
  {
    name: "a query of SQLite",
    ...sqlite({ query: "SELECT id, q FROM items ORDER BY id" }),
    idField: "id",
    idOf: ({ id }) => id,
  },
];

describe.each([...CASES, ...TABLES])("$name", ({ write, open, idField, idOf, change }) => {
  const opened = async (
    rows: readonly Row[] = ROWS,
    different: Partial<InputSpec> = {},
  ): Promise<{ readonly at: string; readonly input: Input }> => {
    const at = newPath();
    await write(rows, at);
    return { at, input: open(at, different) };
  };

  test("items come in order under one index, each with its id; scan() visits what read() yields", async () => {
    const { input } = await opened(ROWS, { idField });
    const items = await itemsOf(input);
    expect(items.map(({ index }) => index)).toEqual(ROWS.map((_, n) => n));
    expect(items.map(({ id }) => id)).toEqual(ROWS.map(idOf));
    for (const { text, value } of items) expect(JSON.parse(text)).toEqual(value);
    const { visited, result } = await scanOf(input);
    expect(visited).toEqual(items.map(({ index, line, hash, id }) => ({ index, line, hash, id })));
    expect(result.count).toBe(ROWS.length);
    expect(new Set(items.map(({ hash }) => hash)).size).toBe(ROWS.length);
  });

  test("hash() and scan() tell the same bytes, every time; other content has another hash", async () => {
    const { at, input } = await opened();
    const bytes = await input.hash();
    const { sizeBytes, sha256 } = (await scanOf(input)).result;
    expect({ sizeBytes, sha256 }).toEqual(bytes);
    expect(await open(at, {}).hash()).toEqual(bytes);
    expect(input.sizeBytes()).toBe(bytes.sizeBytes);
    await change(at, ROWS.length - 1);
    expect((await open(at, {}).hash()).sha256).not.toBe(bytes.sha256);
  });

  test("read() yields just the wanted items, as they are in a read of all, in arrays of at most 256", async () => {
    const { input } = await opened();
    const all = await itemsOf(input);
    for (const want of [
      (n: number) => n % 7 === 3,
      (n: number) => n >= 590,
      (n: number) => n < 2,
      () => false,
    ]) {
      expect(await itemsOf(input, want)).toEqual(all.filter(({ index }) => want(index)));
    }
    for await (const items of input.read(() => true)) {
      expect(items.length).toBeGreaterThan(0);
      expect(items.length).toBeLessThanOrEqual(256);
    }
    for await (const items of input.read(() => true)) {
      expect(items[0]?.index).toBe(0);
      break;
    }
    expect(await itemsOf(input)).toEqual(all);
  });

  test("index, file and line are part of the hash where they are to be", async () => {
    const { at, input } = await opened();
    const plain = await itemsOf(input);
    for (const different of [{ hashIndex: true }, { hashFile: true }, { hashLine: true }]) {
      const other = open(at, different);
      const items = await itemsOf(other);
      expect(items.every(({ hash }, n) => hash !== plain[n]?.hash)).toBe(true);
      expect((await scanOf(other)).visited.map(({ hash }) => hash)).toEqual(items.map(({ hash }) => hash));
    }
  });

  test.each(["hash", "scan"] as const)(
    "one that changed since %s() is refused before the item that changed",
    async (first) => {
      const { at, input } = await opened();
      if (first === "hash") await input.hash();
      else await scanOf(input);
      const good = await itemsOf(input);
      await change(at, ROWS.length - 1);
      expect(await errorOf(() => itemsOf(input))).toMatchObject({ code: "input.changedDuringRun" });
      const seen: unknown[] = [];
      try {
        for await (const items of input.read(() => true)) seen.push(...items);
      } catch {
        // What came before is what is looked at.
      }
      expect(seen.length).toBeLessThan(ROWS.length);
      expect(seen).toEqual(good.slice(0, seen.length));
    },
  );

  test("fields that no item has are told, and ids that are missing", async () => {
    const { at, input } = await opened();
    const { result } = await scanOf(input, [[idField], ["nope"], ["_file"], ["_line"]]);
    expect(result.missingPaths).toEqual([["nope"]]);
    const error = await errorOf(() => scanOf(open(at, { idField: "nope" })));
    expect(error).toMatchObject({
      code: "input.idMissing",
      field: "nope",
      count: ROWS.length,
      nearest: null,
    });
  });
});
