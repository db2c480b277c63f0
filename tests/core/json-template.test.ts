import { expect, test } from "bun:test";
import type { JsonValue } from "../../lib/core/item.ts";
import { fillJson, parseJsonTemplate, templatesIn } from "../../lib/core/json-template.ts";
import { fieldPathsOf, namesNumber } from "../../lib/core/template.ts";
import { jsonItem, textItem } from "../helpers/attempts.ts";

/** The JSON text of what a template becomes. */
function fill(template: string, value: JsonValue, text?: string, id: string | null = null): string {
  const filled = fillJson(parseJsonTemplate(template), jsonItem(4, value, id, text));
  return filled.ok ? JSON.stringify(filled.value) : `lacks ${filled.missing.join(", ")}`;
}

const ITEM = {
  q: 'say "hi"',
  history: [{ role: "user", content: "a" }],
  a: { b: { c: 1 } },
  none: null,
  yes: false,
  "a.b": "literal",
};

test.each([
  // A string that is exactly one placeholder becomes the value.
  ['{"h":"{history}"}', '{"h":[{"role":"user","content":"a"}]}'],
  ['["{yes}","{none}","{q}","{#}"]', '[false,null,"say \\"hi\\"",5]'],
  ['["{a.b.c}","{a.b}"]', '[1,"literal"]'],
  ['["{}"]', `[${JSON.stringify(ITEM)}]`],
  // Any other string is text.
  [
    '["{yes}!","Q: {q}","{history} "]',
    '["false!","Q: say \\"hi\\"","[{\\"role\\":\\"user\\",\\"content\\":\\"a\\"}] "]',
  ],
  ['["{{q}}","{ q }","${q}","",3]', '["{q}","{ q }","${q}","",3]'],
  // A lone placeholder is the whole.
  ["{history}", '[{"role":"user","content":"a"}]'],
  [" {history}\n", '[{"role":"user","content":"a"}]'],
  ["{}", JSON.stringify(ITEM)],
  // Names of fields are none.
  ['{"{q}":1,"__proto__":"{yes}"}', '{"{q}":1,"__proto__":false}'],
  // Numbers keep their digits.
  ['[1.10,12345678901234567890,{"x":1e5}]', '[1.10,12345678901234567890,{"x":1e5}]'],
  ['["{gone}",{"x":"{a.x} {q}"}]', "lacks gone, a.x"],
])("%s becomes %s", (template, filled) => {
  expect(fill(template, ITEM)).toBe(filled);
});

test("a value keeps every digit, at any depth", () => {
  const text = '{"n":9007199254740993,"o":{"list":[1.10,{"x":1e400}]},"id":7}';
  const value = JSON.parse(text) as JsonValue;
  expect(fill('["{n}","{o.list}","{o}","{}"]', value, text)).toBe(
    `[9007199254740993,[1.10,{"x":1e400}],{"list":[1.10,{"x":1e400}]},${text}]`,
  );
});

test("{id} is the item's id, as it is written in the item", () => {
  expect(fill('["{id}"]', { key: "k" }, undefined, "k")).toBe('["k"]');
  const item = { ...jsonItem(0, {}, "9007199254740993"), idIsJson: true };
  const filled = fillJson(parseJsonTemplate('["{id}","n {id}"]'), item);
  expect(filled.ok && JSON.stringify(filled.value)).toBe('[9007199254740993,"n 9007199254740993"]');
});

test("an item of text is its text", () => {
  const filled = fillJson(parseJsonTemplate('{"input":"{}"}'), textItem(0, "12"));
  expect(filled.ok && JSON.stringify(filled.value)).toBe('{"input":"12"}');
});

test("the templates in it name its fields", () => {
  const templates = templatesIn(parseJsonTemplate('{"a":["{x}","y {z.w}",1],"{k}":"{#}"}'));
  expect(fieldPathsOf(templates, false)).toEqual([["x"], ["z", "w"]]);
  expect(namesNumber(templates)).toBe(true);
});

test.each(["{", "[1,", "plain", "{a} {b}", "{a}{b}", ""])(
  "%j is neither JSON nor a lone placeholder",
  (text) => {
    expect(() => parseJsonTemplate(text)).toThrow(SyntaxError);
  },
);
