// Parquet files as people meet them: through a run, resumed, exported, and refused in both languages.
import { expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, newFolder, read, writeLines } from "../helpers/ckpt.ts";
import { duckdb, sqlText } from "../helpers/duckdb.ts";

setDefaultTimeout(120_000);

async function folderWith(query: string): Promise<string> {
  const folder = newFolder();
  const file = path.join(folder, "q.parquet");
  await duckdb(`COPY (${query}) TO ${sqlText(file)} (FORMAT parquet, ROW_GROUP_SIZE 2048)`);
  return folder;
}

test("rows go through a module, are resumed at any row, and keep their digits to the output", async () => {
  const folder = await folderWith(
    "SELECT 9007199254740993 + range AS id, 1.50::DECIMAL(9,2) AS price, {'a': [range]} AS n FROM range(20000)",
  );
  writeLines(folder, "m.ts", ["export const process = (item) => item.n.a[0] * 2;"]);
  const words = [
    "run",
    "q.parquet",
    "--id",
    "id",
    "--module",
    "m.ts",
    "-j",
    "8",
    "--batch-size",
    "1000",
    "-o",
    "out.jsonl",
    "--include-input",
  ];
  const begun = await ckpt(folder, [...words, "--limit", "7000"]);
  expect({ code: begun.code, err: begun.err }).toMatchObject({ code: 4 });
  const info = JSON.parse((await ckpt(folder, ["info", "--json"])).out) as { readonly input: object };
  expect(info.input).toMatchObject({
    format: "parquet",
    sha256: Bun.SHA256.hash(fs.readFileSync(path.join(folder, "q.parquet")), "hex"),
    count: 20_000,
  });
  const ended = await ckpt(folder, words);
  expect({ code: ended.code, err: ended.err }).toMatchObject({ code: 0 });
  expect(ended.err).toContain("7,000 done");
  const lines = read(folder, "out.jsonl").trim().split("\n");
  expect(lines).toHaveLength(20_000);
  expect(lines[12_345]).toBe(
    '{"index":12345,"id":9007199254753338,"status":"ok","output":24690,"input_id":9007199254753338,"price":1.50,"n":{"a":[12345]}}'.replace(
      '"input_id":9007199254753338,',
      "",
    ),
  );
});

test("one that is cut is refused by name, in both languages", async () => {
  const folder = await folderWith("SELECT 1 AS a");
  const file = path.join(folder, "q.parquet");
  fs.truncateSync(file, fs.statSync(file).size - 3);
  const en = await ckpt(folder, ["run", "q.parquet", "--", "cat"]);
  expect(en.code).toBe(2);
  expect(en.err).toContain(
    "Cannot read the input q.parquet as parquet: it is cut off: it does not end as Parquet does (PAR1)\n      Get the file again",
  );
  const zh = await ckpt(folder, ["run", "q.parquet", "--lang", "zh", "--", "cat"]);
  expect(zh.err).toContain(
    "无法按 parquet 读取输入 q.parquet：它不完整：结尾不是 Parquet（PAR1）\n      请重新获取文件",
  );
});

test("one that is edited during the run stops it", async () => {
  const folder = await folderWith("SELECT range AS id, random() AS r FROM range(20000)");
  writeLines(folder, "m.ts", [
    'import { openSync, writeSync } from "node:fs";',
    "let done = false;",
    'export const process = () => { if (!done) writeSync(openSync("q.parquet", "r+"), "x", 100_000); done = true; return 1; };',
  ]);
  const ran = await ckpt(folder, ["run", "q.parquet", "--module", "m.ts", "-j", "1", "--batch-size", "1000"]);
  expect({ code: ran.code, err: ran.err }).toMatchObject({ code: 4 });
  expect(ran.err).toContain("the input q.parquet was changed during the run");
});
