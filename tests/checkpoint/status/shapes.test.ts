import { expect, test } from "bun:test";
import { hasShape, type Shape } from "../../../lib/checkpoint/status/shapes.ts";

const SHAPE: Shape = {
  name: "string",
  count: "number",
  done: "boolean",
  "note?": "string",
  "usage?": { cost: "number" },
  counts: ["number"],
  parts: [{ name: "string" }],
};
const RIGHT = { name: "a", count: 1, done: false, counts: [1, 2], parts: [{ name: "b" }] };

test.each([
  ["all there", RIGHT],
  ["keys that are not named", { ...RIGHT, more: null }],
  ["optional ones", { ...RIGHT, note: "c", usage: { cost: 0.5 } }],
  ["optional ones that are null", { ...RIGHT, note: null, usage: null }],
  ["empty lists", { ...RIGHT, counts: [], parts: [] }],
])("right: %s", (_name, value) => {
  expect(hasShape(value, SHAPE)).toBe(true);
});

test.each([
  ["null", "null"],
  ["a list in place of the object", "[]"],
  ["a key that is missing", '{"count":1,"done":false,"counts":[],"parts":[]}'],
  ["a key that is null", JSON.stringify({ ...RIGHT, name: null })],
  ["a text for a number", JSON.stringify({ ...RIGHT, count: "1" })],
  ["a number for a text", JSON.stringify({ ...RIGHT, name: 1 })],
  ["a number for a truth value", JSON.stringify({ ...RIGHT, done: 0 })],
  ["a number without end", JSON.stringify(RIGHT).replace('"count":1', '"count":1e999')],
  ["a negative one", JSON.stringify(RIGHT).replace('"count":1', '"count":-1e999')],
  ["one in a list", JSON.stringify(RIGHT).replace("[1,2]", "[1,1e999]")],
  ["another type in a list", JSON.stringify({ ...RIGHT, counts: [1, null] })],
  ["an object for a list", JSON.stringify({ ...RIGHT, counts: { 0: 1, length: 1 } })],
  ["a list for an object", JSON.stringify({ ...RIGHT, usage: [] })],
  ["an optional one of another type", JSON.stringify({ ...RIGHT, note: 1 })],
  ["a wrong object in a list", JSON.stringify({ ...RIGHT, parts: [{ name: "b" }, {}] })],
  ["a key that stands in the prototype", `{"__proto__":${JSON.stringify(RIGHT)}}`],
])("wrong: %s", (_name, text) => {
  expect(hasShape(JSON.parse(text), SHAPE)).toBe(false);
});

test("what every object inherits is no field", () => {
  expect(hasShape({}, { valueOf: {} })).toBe(false);
  expect(hasShape({}, { isPrototypeOf: {} })).toBe(false);
});
