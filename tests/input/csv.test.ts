import { afterAll, describe, expect, test } from "bun:test";
import { fieldNamesOf } from "../../lib/input/csv-header.ts";
import type { Item } from "../../lib/core/item.ts";
import { errorOf, inputOf, itemsOf, scanOf, shortHash, removeFiles } from "../helpers/inputs.ts";

afterAll(removeFiles);

const BLOCK_SIZES = [1, 2, 3, 7, 65_536];

/** The items at any size of blocks, once it is sure that they are the same at all of them. */
async function rowsOf(text: string, format: "csv" | "tsv" = "csv"): Promise<Item[]> {
  const whole = await itemsOf(inputOf(text, { format }));
  for (const blockBytes of BLOCK_SIZES) {
    expect(await itemsOf(inputOf(text, { format }, { blockBytes }))).toEqual(whole);
  }
  return whole;
}

test("quotes, commas and line breaks of every kind in cells are kept, and lines are counted through them", async () => {
  const text = 'a,b\n"x, ""y""","1\n2"\n\n"\r\n\r",\nlast,""\n';
  const items = await rowsOf(text);
  expect(items.map(({ value }) => value)).toEqual([
    { a: 'x, "y"', b: "1\n2" },
    { a: "\r\n\r", b: "" },
    { a: "last", b: "" },
  ]);
  expect(items.map(({ line }) => line)).toEqual([2, 5, 8]);
});

test("text and hash are those of the JSON object of strings in the order of the columns", async () => {
  const items = await rowsOf('10,2,b\n007,1.10,"x\ny"\n');
  expect(items.map(({ text }) => text)).toEqual(['{"10":"007","2":"1.10","b":"x\\ny"}']);
  expect(items[0]?.hash).toBe(shortHash(items[0]?.text ?? ""));
});

test.each(["\n", "\r\n", "\r"])("the line end %j ends a row", async (end) => {
  const items = await rowsOf(["a,b", "1,2", '"3","4"', "5,6"].join(end) + end);
  expect(items.map(({ text, line }) => [text, line])).toEqual([
    ['{"a":"1","b":"2"}', 2],
    ['{"a":"3","b":"4"}', 3],
    ['{"a":"5","b":"6"}', 4],
  ]);
});

test("line ends of several kinds in one file each end a row, and stay as they are inside quotes", async () => {
  const items = await rowsOf('a,b\r\n1,2\n3,"4\r\n4"\r5,"6\r"\r\n7," 8""\n"\n9,1"0\r\n');
  expect(items.map(({ value }) => value)).toEqual([
    { a: "1", b: "2" },
    { a: "3", b: "4\r\n4" },
    { a: "5", b: "6\r" },
    { a: "7", b: ' 8"\n' },
    { a: "9", b: '1"0' },
  ]);
  expect(items.map(({ line }) => line)).toEqual([2, 3, 5, 7, 9]);
});

test("a quote in the middle of an unquoted cell is a character", async () => {
  const items = await rowsOf('a,b\n5" pipe,6\' x\n x"y"z, "q\n');
  expect(items.map(({ value }) => value)).toEqual([
    { a: '5" pipe', b: "6' x" },
    { a: ' x"y"z', b: ' "q' },
  ]);
});

test("tsv separates by tabs, and quotes the same way", async () => {
  const items = await rowsOf('a\tb,c\n1,2\t"x\ty\n"\n', "tsv");
  expect(items.map(({ value }) => value)).toEqual([{ a: "1,2", "b,c": "x\ty\n" }]);
});

describe("the header names the fields:", () => {
  test.each([
    [
      ["a", "b"],
      ["a", "b"],
    ],
    [
      ["", "a", ""],
      ["column_1", "a", "column_3"],
    ],
    [
      ["a", "a", "a"],
      ["a", "a_2", "a_3"],
    ],
    [
      ["a", "a_2", "a"],
      ["a", "a_2", "a_3"],
    ],
    [
      ["a", "a", "a_2"],
      ["a", "a_3", "a_2"],
    ],
    [
      ["", "column_1"],
      ["column_1_2", "column_1"],
    ],
    [
      ["column_2", ""],
      ["column_2", "column_2_2"],
    ],
    [
      ["__proto__", "constructor", "__proto__"],
      ["__proto__", "constructor", "__proto___2"],
    ],
    [
      [" a ", "a"],
      [" a ", "a"],
    ],
  ])("%j gives %j", (header, names) => {
    expect(fieldNamesOf(header)).toEqual(names);
  });
});

test("a name like __proto__ is a field like any other", async () => {
  const [item] = await rowsOf("__proto__,constructor,b\n1,2,3\n");
  expect(item?.text).toBe('{"__proto__":"1","constructor":"2","b":"3"}');
  expect(Object.entries(item?.value ?? {})).toEqual([
    ["__proto__", "1"],
    ["constructor", "2"],
    ["b", "3"],
  ]);
  const { visited } = await scanOf(inputOf("__proto__,b\nx,2\n", { format: "csv", idField: "__proto__" }));
  expect(visited[0]?.id).toBe("x");
});

test("a row with fewer cells lacks the fields, a row with more has a defect", async () => {
  const input = inputOf("a,b\n1\n\n1,2,3\n4,5\n", { format: "csv" });
  const items = await itemsOf(input);
  expect(items.map(({ index, line, text, value, defect }) => [index, line, text, value, defect])).toEqual([
    [0, 2, '{"a":"1"}', { a: "1" }, undefined],
    [1, 4, '["1","2","3"]', undefined, "line 4 has 3 cells, the header has 2"],
    [2, 5, '{"a":"4","b":"5"}', { a: "4", b: "5" }, undefined],
  ]);
  expect((await scanOf(input)).visited.map(({ hash }) => hash)).toEqual(items.map(({ hash }) => hash));
});

test("the header may stand behind empty lines, and alone it is no input", async () => {
  const items = await rowsOf("\r\n\r\na\r\n1\r\n");
  expect(items.map(({ line, text }) => [line, text])).toEqual([[4, '{"a":"1"}']]);
  for (const text of ["a,b", "a,b\n", "a,b\r\n\r\n"]) {
    expect(await errorOf(() => scanOf(inputOf(text, { format: "csv" })))).toEqual({
      code: "input.empty",
      path: "shown",
    });
  }
});

describe("quotes that do not fit are refused with their line, however the text is cut:", () => {
  test.each([
    ['a,b\n1,2\n3,"4\n5\n6,7\n', 3, "a quote that is never closed"],
    ['a,b\n"1\n2",3\nx,"y', 4, "a quote that is never closed"],
    ['a,b\r\n"1\r\n\r\n', 2, "a quote that is never closed"],
    ['"a', 1, "a quote that is never closed"],
    ['a,b\n1,"2"x\n3,4\n', 2, "text behind the closing quote of a cell"],
    ['a,b\n1,2\n"3"x,"4"\n5,6\n', 3, "text behind the closing quote of a cell"],
    ['a,b\n"1\n\n","2"x"\n5,6\n', 4, "text behind the closing quote of a cell"],
  ])("%j", async (text, line, found) => {
    for (const blockBytes of BLOCK_SIZES) {
      const input = inputOf(text, { format: "csv" }, { blockBytes });
      const expected = { code: "input.malformed", path: "shown", line, found };
      expect(await errorOf(() => scanOf(input))).toEqual(expected);
    }
  });
});

test("a cell of 100 MB is read in time that grows with its length only", async () => {
  const long = "x, \n".repeat(25_000_000);
  const input = inputOf(`a,b\n1,"${long}"\n2,3\n`, { format: "csv" });
  const startedMs = performance.now();
  const { visited } = await scanOf(input);
  expect(visited.map(({ line }) => line)).toEqual([2, 25_000_003]);
  expect(visited[0]?.hash).toBe(shortHash(JSON.stringify({ a: "1", b: long })));
  expect(performance.now() - startedMs).toBeLessThan(30_000);
});
