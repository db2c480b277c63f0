import { expect, test } from "bun:test";
import { type Fields, fitShape, type Of } from "../../lib/core/shape.ts";

const SHAPE = {
  name: "string",
  count: "number",
  done: "boolean",
  "note?": "string",
  "usage?": { cost: "number" },
  counts: ["number"],
  parts: [{ name: "string" }],
  "end|null": "string",
} as const satisfies Fields;
const RIGHT = { name: "a", count: 1, done: false, counts: [1, 2], parts: [{ name: "b" }] };

test.each([
  ["all there", RIGHT],
  ["keys that are not named", { ...RIGHT, more: null }],
  ["optional ones", { ...RIGHT, note: "c", usage: { cost: 0.5 } }],
  ["optional ones that are null", { ...RIGHT, note: null, usage: null }],
  ["one that may be null", { ...RIGHT, end: null }],
  ["one that may be null and is not", { ...RIGHT, end: "d" }],
  ["empty lists", { ...RIGHT, counts: [], parts: [] }],
])("right: %s", (_name, value) => {
  expect(fitShape(value, SHAPE)).toBe(true);
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
  expect(fitShape(JSON.parse(text), SHAPE)).toBe(false);
});

test("what every object inherits is no field", () => {
  expect(fitShape({}, { valueOf: {} })).toBe(false);
  expect(fitShape({}, { isPrototypeOf: {} })).toBe(false);
});

test("what has the shape is given what its type says: null where that was left out, nothing where null stands for it", () => {
  const value: unknown = JSON.parse(JSON.stringify({ ...RIGHT, note: null, usage: { cost: 1 }, more: null }));
  expect(fitShape(value, SHAPE)).toBe(true);
  const fitted = value as Of<typeof SHAPE>;
  expect(fitted).toStrictEqual({ ...RIGHT, usage: { cost: 1 }, more: null, end: null } as Of<typeof SHAPE>);
  const { end, note = "none", usage } = fitted;
  expect([end, note, usage?.cost]).toEqual([null, "none", 1]);
});
