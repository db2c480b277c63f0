// Spreadsheets as people meet them: one sheet through a run, resumed, edited, and refused in both languages.
import { expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { bookOf } from "../helpers/books.ts";
import { ckpt, newFolder, read } from "../helpers/ckpt.ts";

setDefaultTimeout(60_000);

const row = (...texts: readonly string[]): string =>
  `<row>${texts.map((text) => `<c t="inlineStr"><is><t>${text}</t></is></c>`).join("")}</row>`;

function folderWith(sheets: Readonly<Record<string, string>>): string {
  const folder = newFolder();
  fs.writeFileSync(path.join(folder, "book.xlsx"), bookOf({ sheets }));
  return folder;
}

const TWO = {
  Notes: row("x") + row("1"),
  "Q & A": row("id", "question") + row("q1", "  one") + row("q2", "two"),
};

test("one sheet is run, resumed, and run again where a row was edited", async () => {
  const folder = folderWith(TWO);
  const words = (...options: readonly string[]): string[] => [
    "run",
    "book.xlsx#Q & A",
    "--id",
    "id",
    ...options,
    "--",
    "printf",
    "%s|",
    "{_line}",
    "{question}",
  ];
  expect((await ckpt(folder, words("--limit", "1"))).code).toBe(4);
  const info = JSON.parse((await ckpt(folder, ["info", "--json"])).out) as { readonly input: object };
  expect(info.input).toMatchObject({
    path: path.join(folder, "book.xlsx"),
    format: "xlsx",
    within: "Q & A",
    count: 2,
  });
  const bare = await ckpt(folder, ["run"]);
  expect({ code: bare.code, err: bare.err }).toMatchObject({ code: 0 });
  expect(bare.err).toContain("1 done");
  const output = "book.Q-A.results.jsonl";
  expect(read(folder, output)).toBe(
    '{"index":0,"id":"q1","status":"ok","output":"2|  one|"}\n{"index":1,"id":"q2","status":"ok","output":"3|two|"}\n',
  );
  fs.writeFileSync(
    path.join(folder, "book.xlsx"),
    bookOf({ sheets: { ...TWO, "Q & A": row("id", "question") + row("q1", "  one") + row("q2", "zwei") } }),
  );
  const again = await ckpt(folder, words("--include-input"));
  expect(again.err).toContain("1 changed");
  expect(read(folder, output)).toContain('"output":"3|zwei|","question":"zwei"}');
});

test("a sheet that is not named, or not there, is asked for; a file that is no book is refused", async () => {
  const folder = folderWith(TWO);
  const en = await ckpt(folder, ["run", "book.xlsx", "--", "cat"]);
  expect(en.code).toBe(2);
  expect(en.err).toContain(
    "Cannot read the input book.xlsx: it has more than one sheet\n      Name one of Notes, Q & A, as in book.xlsx#Notes.\n",
  );
  const zh = await ckpt(folder, ["run", "book.xlsx#Note", "--lang", "zh", "--", "cat"]);
  expect(zh.err).toContain("无法读取输入 book.xlsx#Note：其中没有工作表 Note（是不是想写 Notes？）");
  fs.writeFileSync(path.join(folder, "book.xlsx"), "PK");
  const bad = await ckpt(folder, ["run", "book.xlsx", "--lang", "zh", "--", "cat"]);
  expect(bad.code).toBe(2);
  expect(bad.err).toContain("无法按 xlsx 读取输入 book.xlsx：它不完整或已损坏：");
});
