import { expect, test } from "bun:test";
import fc from "fast-check";
import { objectFields } from "../../lib/core/object-fields.ts";

const entries = (text: string): [string, string][] => [...objectFields(text)];

test("each value is the text that was written, white space inside it too", () => {
  const text = ' { "a" : 1.10 ,"b":"\\"}{\\\\" , "c":[ {"d":"]"} , 2 ],"10":null\t,"e":{} } ';
  expect(entries(text)).toEqual([
    ["a", "1.10"],
    ["b", '"\\"}{\\\\"'],
    ["c", '[ {"d":"]"} , 2 ]'],
    ["10", "null"],
    ["e", "{}"],
  ]);
});

test("an empty object has no fields", () => {
  expect(entries(" { } ")).toEqual([]);
});

test("a doubled name keeps its last value, as with JSON.parse", () => {
  expect(entries('{"a":1,"b":2,"\\u0061":3}')).toEqual([
    ["a", "3"],
    ["b", "2"],
  ]);
});

test("the fields are those that JSON.parse finds, however the object is written", () => {
  const value = fc.dictionary(fc.string({ unit: "grapheme" }), fc.jsonValue());
  const indent = fc.constantFrom("", " ", "\t", "\n");
  fc.assert(
    fc.property(value, indent, (object, space) => {
      const text = JSON.stringify(object, null, space);
      const found = entries(text).map(([name, json]) => [name, JSON.parse(json) as unknown]);
      expect(new Map(found as [string, unknown][])).toEqual(
        new Map(Object.entries(JSON.parse(text) as object)),
      );
    }),
  );
});
