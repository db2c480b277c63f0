import { expect, test } from "bun:test";
import fc from "fast-check";
import type { JsonValue } from "../../lib/core/item.ts";
import { compactJson, fieldText } from "../../lib/core/json-text.ts";

const TEXT =
  '{ "id": 12345678901234567890, "a": {"b": 1.10, "s": "文", "n": null, "t": true, "list": [1e400, 2]} }';
const VALUE = JSON.parse(TEXT) as JsonValue;

test.each([
  [["id"], "12345678901234567890"],
  [["a", "b"], "1.10"],
  [["a", "s"], "文"],
  [["a", "n"], "null"],
  [["a", "t"], "true"],
  [["a", "list"], "[1e400,2]"],
  [["a", "list", "1"], "2"],
  [["a", "none"], undefined],
  [["id", "rawJSON"], undefined],
  [["a", "constructor"], undefined],
])("the field %j is %p, numbers as they were written", (path, text) => {
  expect(fieldText(TEXT, VALUE, path)).toBe(text);
});

test("compactJson takes white space away and nothing else", () => {
  expect(compactJson(TEXT)).toBe(
    '{"id":12345678901234567890,"a":{"b":1.10,"s":"文","n":null,"t":true,"list":[1e400,2]}}',
  );
  expect(() => compactJson("{oops")).toThrow(SyntaxError);
});

test("compactJson of any value is the value", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(compactJson(JSON.stringify(value, null, 2)))).toEqual(
        JSON.parse(JSON.stringify(value)),
      );
    }),
  );
});
