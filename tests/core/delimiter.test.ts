import { describe, expect, test } from "bun:test";
import { delimiterIn, delimiterOf, delimiterWord, hasSepLine, isSepRow } from "../../lib/core/delimiter.ts";

test.each<[word: string, delimiter: string | null]>([
  ["comma", ","],
  [",", ","],
  ["semicolon", ";"],
  [";", ";"],
  ["tab", "\t"],
  ["\\t", "\t"],
  ["\t", "\t"],
  ["bar", "|"],
  ["pipe", "|"],
  ["space", " "],
  ["^", "^"],
  ["；", "；"],
  ['"', null],
  ["\n", null],
  ["\0", null],
  ["", null],
  [";;", null],
  ["tabs", null],
  ["😀", null],
])("delimiterOf(%j) is %j", (word, delimiter) => {
  expect(delimiterOf(word)).toBe(delimiter);
});

test("delimiterWord() gives a word that delimiterOf() takes", () => {
  for (const delimiter of [",", ";", "\t", "|", " ", "^"])
    expect(delimiterOf(delimiterWord(delimiter))).toBe(delimiter);
});

describe("delimiterIn()", () => {
  test.each<[what: string, head: string, delimiter: string | null]>([
    ["commas", "a,b,c\n1,2,3\n", ","],
    ["semicolons", "name;city\nAda;Rome\n", ";"],
    ["tabs", "a\tb\n", "\t"],
    ["bars", "a|b\n", "|"],
    ["one column", "question\nwhat, why; how\n", null],
    ["nothing", "", null],
    ["only the header counts", "a;b\n1,5,6;2,7,8\n", ";"],
    ["decimal commas behind it", "price;weight\n1,5;2,25\n", ";"],
    ["a delimiter inside quotes is text", '"a;b;c",d\n', ","],
    ["a comma inside quotes is text", '"name, first";city\n', ";"],
    ["doubled quotes stay inside", '"a "";;"" b",c\n', ","],
    ["a line end inside quotes is not the header's", '"a\n;;;b",c\n1;2\n', ","],
    ["a quote inside a cell is text", '5" pipe;6" pipe;name, full\n', ";"],
    ["most of them", "a;b;c, d\n", ";"],
    ["as many of two: the comma", "a,b;c\n", ","],
    ["CR ends the header", "a;b\r1,2,3,4\r", ";"],
    ["blank lines before it", "\r\n\na;b\n", ";"],
    ["a quote that is never closed", '"a;b\n', null],
    ["sep=", "sep=;\na,b\n", ";"],
    ["sep= in quotes", '"sep=|"\r\na,b\r\n', "|"],
    ["SEP= with a tab", "SEP=\t\na,b\n", "\t"],
    ["a column of that name", "sep=x,b;c;d\n", ";"],
  ])("%s", (_what, head, delimiter) => {
    expect(delimiterIn(head)).toBe(delimiter);
  });
});

test.each<[head: string, has: boolean]>([
  ["sep=;\na;b\n", true],
  ["sep=;", true],
  ['"sep=,"\r\n', true],
  ["sep=;b\n", false],
  ["a\nsep=;\n", false],
])("hasSepLine(%j) is %j", (head, has) => {
  expect(hasSepLine(head)).toBe(has);
});

test("isSepRow() knows the line by its cells, whatever separates them", () => {
  expect(isSepRow(["sep=", ""], ";")).toBe(true);
  expect(isSepRow(["sep=;"], ",")).toBe(true);
  expect(isSepRow(["sep", "b"], ";")).toBe(false);
});
