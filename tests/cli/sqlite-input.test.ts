// Rows of SQLite databases as items, as people meet them: which rows in which order, with which values, and what is left beside the database (nothing).
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { Database } from "bun:sqlite";
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, ENV, EXECUTABLE, newFolder, type Ran, read } from "../helpers/ckpt.ts";

setDefaultTimeout(60_000);

const ITEMS = [
  "CREATE TABLE items (id INTEGER PRIMARY KEY, q TEXT)",
  "INSERT INTO items VALUES (10, 'ten'), (-1, 'minus one'), (2, 'two')",
];

function folderWith(statements: readonly string[] = ITEMS, name = "data.sqlite"): string {
  const folder = newFolder();
  change(folder, statements, name);
  return folder;
}

function change(folder: string, statements: readonly string[], name = "data.sqlite"): void {
  using database = new Database(path.join(folder, name), { create: true });
  for (const statement of statements) database.run(statement);
}

const run = (folder: string, words: readonly string[], ...command: readonly string[]): Promise<Ran> =>
  ckpt(folder, [
    "run",
    ...words,
    "-o",
    "out.jsonl",
    "-j",
    "1",
    "--",
    ...(command.length === 0 ? ["cat"] : command),
  ]);

const outputs = (folder: string): unknown[] =>
  read(folder, "out.jsonl")
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { readonly output: unknown }).output);

describe("rows", () => {
  test("of a table come in the order of rowid, those of a query in the query's", async () => {
    const folder = folderWith();
    expect((await run(folder, ["data.sqlite#items"], "echo", "{_line} {q}")).code).toBe(0);
    expect(outputs(folder)).toEqual(["1 minus one", "2 two", "3 ten"]);
    const query = "SELECT q, length(q) AS n FROM items ORDER BY n DESC, q";
    const ran = await run(folder, ["data.sqlite", "--query", query, "--force", "--no-resume"]);
    expect({ code: ran.code, err: ran.err }).toMatchObject({ code: 0 });
    expect(outputs(folder)).toEqual(['{"q":"minus one","n":9}', '{"q":"ten","n":3}', '{"q":"two","n":3}']);
  });

  test("keep every digit; reals stay reals, blobs are base64, columns keep their order", async () => {
    const folder = folderWith([
      'CREATE TABLE t ("10" INTEGER, "a b" REAL, "s" TEXT, "blob" BLOB, "n")',
      "INSERT INTO t VALUES (9223372036854775807, 1.0, '好\n\"', x'00ff10', NULL), (-9007199254740993, 0.1, '', x'', 9e999)",
    ]);
    expect((await run(folder, ["data.sqlite"])).code).toBe(0);
    expect(outputs(folder)).toEqual([
      '{"10":9223372036854775807,"a b":1.0,"s":"好\\n\\"","blob":"AP8Q","n":null}',
      '{"10":-9007199254740993,"a b":0.1,"s":"","blob":"","n":"Infinity"}',
    ]);
  });

  test("of views, and of tables without rowid or with columns of its names, are read, too", async () => {
    const folder = folderWith([
      "CREATE TABLE w (k TEXT PRIMARY KEY, v) WITHOUT ROWID",
      "INSERT INTO w VALUES ('b', 2), ('a', 1)",
      "CREATE VIEW vw AS SELECT k || v AS kv FROM w",
      'CREATE TABLE r (rowid TEXT, oid TEXT, "od""d" TEXT)',
      "INSERT INTO r VALUES ('x', 'y', 'z'), ('u', 'v', 'w')",
    ]);
    for (const [table, expected] of [
      ["w", ['{"k":"a","v":1}', '{"k":"b","v":2}']],
      ["VW", ['{"kv":"a1"}', '{"kv":"b2"}']],
      ["r", ['{"rowid":"x","oid":"y","od\\"d":"z"}', '{"rowid":"u","oid":"v","od\\"d":"w"}']],
    ] as const) {
      expect((await run(folder, [`data.sqlite#${table}`, "--dir", `c-${table}`, "--force"])).code).toBe(0);
      expect(outputs(folder)).toEqual([...expected]);
    }
  });

  test("are resumed without running one again; edited and new ones are run, whatever else is written into the file", async () => {
    const folder = folderWith();
    const words = ["data.sqlite#items", "--id", "id"];
    const note = ["sh", "-c", "echo x >> calls; echo $1", "-", "{q}"];
    const calls = (): number => read(folder, "calls").length / 2;
    expect((await run(folder, [...words, "--limit", "1"], ...note)).code).toBe(4);
    const info = JSON.parse((await ckpt(folder, ["info", "--json"])).out) as { readonly input: object };
    const texts = ['{"id":-1,"q":"minus one"}', '{"id":2,"q":"two"}', '{"id":10,"q":"ten"}'].map(
      (text) => `${text}\n`,
    );
    expect(info.input).toMatchObject({
      path: path.join(folder, "data.sqlite"),
      format: "sqlite",
      within: "items",
      sha256: Bun.SHA256.hash(texts.join(""), "hex"),
      changes: 0,
    });
    change(folder, ["CREATE TABLE other AS SELECT 1 AS one"]);
    expect((await ckpt(folder, ["run", "--limit", "1"])).code).toBe(4);
    expect((await ckpt(folder, ["run"])).code).toBe(0);
    expect(calls()).toBe(3);
    expect((await run(folder, words, ...note)).err).toContain("Already complete");
    change(folder, ["UPDATE items SET q = 'deux' WHERE id = 2", "INSERT INTO items VALUES (3, 'three')"]);
    expect((await run(folder, words, ...note)).code).toBe(0);
    expect(outputs(folder)).toEqual(["minus one", "deux", "three", "ten"]);
    expect(calls()).toBe(5);
    const exported = (await ckpt(folder, ["export", "--include-input"])).out;
    expect(exported).toContain('"q":"deux"');
  });

  test("that are changed during the run stop it", async () => {
    const many = Array.from({ length: 600 }, (_, n) => `(${n}, 'q${n}')`).join(",");
    const folder = folderWith([
      "CREATE TABLE items (id INTEGER PRIMARY KEY, q TEXT)",
      `INSERT INTO items VALUES ${many}`,
    ]);
    const program = `new (await import("bun:sqlite")).Database("data.sqlite").run("UPDATE items SET q = 'x' WHERE id = 590")`;
    const ran = await run(
      folder,
      ["data.sqlite", "--limit", "600", "--worker"],
      process.execPath,
      "-e",
      `${program}; for await (const line of console) console.log(JSON.stringify({ index: JSON.parse(line).index, output: 1 }))`,
    );
    expect({ code: ran.code, err: ran.err }).toMatchObject({ code: 4 });
    expect(ran.err).toContain("the input data.sqlite was changed during the run");
  });

  test("stand on standard input, too", async () => {
    const folder = folderWith();
    const child = Bun.spawn(
      [
        "sh",
        "-c",
        `"$0" run - --format sqlite -o out.jsonl --id id -- echo {q} < data.sqlite`,
        path.resolve(import.meta.dir, "../../dist/ckpt"),
      ],
      { cwd: folder, stderr: "pipe", env: { PATH: process.env["PATH"] ?? "", TMPDIR: folder, HOME: folder } },
    );
    expect(await child.exited).toBe(0);
    expect(outputs(folder)).toEqual(["minus one", "two", "ten"]);
  });

  test("of one of several tables do not stand there: the table needs a file's name", async () => {
    const folder = folderWith([...ITEMS, "CREATE TABLE other (x)"]);
    for (const [language, text] of [
      ["en", "Save it as a file first. Name one of items, other, as in FILE#items.\n"],
      ["zh", "请先保存为文件，再指定其中之一：items、other，例如 FILE#items\n"],
    ] as const) {
      const words = ["run", "-", "--format", "sqlite", "--lang", language, "--", "cat"];
      const child = Bun.spawn([EXECUTABLE, ...words], {
        cwd: folder,
        stdin: Bun.file(path.join(folder, "data.sqlite")),
        stderr: "pipe",
        env: ENV,
      });
      expect(await child.stderr.text()).toEndWith(text);
      expect(await child.exited).toBe(2);
    }
  });
});

describe("what is beside a database stays as it is", () => {
  const names = (folder: string): string[] =>
    fs
      .readdirSync(folder)
      .filter((name) => name.startsWith("data."))
      .toSorted();

  test("one in WAL mode that nobody has open gets neither -wal nor -shm", async () => {
    const folder = folderWith(["PRAGMA journal_mode = WAL", ...ITEMS]);
    expect(names(folder)).toEqual(["data.sqlite"]);
    const bytes = fs.readFileSync(path.join(folder, "data.sqlite"));
    expect((await run(folder, ["data.sqlite", "--include-input"])).code).toBe(0);
    expect(names(folder)).toEqual(["data.sqlite"]);
    expect(fs.readFileSync(path.join(folder, "data.sqlite")).equals(bytes)).toBe(true);
  });

  test("one in WAL mode that somebody has open is read with what is not yet in the file itself", async () => {
    const folder = folderWith(["PRAGMA journal_mode = WAL", ...ITEMS]);
    using writer = new Database(path.join(folder, "data.sqlite"));
    writer.run("PRAGMA wal_autocheckpoint = 0");
    writer.run("INSERT INTO items VALUES (11, 'eleven')");
    const before = names(folder);
    expect(before).toHaveLength(3);
    expect((await run(folder, ["data.sqlite"], "echo", "{q}")).code).toBe(0);
    expect(outputs(folder)).toEqual(["minus one", "two", "ten", "eleven"]);
    expect(names(folder)).toEqual(before);
  });

  test("one in WAL mode is read as it was when the run began, whatever is written meanwhile", async () => {
    const folder = folderWith(["PRAGMA journal_mode = WAL", ...ITEMS]);
    using writer = new Database(path.join(folder, "data.sqlite"));
    writer.run("INSERT INTO items VALUES (11, 'eleven')");
    const program = `new (await import("bun:sqlite")).Database("data.sqlite").run("INSERT INTO items (q) VALUES ('new')"); console.log(process.argv.at(-1))`;
    const ran = await run(folder, ["data.sqlite", "--id", "id"], process.execPath, "-e", program, "{q}");
    expect({ code: ran.code, err: ran.err }).toMatchObject({ code: 0 });
    expect(outputs(folder)).toEqual(["minus one", "two", "ten", "eleven"]);
    const again = await run(
      folder,
      ["data.sqlite", "--id", "id", "--dry-run"],
      process.execPath,
      "-e",
      program,
      "{q}",
    );
    expect(again.out).toContain("4 done, 4 new");
  });

  test("while items are worked on, others may write to the database", async () => {
    const folder = folderWith([...ITEMS, "CREATE TABLE answers (q TEXT)"]);
    const program = `new (await import("bun:sqlite")).Database("data.sqlite").run("INSERT INTO answers VALUES (?)", [process.argv.at(-1)])`;
    const ran = await run(folder, ["data.sqlite#items"], process.execPath, "-e", program, "{q}");
    expect({ code: ran.code, err: ran.err }).toMatchObject({ code: 0 });
    using database = new Database(path.join(folder, "data.sqlite"));
    expect(database.query("SELECT count(*) AS n FROM answers").get()).toEqual({ n: 3 });
  });
});

describe("what cannot be read is said:", () => {
  const TWO = [...ITEMS, "CREATE TABLE users (name TEXT)", "CREATE TABLE e (x)"];
  test.each([
    [
      ["data.sqlite"],
      "en",
      "Cannot read the input data.sqlite: it has more than one table\n      Name one of items, users, e, as in data.sqlite#items.\n",
    ],
    [
      ["data.sqlite#item"],
      "en",
      "Cannot read the input data.sqlite#item: it has no table item (did you mean items?)\n      Name one of items, users, e, as in data.sqlite#items.\n",
    ],
    [
      ["data.sqlite#item"],
      "zh",
      "无法读取输入 data.sqlite#item：其中没有表 item（是不是想写 items？）\n      请指定其中之一：items、users、e，例如 data.sqlite#items\n",
    ],
    [["data.sqlite#e"], "en", "Cannot run: the input data.sqlite#e has no items"],
    [
      ["data.sqlite", "--query", "SELECT x FROM items"],
      "en",
      "Cannot run the query on the input data.sqlite: no such column: x\n      Correct it: SELECT x FROM items\n",
    ],
    [["data.sqlite", "--query", "SELECT 1 AS a, 2 AS a"], "zh", '有两列同名（"a"）：请用 AS 为其中一列命名'],
    [["data.sqlite", "--query", "DELETE FROM items"], "en", "it gives no rows"],
    [
      ["data.sqlite", "--query", "DELETE FROM items RETURNING id"],
      "en",
      "Cannot run the query on the input data.sqlite: attempt to write a readonly database\n      Correct it: DELETE",
    ],
    [
      ["data.sqlite", "--query", "SELECT 1 AS a UNION ALL SELECT abs(-9223372036854775808)"],
      "zh",
      "无法对输入 data.sqlite 执行查询：integer overflow",
    ],
    [["no.sqlite", "--query", "SELECT 1"], "en", "as an SQLite database: file is not a database"],
    [["two.sqlite"], "en", "as in 'two.sqlite#a b'."],
    [
      ["data.sqlite", "--query", "SELECT 1 AS a; -- one\nSELECT 2 AS b"],
      "en",
      "it has a second statement, which would not be run: SELECT 2 AS b",
    ],
    [
      ["data.sqlite", "--query", "SELECT '答' AS a; DROP TABLE items"],
      "zh",
      "其中有第二条语句，它不会执行：DROP TABLE items",
    ],
    [["data.sqlite", "--query", "SELECT ?1 AS a"], "en", "it has a parameter, and there is no value for it"],
    [["data.sqlite", "--encoding", "gb18030"], "en", "Leave --encoding out."],
    [["data.sqlite", "--encoding", "gb18030"], "zh", "--encoding 不能用于输入 data.sqlite：sqlite 格式"],
    [["data.sqlite#items", "--query", "SELECT 1"], "en", "--query"],
    [["other.csv", "--query", "SELECT 1"], "en", "--format sqlite"],
    [["other.csv#items"], "en", "Cannot open the input: other.csv#items does not exist"],
    [["no.sqlite"], "en", "Cannot read the input no.sqlite as an SQLite database: file is not a database"],
    [["no.sqlite"], "zh", "无法将输入 no.sqlite 作为 SQLite 数据库读取：文件不是数据库"],
  ])("%j (%s)", async (words, language, text) => {
    const folder = folderWith(TWO);
    fs.writeFileSync(path.join(folder, "other.csv"), "a\n1\n");
    change(folder, ['CREATE TABLE "a b" (x)', "CREATE TABLE c (x)"], "two.sqlite");
    fs.writeFileSync(
      path.join(folder, "no.sqlite"),
      "this is no database, and long enough to be looked at\n".repeat(50),
    );
    const ran = await run(folder, [...words, "--lang", language]);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain(text);
  });

  test("a database that was cut", async () => {
    const folder = folderWith([
      ...ITEMS,
      "WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n LIMIT 5000) INSERT INTO items SELECT i, 'some text to fill pages with' FROM n",
    ]);
    const file = path.join(folder, "data.sqlite");
    fs.truncateSync(file, fs.statSync(file).size - 20_000);
    const ran = await run(folder, ["data.sqlite"]);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain(
      "Cannot read the input data.sqlite as an SQLite database: database disk image is malformed",
    );
  });
});

test.each([
  ["en", "end it with ORDER BY"],
  ["zh", "ORDER BY"],
])("a query whose rows come in another order each time is told of ORDER BY, in %s", async (lang, words) => {
  const rows = Array.from({ length: 200 }, (_, at) => `(${at}, 'q${at}')`).join(", ");
  const folder = folderWith(["CREATE TABLE t (id INTEGER, q TEXT)", `INSERT INTO t VALUES ${rows}`]);
  const query = ["data.sqlite", "--query", "SELECT * FROM t ORDER BY random()", "--lang", lang];
  const { code, err } = await run(folder, query);
  expect({ code, err }).toMatchObject({ code: 4, err: expect.stringContaining(words) });
  // A table that is changed while it is read is another matter.
  const table = await run(folder, ["data.sqlite#t", "--dir", "other", "--lang", lang]);
  expect({ code: table.code, said: table.err.includes("ORDER BY") }).toEqual({ code: 0, said: false });
});
