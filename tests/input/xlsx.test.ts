// Spreadsheets: what cells of every kind become, which row is which, and which books are refused. One is made by a library that writes books, the others
// of parts, as other programs write them.
import { afterAll, describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import writeExcelFile from "write-excel-file/node";
import type { Input, InputSpec } from "../../lib/input/input.ts";
import { openInput } from "../../lib/input/open-input.ts";
import { dateKindOf, dateText } from "../../lib/input/xlsx-values.ts";
import { type BookParts, bookOf } from "../helpers/books.ts";
import { errorOf, itemsOf, newFile, newPath, removeFiles, scanOf, specOf } from "../helpers/inputs.ts";

afterAll(removeFiles);

const open = (bytes: Uint8Array, different: Partial<InputSpec> = {}): Input =>
  openInput(specOf(newFile(bytes), { format: "xlsx", ...different }), fs);

const textsOf = async (input: Input): Promise<string[]> => (await itemsOf(input)).map(({ text }) => text);

/** The item of a sheet whose one column is called v and has one cell. */
async function valueOf(cell: string, parts: Partial<BookParts> = {}): Promise<string | undefined> {
  const header = '<row r="1"><c t="inlineStr"><is><t>v</t></is></c></row>';
  const rows = `${header}<row r="2">${cell}</row>`;
  return (await textsOf(open(bookOf({ sheets: { S: rows }, ...parts }))))[0];
}

test("a book that a library has written is read as it was meant", async () => {
  const path = newPath();
  const date = new Date(Date.UTC(2024, 1, 29, 13, 14, 15));
  await writeExcelFile(
    [
      [
        { value: "id" },
        { value: " name " },
        { value: "when" },
        { value: "day" },
        { value: "ok" },
        { value: "n" },
      ],
      [
        { type: String, value: "a" },
        { type: String, value: "  你好 <&> \n two " },
        { type: Date, value: date, format: "yyyy-mm-dd hh:mm:ss" },
        { type: Date, value: new Date(Date.UTC(1999, 11, 31)), format: "dd.mm.yyyy" },
        { type: Boolean, value: true },
        { type: Number, value: 0.1 },
      ],
      [],
      [
        { type: String, value: "b" },
        null,
        null,
        null,
        { type: Boolean, value: false },
        { type: Number, value: -12 },
      ],
    ],
    { sheet: "Items" },
  ).toFile(path);
  const items = await itemsOf(openInput(specOf(path, { format: "xlsx", idField: "id" }), fs));
  expect(items.map(({ text }) => text)).toEqual([
    '{"id":"a"," name ":"  你好 <&> \\n two ","when":"2024-02-29T13:14:15","day":"1999-12-31","ok":true,"n":0.1}',
    '{"id":"b"," name ":null,"when":null,"day":null,"ok":false,"n":-12}',
  ]);
  expect(items.map(({ line, id }) => [line, id])).toEqual([
    [2, "a"],
    [4, "b"],
  ]);
});

describe("a cell", () => {
  test.each([
    ["<c><v>12345678901234567890</v></c>", "12345678901234567890"],
    ["<c><v>0.30000000000000004</v></c>", "0.30000000000000004"],
    ["<c><v>1.50</v></c>", "1.50"],
    ["<c><v>-1E-3</v></c>", "-1E-3"],
    ["<c><v>.5</v></c>", "0.5"],
    ['<c t="b"><v>1</v></c>', "true"],
    ['<c t="b"><v>0</v></c>', "false"],
    ['<c t="e"><v>#DIV/0!</v></c>', '"#DIV/0!"'],
    ['<c t="str"><f>A1&amp;"x"</f><v> a &amp; b </v></c>', '" a & b "'],
    ["<c><f>1+1</f><v>2</v></c>", "2"],
    ['<c t="inlineStr"><is><t xml:space="preserve">  x  </t></is></c>', '"  x  "'],
    ['<c t="inlineStr"><is><r><t>a</t></r><r><rPr><b/></rPr><t>b</t></r></is></c>', '"ab"'],
    ['<c t="inlineStr"><is><t>a_x000D_&#10;b _x005F_x0041_</t></is></c>', '"a\\r\\nb _x0041_"'],
    ['<c t="s"><v>1</v></c>', '"  shared\\u0009tab"'.replace("\\u0009", "\\t")],
    ['<c t="s"><v>2</v></c>', '"漢字"'],
    ['<c t="d"><v>2024-01-02T03:04:05</v></c>', '"2024-01-02T03:04:05"'],
    ['<c s="1"><v>45351</v></c>', '"2024-02-29"'],
    ['<c s="1"><v>45351.5</v></c>', '"2024-02-29T12:00:00"'],
    ['<c s="2"><v>45351.551562499997</v></c>', '"2024-02-29T13:14:15"'],
    ['<c s="2"><v>45351.551568287038</v></c>', '"2024-02-29T13:14:15.500"'],
    ['<c s="3"><v>0.55156249999999996</v></c>', '"13:14:15"'],
    ['<c s="4"><v>1.5</v></c>', '"36:00:00"'],
    ['<c s="5"><v>45351</v></c>', "45351"],
    ['<c s="6"><v>45351</v></c>', "45351"],
    ['<c s="1"><v>-1</v></c>', "-1"],
  ])("%s is %s", async (cell, json) => {
    const shared = [
      "<si><t>zero</t></si>",
      '<si><t xml:space="preserve">  shared\ttab</t></si>',
      '<si><r><t>漢字</t></r><rPh sb="0" eb="2"><t>かんじ</t></rPh></si>',
    ];
    const formats = [14, "yyyy\\-mm\\-dd hh:mm:ss.000", 21, "[h]:mm:ss", '0.00 "d"', '[Red]#,##0;"month"'];
    expect(await valueOf(cell, { shared, formats })).toBe(`{"v":${json}}`);
  });

  test("is counted from 1904 where the book says so", async () => {
    expect(await valueOf('<c s="1"><v>43889</v></c>', { formats: [14], is1904: true })).toBe(
      '{"v":"2024-02-29"}',
    );
  });
});

test("which formats show a date or a time", () => {
  const kinds = [
    "General",
    "0.00E+00",
    "m/d/yy",
    "mmm-yy",
    "h:mm AM/PM",
    "mm:ss.0",
    "d/m/yyyy h:mm",
    "[$-F800]dddd, mmmm dd",
    "[mm]:ss",
    "@",
    '"day" 0',
    "yyyy年m月d日",
  ];
  expect(kinds.map((code) => dateKindOf(200, code))).toEqual([
    null,
    null,
    "date",
    "date",
    "time",
    "time",
    "datetime",
    "date",
    "elapsed",
    null,
    null,
    "date",
  ]);
});

test("the first days are those that spreadsheets show", () => {
  const days = [0, 1, 59, 60, 61, 2_958_465, 2_958_466].map((day) => dateText(day, "date", false));
  expect(days).toEqual([
    "1899-12-31",
    "1900-01-01",
    "1900-02-28",
    "1900-02-29",
    "1900-03-01",
    "9999-12-31",
    null,
  ]);
});

test("columns are those of the first row with a value; what stands beyond gets a name, what is missing is null", async () => {
  const cell = (reference: string, text: string): string =>
    `<c r="${reference}" t="inlineStr"><is><t>${text}</t></is></c>`;
  const rows = [
    '<row r="3"><c r="A3" s="0"/></row>',
    `<row r="5">${cell("B5", "a")}${cell("C5", "a")}</row>`,
    `<row r="7">${cell("A7", "x")}${cell("E7", "far")}</row>`,
    `<row r="9"><c r="A9"/></row>`,
    `<row>${cell("", "y")}</row>`,
  ].join("");
  const items = await itemsOf(open(bookOf({ sheets: { S: rows } })));
  expect(items.map(({ line, text }) => [line, text])).toEqual([
    [7, '{"column_1":"x","a":null,"a_2":null,"column_4":null,"column_5":"far"}'],
    [10, '{"column_1":"y","a":null,"a_2":null,"column_4":null,"column_5":null}'],
  ]);
});

test("many rows come in order, in pieces cut anywhere; prefixes of names do not matter", async () => {
  const rows = Array.from(
    { length: 3000 },
    (_, n) =>
      `<x:row r="${n + 1}"><x:c><x:v>${n}</x:v></x:c><x:c t="inlineStr"><x:is><x:t>${"text ".repeat(20)}${n}</x:t></x:is></x:c></x:row>`,
  ).join("");
  const book = bookOf({ sheets: { S: rows } });
  const items = await itemsOf(open(book));
  expect(items).toHaveLength(2999);
  expect(items.map(({ index, line }) => line - index)).toEqual(items.map(() => 2));
  expect((await scanOf(open(book))).visited.map(({ hash }) => hash)).toEqual(items.map(({ hash }) => hash));
});

describe("a sheet", () => {
  const row = (text: string): string => `<row><c t="inlineStr"><is><t>${text}</t></is></c></row>`;
  const two = bookOf({ sheets: { First: row("h") + row("1"), "Zweite & co": row("h") + row("2") } });

  test("is the one that is named, whatever the case of letters", async () => {
    expect(await textsOf(open(two, { within: "first" }))).toEqual(['{"h":"1"}']);
    expect(await textsOf(open(two, { within: "Zweite & co" }))).toEqual(['{"h":"2"}']);
  });

  test("has to be named where there are several", async () => {
    const names = ["First", "Zweite & co"];
    const base = { code: "input.noTable", path: "shown", what: "sheet", names };
    expect(await errorOf(() => scanOf(open(two)))).toEqual({ ...base, name: null, nearest: null });
    expect(await errorOf(() => scanOf(open(two, { within: "Firs" })))).toEqual({
      ...base,
      name: "Firs",
      nearest: "First",
    });
  });

  test("without rows under its first is no input", async () => {
    expect(await errorOf(() => scanOf(open(bookOf({ sheets: { S: row("h") } }))))).toEqual({
      code: "input.empty",
      path: "shown",
    });
  });
});

describe("is refused by name:", () => {
  const causeOf = async (bytes: Uint8Array): Promise<string> => {
    const error = await errorOf(() => scanOf(open(bytes)));
    expect(error).toMatchObject({ code: "input.badFile", path: "shown", format: "xlsx" });
    return String(error["cause"]);
  };
  const rows = Array.from({ length: 500 }, (_, n) => `<row><c><v>${n}</v></c></row>`).join("");

  test("what is no book, or one of another kind", async () => {
    expect(await causeOf(Buffer.from("a,b\n1,2\n"))).toBe("it does not begin as a book does (PK)");
    expect(await causeOf(Buffer.alloc(0))).toBe("it does not begin as a book does (PK)");
    expect(await causeOf(Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]))).toBe(
      "it is locked by a password, or an .xls of old",
    );
    expect(await causeOf(bookOf({ sheets: { S: rows }, others: { "xl/workbook.bin": "x" } }))).toBe(
      "it is a binary book (.xlsb)",
    );
  });

  test("one that is cut, or damaged anywhere", async () => {
    const book = Buffer.from(bookOf({ sheets: { S: rows } }));
    expect(await causeOf(book.subarray(0, book.length - 30))).toMatch(/^it is cut off or damaged: /);
    const damaged = Buffer.from(book);
    const at = damaged.indexOf("xl/worksheets/sheet1.xml") + 100;
    damaged[at] = (damaged[at] ?? 0) ^ 0xff;
    expect(await causeOf(damaged)).not.toBe("");
  });

  test("a formula whose value was never stored, a text that is not there, XML that is none", async () => {
    const sheet = (cell: string): Uint8Array =>
      bookOf({ sheets: { S: `<row><c><v>1</v></c></row><row>${cell}</row>` } });
    expect(await causeOf(sheet('<c r="B2"><f>A1+1</f></c>'))).toBe(
      "cell B2 has a formula whose value was never stored",
    );
    expect(await causeOf(sheet('<c r="B2"><f>A1+1</f><v></v></c>'))).toBe(
      "cell B2 has a formula whose value was never stored",
    );
    expect(await causeOf(sheet('<c r="A2" t="s"><v>7</v></c>'))).toBe(
      "cell A2 has a text that the book does not have",
    );
    expect(await causeOf(sheet('<c r="ZZZZ2"><v>7</v></c>'))).toBe("cell ZZZZ2 is in no column");
    expect(await causeOf(sheet("<c><v>1</c>"))).toContain("unexpected close tag");
  });
});
