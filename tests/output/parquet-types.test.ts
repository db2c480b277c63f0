import { describe, expect, test } from "bun:test";
import { ColumnTypes, columnValue } from "../../lib/output/parquet-types.ts";

function typeOf(values: readonly string[], name = "x", withMeta = false): string {
  const types = new ColumnTypes(withMeta);
  for (const value of values) types.add(name, value);
  return types.typeOf(name);
}

describe("the type of a column", () => {
  test.each([
    ["truth values", ["true", "null", "false"], "boolean"],
    ["whole numbers", ["1", "-2", "null"], "int64"],
    ["whole numbers that no double holds", ["9007199254740993", "1"], "int64"],
    ["the ends of int64", ["9223372036854775807", "-9223372036854775808"], "int64"],
    ["a whole number beyond int64", ["9223372036854775808", "1"], "text"],
    ["decimals", ["0.1", "-1e-7", "3"], "double"],
    ["a negative zero", ["-0", "1"], "double"],
    ["decimals and whole numbers that no double holds", ["0.5", "9007199254740993"], "text"],
    ["a decimal with more digits than a double", ["0.12345678901234567890123"], "text"],
    ["a double that was printed with all its digits", ["0.1000000000000000055511151231257827"], "double"],
    ["a double in its shortest form", [String(2 / 3), String(1e300), String(5e-324)], "double"],
    ["zeros at the end", ["1.50000000000000000000"], "double"],
    ["a number beyond all doubles", ["1e400"], "text"],
    ["a number that a double makes zero of", ["1e-400"], "text"],
    ["texts", ['"a"', "null"], "text"],
    ["texts and numbers", ['"a"', "1"], "text"],
    ["truth values and numbers", ["true", "1"], "text"],
    ["objects", ['{"a":1}', "null"], "json"],
    ["arrays and texts", ["[]", '"a"'], "json"],
    ["no values", ["null"], "text"],
    ["nothing at all", [], "text"],
  ])("of %s", (_, values, type) => {
    expect(typeOf(values)).toBe(type);
    expect(typeOf(values.toReversed())).toBe(type);
  });

  test("of the results' own fields does not depend on the rows", () => {
    expect(typeOf([], "index")).toBe("int64");
    expect(typeOf([], "error")).toBe("json");
    expect(typeOf(["0"], "cost", true)).toBe("double");
    expect(typeOf([], "marks", true)).toBe("json");
  });

  test("of an item's field with such a name comes from its values", () => {
    expect(typeOf(["0"], "cost")).toBe("int64");
    expect(typeOf(['"high"'], "cost", true)).toBe("text");
  });
});

test.each([
  ["boolean", "true", true],
  ["int64", "9007199254740993", 9007199254740993n],
  ["double", "0.10", 0.1],
  ["text", '"a\\nb"', "a\nb"],
  ["text", "1.10", "1.10"],
  ["json", '{"n":1.10}', '{"n":1.10}'],
  ["json", '"a"', '"a"'],
  ["json", '"\\ud83d"', '"\\ufffd"'],
  ["int64", "null", null],
  ["json", "null", null],
] as const)("%s: %s is written as it is", (type, json, value) => {
  expect(columnValue(type, json)).toBe(value);
});
