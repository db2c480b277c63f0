// One suite over all output formats: what is written, another program reads back, row by row. The other program is DuckDB.
import { afterAll, describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import { LogResults } from "../../lib/checkpoint/log/log-results.ts";
import { realFileSystem } from "../../lib/io/fs.ts";
import type { OutputFormat } from "../../lib/output/output-format.ts";
import { type OutputStyle, writeResults } from "../../lib/output/write-results.ts";
import { duckdbRows, duckdbTypes, sqlText } from "../helpers/duckdb.ts";
import { gather } from "../helpers/gather.ts";
import type { ItemError } from "../../lib/core/record.ts";
import { readBatchOutput } from "../helpers/batch-files.ts";
import { errorOf, newPath, removeFiles } from "../helpers/inputs.ts";
import { type LoggedResult, makeLog, temporaryFolder } from "../helpers/result-log.ts";

afterAll(removeFiles);

type Case = {
  readonly format: OutputFormat;
  /** How DuckDB reads a file. */
  readonly read: (file: string) => string;
};

/** The columns as texts, where the format has no types or DuckDB would guess some. */
const columns =
  "columns={'index':'VARCHAR','id':'VARCHAR','status':'VARCHAR','output':'VARCHAR','error':'VARCHAR'}";
const CASES: readonly Case[] = [
  { format: "jsonl", read: (file) => `read_json(${file}, format='newline_delimited', ${columns})` },
  { format: "json", read: (file) => `read_json(${file}, format='array', ${columns})` },
  { format: "csv", read: (file) => `read_csv(${file}, delim=',', header=true, ${columns})` },
  { format: "tsv", read: (file) => `read_csv(${file}, delim='\t', header=true, ${columns})` },
  { format: "parquet", read: (file) => `read_parquet(${file})` },
];

const ERROR = { kind: "exit", message: "exit status 1" };
const RESULTS: readonly LoggedResult[] = [
  { index: 0, id: "a,b", output: '"two\\nlines, \\"quoted\\"\\tand a tab"' },
  { index: 1, id: "ä", output: '"中文 😀"' },
  { index: 2, id: "c", output: '"plain"' },
  { index: 4, id: "e", error: ERROR },
];

async function writeFile(
  results: readonly LoggedResult[],
  format: OutputFormat,
  style: Partial<OutputStyle> = {},
  repeats: number = 1,
): Promise<string> {
  using folder = temporaryFolder();
  const { logFile, plan } = makeLog(folder.path, results, 0, repeats);
  const source = {
    openReader: (ids: "text" | "none" | "json") => new LogResults(realFileSystem, logFile, ids),
  };
  const { sink, bytes } = gather();
  await writeResults({ source, plan, ids: "text", input: null }, { format, bom: false, ...style }, sink);
  const file = `${newPath()}.${format}`;
  fs.writeFileSync(file, bytes());
  return file;
}

describe.each(CASES)("$format", ({ format, read }) => {
  test("each result is a row, in the order of the input, its text as it was", async () => {
    const file = await writeFile(RESULTS, format);
    const rows = await duckdbRows(`select * from ${read(sqlText(file))}`);
    const [first, second, third, failed] = rows;
    expect(
      rows.map((row) => `${String(row["index"])} ${String(row["id"])} ${String(row["status"])}`),
    ).toEqual(["0 a,b ok", "1 ä ok", "2 c ok", "4 e failed"]);
    expect([first, second, third].map((row) => row?.["output"])).toEqual([
      'two\nlines, "quoted"\tand a tab',
      "中文 😀",
      "plain",
    ]);
    expect(failed?.["output"]).toBeNull();
    expect(failed?.["error"]).toContain("exit status 1");
  });

  test("no results are no rows", async () => {
    const file = await writeFile([], format);
    expect(await duckdbRows(`select * from ${read(sqlText(file))}`)).toEqual([]);
  });

  test("values that are no text keep their digits", async () => {
    const outputs = ['{"n":12345678901234567890,"price":1.25}', "[1,2.5]", '{"deep":{"x":null}}'];
    const file = await writeFile(
      outputs.map((output, index) => ({ index, id: "x", output })),
      format,
    );
    const rows = await duckdbRows(`select output from ${read(sqlText(file))}`);
    expect(rows.map(({ output }) => output)).toEqual(outputs);
  });
});

/** Two answers of each item; one has failed, one is not there yet. */
const ANSWERS: readonly LoggedResult[] = [
  { index: 0, id: "a", repeat: 2, output: '{"n":2}' },
  { index: 0, id: "a", repeat: 1, output: '{"n":1}' },
  { index: 1, id: "b", repeat: 1, error: ERROR },
  { index: 1, id: "b", repeat: 2, output: '"text, \\"quoted\\""' },
  { index: 2, id: "c", repeat: 2, output: "null" },
];

describe.each(CASES)("several answers an item: $format", ({ format, read }) => {
  const reading = (file: string, names: string): string =>
    `select ${names} from ${read(sqlText(file)).replace("'id':'VARCHAR'", "'id':'VARCHAR','repeat':'VARCHAR'")}`;

  test("a row each, with its number", async () => {
    const file = await writeFile(ANSWERS, format, {}, 2);
    const rows = await duckdbRows(reading(file, "id, repeat, status, output"));
    expect(
      rows.map((row) => `${String(row["id"])} ${String(row["repeat"])} ${String(row["status"])}`),
    ).toEqual(["a 1 ok", "a 2 ok", "b 1 failed", "b 2 ok", "c 2 ok"]);
    expect(rows[1]?.["output"]).toBe('{"n":2}');
  });

  test("one row an item: output and error are lists, null where there is none", async () => {
    const file = await writeFile(ANSWERS, format, { repeatAs: "list" }, 2);
    const rows = await duckdbRows(`select id, status, output, error from ${read(sqlText(file))}`);
    expect(rows.map((row) => `${String(row["id"])} ${String(row["status"])}`)).toEqual([
      "a ok",
      "b failed",
      "c pending",
    ]);
    expect(rows.map(({ output }) => JSON.parse(String(output)) as unknown)).toEqual([
      [{ n: 1 }, { n: 2 }],
      [null, 'text, "quoted"'],
      [null, null],
    ]);
    expect(JSON.parse(String(rows[1]?.["error"]))).toEqual([ERROR, null]);
    expect([rows[0]?.["error"], rows[2]?.["error"]]).toEqual([null, null]);
  });

  test("one row an item without repeats: lists of one", async () => {
    const file = await writeFile(RESULTS, format, { repeatAs: "list" });
    const rows = await duckdbRows(`select output, error from ${read(sqlText(file))}`);
    expect(rows.map(({ output }) => output)).toEqual([
      JSON.stringify(['two\nlines, "quoted"\tand a tab']),
      '["中文 😀"]',
      '["plain"]',
      "[null]",
    ]);
    expect(JSON.parse(String(rows[3]?.["error"]))).toEqual([ERROR]);
  });
});

describe("parquet", () => {
  const flat = (outputs: readonly string[]): Promise<string> =>
    writeFile(
      outputs.map((output, index) => ({ index, output })),
      "parquet",
      { flatten: true },
    );

  test("columns have the types of their values", async () => {
    const file = await flat([
      '{"long":9007199254740993,"real":0.1,"yes":true,"text":"x","mixed":1,"list":[1],"huge":18446744073709551616}',
      '{"long":-9223372036854775808,"real":2,"yes":null,"text":"","mixed":"two","list":null,"huge":1}',
      '"no object"',
    ]);
    expect(await duckdbTypes(file)).toEqual({
      index: "BIGINT",
      id: "VARCHAR",
      status: "VARCHAR",
      "output.long": "BIGINT",
      "output.real": "DOUBLE",
      "output.yes": "BOOLEAN",
      "output.text": "VARCHAR",
      "output.mixed": "VARCHAR",
      "output.list": "VARCHAR",
      "output.huge": "VARCHAR",
      output: "VARCHAR",
      error: "VARCHAR",
    });
    expect(
      await duckdbRows(
        `select "output.long", "output.real", "output.yes", "output.mixed", "output.huge" from ${sqlText(file)}`,
      ),
    ).toEqual([
      {
        "output.long": "9007199254740993",
        "output.real": 0.1,
        "output.yes": true,
        "output.mixed": "1",
        "output.huge": "18446744073709551616",
      },
      {
        "output.long": "-9223372036854775808",
        "output.real": 2,
        "output.yes": null,
        "output.mixed": "two",
        "output.huge": "1",
      },
      {
        "output.long": null,
        "output.real": null,
        "output.yes": null,
        "output.mixed": null,
        "output.huge": null,
      },
    ]);
  });

  test("columns of nested values are marked as JSON, and are JSON in every row", async () => {
    const file = await writeFile(
      [
        { index: 0, output: '{"n":1.10}' },
        { index: 1, output: '"text"' },
        { index: 2, output: "18446744073709551616" },
        { index: 3, output: "null" },
      ],
      "parquet",
    );
    const marked = await duckdbRows(
      `select name from parquet_schema(${sqlText(file)}) where cast(logical_type as varchar) like '%Json%' order by name`,
    );
    expect(marked.map(({ name }) => name)).toEqual(["error", "output"]);
    expect(await duckdbRows(`select output, json_valid(output) as valid from ${sqlText(file)}`)).toEqual([
      { output: '{"n":1.10}', valid: true },
      { output: '"text"', valid: true },
      { output: "18446744073709551616", valid: true },
      { output: null, valid: null },
    ]);
  });

  test("row groups have 20 000 rows, and fewer where rows are long", async () => {
    const groups = async (file: string): Promise<number[]> =>
      (
        await duckdbRows(
          `select distinct row_group_id, row_group_num_rows as count from parquet_metadata(${sqlText(file)}) order by row_group_id`,
        )
      ).map(({ count }) => Number(count));
    const short = Array.from({ length: 45_000 }, (_, index) => ({ index, output: String(index) }));
    const file = await writeFile(short, "parquet");
    expect(await groups(file)).toEqual([20_000, 20_000, 5000]);
    expect(await duckdbRows(`select count(*) as n, sum(output) as sum from ${sqlText(file)}`)).toEqual([
      { n: "45000", sum: String((45_000 * 44_999) / 2) },
    ]);
    const text = JSON.stringify("x".repeat(9 << 20));
    const long = Array.from({ length: 5 }, (_, index) => ({ index, output: text }));
    expect(await groups(await writeFile(long, "parquet"))).toEqual([2, 2, 1]);
  });

  test("short values have their least and greatest in the footer, long ones do not make it longer", async () => {
    const outputs = ["b".repeat(5000), "a".repeat(5000)].map((text) => JSON.stringify(text));
    const file = await writeFile(
      outputs.map((output, index) => ({ index, id: `id${index}`, output })),
      "parquet",
    );
    const stats = await duckdbRows(
      `select path_in_schema as name, stats_min_value as least, stats_max_value as greatest from parquet_metadata(${sqlText(file)}) where name in ('index', 'id', 'output')`,
    );
    expect(stats).toEqual([
      { name: "index", least: "0", greatest: "1" },
      { name: "id", least: "id0", greatest: "id1" },
      { name: "output", least: null, greatest: null },
    ]);
  });

  test("half of a surrogate pair becomes U+FFFD, as in the other formats", async () => {
    const file = await writeFile([{ index: 0, output: String.raw`"a\ud83d"` }], "parquet");
    expect(await duckdbRows(`select output from ${sqlText(file)}`)).toEqual([{ output: "a\uFFFD" }]);
  });

  test("two outputs of the same results are equal byte for byte", async () => {
    const [first, second] = [await writeFile(RESULTS, "parquet"), await writeFile(RESULTS, "parquet")];
    expect(fs.readFileSync(first).equals(fs.readFileSync(second))).toBe(true);
  });

  test("a list is a column of each answer, with the types of their values", async () => {
    const results = [1, 2].flatMap((repeat) =>
      [0, 1].map((index) => ({
        index,
        repeat,
        output: JSON.stringify({ score: index + repeat / 4, text: "x" }),
      })),
    );
    const file = await writeFile(results, "parquet", { flatten: true, repeatAs: "list" }, 2);
    expect(await duckdbTypes(file)).toEqual({
      index: "BIGINT",
      id: "VARCHAR",
      status: "VARCHAR",
      "output.1.score": "DOUBLE",
      "output.1.text": "VARCHAR",
      "output.2.score": "DOUBLE",
      "output.2.text": "VARCHAR",
      error: "VARCHAR",
    });
  });
});

describe("openai-batch", () => {
  const bodies = [
    '{"n":12345678901234567890,"price":1.25}',
    '{"choices":[{"message":{"content":"中文 😀"}}]}',
  ];
  const errors: readonly ItemError[] = [
    { kind: "http_400", message: "HTTP 400: no", status: 400, body: '{\n  "error": {"code": "c"}\n}' },
    { kind: "http_413", message: "HTTP 413: too large", status: 413, body: "<html>no</html>" },
    { kind: "http_422", message: "HTTP 422: [1]", status: 422, body: "[1]" },
    { kind: "http_404", message: "HTTP 404: gone", status: 404 },
    { kind: "timeout", message: "no answer within 1 s" },
  ];
  const results: readonly LoggedResult[] = [
    ...bodies.map((output, index) => ({ index, id: `r${index}`, output })),
    ...errors.map((error, at) => ({ index: at + 2, id: `r${at + 2}`, error })),
  ];

  test("a strict reader takes each line: answers with every digit, errors in their form", async () => {
    const text = fs.readFileSync(await writeFile(results, "openai-batch"), "utf8");
    const lines = readBatchOutput(text);
    for (const body of bodies) expect(text).toContain(`"body":${body}},"error":null}\n`);
    expect(lines.map(({ custom_id }) => custom_id)).toEqual(results.map(({ id = "" }) => id));
    const made = (kind: string, message: string) => ({
      error: { message, type: kind, param: null, code: kind },
    });
    expect(
      lines.slice(2).map(({ response, error }) => [response?.status_code, response?.body, error]),
    ).toEqual([
      [400, { error: { code: "c" } }, null],
      [413, made("http_413", "HTTP 413: too large"), null],
      [422, made("http_422", "HTTP 422: [1]"), null],
      [404, made("http_404", "HTTP 404: gone"), null],
      [undefined, undefined, { code: "timeout", message: "no answer within 1 s" }],
    ]);
  });

  test("another program reads it, and two outputs of the same results are the same bytes", async () => {
    const file = await writeFile(results, "openai-batch");
    const rows = await duckdbRows(
      `select custom_id, response.status_code as status, error.code as code from read_json(${sqlText(file)}, format='newline_delimited')`,
    );
    expect(rows.map(({ status }) => (status === null ? null : Number(status)))).toEqual([
      200,
      200,
      400,
      413,
      422,
      404,
      null,
    ]);
    const again = await writeFile(results.toReversed(), "openai-batch");
    expect(fs.readFileSync(again)).toEqual(fs.readFileSync(file));
  });

  test("a text that was kept in the place of an answer is refused with its item", async () => {
    expect(await errorOf(() => writeFile([{ index: 0, id: "q1", output: '"18"' }], "openai-batch"))).toEqual({
      code: "output.notWhole",
      item: "q1",
    });
  });
});
