import { describe, expect, test } from "bun:test";
import { readSchema } from "../../../lib/processors/check/schema.ts";

const read = (schema: unknown): ReturnType<typeof readSchema> => readSchema(JSON.stringify(schema), "s.json");
const refused = (schema: unknown): unknown => {
  try {
    return read(schema).dialect;
  } catch (error) {
    const { code, params } = error as { code: string; params: object };
    return { code, ...params };
  }
};

describe("readSchema()", () => {
  test.each([
    [{ type: "number" }, 1, null],
    [true, 1, null],
    [false, 1, "$ boolean schema is false, found 1"],
    [
      { items: { properties: { "p q": { type: "number" } } } },
      [{}, { "p q": "x" }],
      '$[1]["p q"] must be number, found "x"',
    ],
    [{ required: ["a"] }, { b: 1 }, `$ must have required property 'a', found {"b":1}`],
    [
      { properties: { a: {} }, additionalProperties: false },
      { z: 1 },
      '$ must NOT have additional properties (z), found {"z":1}',
    ],
    [{ enum: ["a", "b"] }, "c", '$ must be one of ["a","b"], found "c"'],
    [{ const: 4 }, 5, "$ must be 4, found 5"],
    [{ anyOf: [{ type: "string" }, { type: "null" }] }, 3, "$ must match a schema in anyOf, found 3"],
    [
      { anyOf: [{ properties: { zip: { type: "string" } } }, { type: "null" }] },
      { zip: 1 },
      '$ must match a schema in anyOf, found {"zip":1}; for one of them: $.zip must be string, found 1',
    ],
    // Own properties only
    [{ required: ["toString"] }, {}, "$ must have required property 'toString', found {}"],
    [
      { additionalProperties: { type: "string" } },
      JSON.parse('{"__proto__":1}'),
      "$.__proto__ must be string, found 1",
    ],
    [{ multipleOf: 0.01 }, 19.99, null],
    [{ multipleOf: 0.01 }, 19.995, "$ must be multiple of 0.01, found 19.995"],
    // `format` is an annotation
    [{ format: "email" }, "x", null],
    [{ pattern: String.raw`^[\w\-]+$` }, "a-b", null],
    [{ pattern: String.raw`^\p{Script=Han}+$` }, "中文", null],
    [{ $ref: "#/$defs/n", $defs: { n: { type: "integer" } } }, 1.5, "$ must be integer, found 1.5"],
    [
      { $id: "https://x.example/s", $ref: "https://x.example/s#/$defs/n", $defs: { n: { type: "null" } } },
      1,
      "$ must be null, found 1",
    ],
    [
      { prefixItems: [{ type: "string" }], items: false },
      ["a", 1],
      '$ must NOT have more than 1 items, found ["a",1]',
    ],
    // Draft-07 knows no prefixItems, and its items may be a list.
    [
      {
        $schema: "http://json-schema.org/draft-07/schema#",
        items: [{ type: "string" }],
        additionalItems: false,
      },
      ["a", 1],
      '$ must NOT have more than 1 items, found ["a",1]',
    ],
  ])("%j finds in %j: %p", (schema, value, fault) => {
    expect(read(schema).faultOf(value)).toBe(fault);
  });

  test("an excerpt is bounded and of whole characters", () => {
    const fault = read({ type: "number" }).faultOf("👩‍👩‍👧‍👦".repeat(1000)) ?? "";
    expect(fault.length).toBeLessThan(200);
    expect(fault.isWellFormed()).toBe(true);
  });

  test.each([
    [{ type: "strin" }, "check.badSchema", { place: "$.type" }],
    [{ properties: { a: { type: "strin" } } }, "check.badSchema", { place: "$.properties.a.type" }],
    [
      { properties: { a: { items: { pattern: "(" } } } },
      "check.badSchema",
      { place: "$.properties.a.items.pattern" },
    ],
    [[1], "check.badSchema", { place: "$" }],
    [{ $ref: "#" }, "check.badSchema", { cause: "it refers to itself without end" }],
    [{ $async: true, type: "string" }, "check.badSchema", {}],
    [{ $ref: "https://x.example/a.json" }, "check.reference", { reference: "https://x.example/a.json" }],
    [{ properties: { a: { $ref: "other.json#/a" } } }, "check.reference", { reference: "other.json#/a" }],
    [{ $ref: "#/$defs/none" }, "check.reference", { reference: "#/$defs/none" }],
    [{ $schema: "http://json-schema.org/draft-04/schema#" }, "check.dialect", {}],
  ])("refuses %j: %s %j", (schema, code, facts) => {
    expect(refused(schema)).toMatchObject({ code, path: "s.json", ...facts });
  });

  test("refuses what is no JSON", () => {
    expect(() => readSchema('{"type":', "s.json")).toThrow("check.badSchema");
  });

  test("names keywords that check nothing, but not annotations", () => {
    const schema = {
      title: "t",
      examples: [1],
      "x-note": 1,
      requried: ["a"],
      properties: { a: { minmum: 1 } },
    };
    expect(read(schema).ignored.toSorted()).toEqual(["minmum", "requried"]);
  });

  test.each([
    [{}, "2020-12"],
    [{ $schema: "https://json-schema.org/draft/2020-12/schema" }, "2020-12"],
    [{ $schema: "http://json-schema.org/draft-07/schema#" }, "draft-07"],
    [{ $schema: "https://json-schema.org/draft-07/schema" }, "draft-07"],
  ])("%j is of %s", (schema, dialect) => {
    expect(read(schema).dialect).toBe(dialect as "2020-12");
  });
});
