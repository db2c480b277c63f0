import { expect, test } from "bun:test";
import type { JsonValue } from "../../lib/core/item.ts";
import { expandTemplate, fieldPathsOf, namesNumber, parseTemplate } from "../../lib/core/template.ts";
import { jsonItem, textItem } from "../helpers/attempts.ts";

function expand(source: string, value: JsonValue, id: string | null = null, text?: string): string {
  const expansion = expandTemplate(parseTemplate(source), jsonItem(4, value, id, text));
  return expansion.ok ? expansion.text : `lacks ${expansion.missing.join(", ")}`;
}

const FIELDS = {
  question: "2+2?",
  问题: "谁？",
  "a-b_3": "x",
  a: { b: { c: "deep" } },
  list: [7, 8],
  yes: true,
  none: null,
};

const EXPANSIONS: readonly (readonly [template: string, text: string])[] = [
  ["", ""],
  ["plain", "plain"],
  ["{question}", "2+2?"],
  ["Q: {question} / {question}!", "Q: 2+2? / 2+2?!"],
  ["{问题}", "谁？"],
  ["{a-b_3}", "x"],
  ["{a.b.c}", "deep"],
  ["{a.b}", '{"c":"deep"}'],
  ["{list}", "[7,8]"],
  ["{list.1}", "8"],
  ["{yes} {none}", "true null"],
  ["{#}", "5"],
  ["{}", JSON.stringify(FIELDS)],
  ["{missing}", "lacks missing"],
  ["{a.x} {question} {b}", "lacks a.x, b"],
  ["{question.length}", "lacks question.length"],
  // Braces
  ["{{question}}", "{question}"],
  ["{{}}", "{}"],
  ["{{{question}}}", "{2+2?}"],
  ['Answer as {{"a": {{"b": {#}}}}}', 'Answer as {"a": {"b": 5}}'],
  ['{"a":{"b":{"c":1}}}', '{"a":{"b":{"c":1}}}'],
  ['{"messages":[{"content":{question}}]}', '{"messages":[{"content":2+2?}]}'],
  ['{"outer":{"q":{#}}}', '{"outer":{"q":5}}'],
  // Left alone, because it is no name
  ["${HOME} ${question} $question", "${HOME} ${question} $question"],
  ["{print $1}", "{print $1}"],
  ["/x/ { print } END {print NR}", "/x/ { print } END {print NR}"],
  ['{ "json": 1 }', '{ "json": 1 }'],
  ["{ question }", "{ question }"],
  ["{question", "{question"],
  ["question}", "question}"],
  ["{.a} {a.} {a..b} {.} {-} {-a}", "{.a} {a.} {a..b} {.} {-} {-a}"],
  ["{##} {#1} {a b} {a,b} {1,3}", "{##} {#1} {a b} {a,b} {1,3}"],
  ["} {", "} {"],
];

test.each(EXPANSIONS)("template %j gives %j", (template, text) => {
  expect(expand(template, FIELDS)).toBe(text);
});

test("a field that is literally called a.b wins over the path", () => {
  expect(expand("{a.b}", { "a.b": "literal", a: { b: "path" } })).toBe("literal");
});

test("{id} is the id with --id, a field called id without, and lacking otherwise", () => {
  expect(expand("{id}", { id: "field" }, "q17")).toBe("q17");
  expect(expand("{id}", { id: "field" })).toBe("field");
  expect(expand("{id}", { other: 1 })).toBe("lacks id");
});

test("numbers stand as they were written", () => {
  const text = '{"n":12345678901234567890,"x":1.10,"deep":{"n":1e2}}';
  const value = JSON.parse(text) as JsonValue;
  expect(expand("{n} {x} {deep} {}", value, null, text)).toBe(`12345678901234567890 1.10 {"n":1e2} ${text}`);
});

test("{} is a text as it is, and of JSON the text unless the item is a string", () => {
  const expansion = expandTemplate(parseTemplate("<{}>"), textItem(0, 'say "hi" {#}'));
  expect(expansion).toEqual({ ok: true, text: '<say "hi" {#}>' });
  expect(expand("<{}>", 'say "hi"')).toBe('<say "hi">');
  expect(expand("<{}>", [1, "a"])).toBe('<[1,"a"]>');
  expect(expand("<{}>", null)).toBe("<null>");
});

test("a line of text has no fields", () => {
  expect(expandTemplate(parseTemplate("{length}"), textItem(0, "abc"))).toEqual({
    ok: false,
    missing: ["length"],
  });
});

test.each(["__proto__", "constructor", "toString", "hasOwnProperty", "a.__proto__", "a.constructor.name"])(
  "{%s} is an own property or lacking",
  (name) => {
    expect(expand(`{${name}}`, { a: {} })).toBe(`lacks ${name}`);
  },
);

test("an own property called __proto__ is a field like any other", () => {
  const text = '{"__proto__":"own"}';
  expect(expand("{__proto__}", JSON.parse(text) as JsonValue, null, text)).toBe("own");
});

test("what is filled in is not parsed again", () => {
  expect(expand("{a}{b}", { a: "{b}", b: "{{$&$1" })).toBe("{b}{{$&$1");
});

test("fieldPathsOf() names each field once, and {id} only where it is a field", () => {
  const templates = ["{a.b} {x} {#} {}", "{x} {id}"].map(parseTemplate);
  expect(fieldPathsOf(templates, false)).toEqual([["a", "b"], ["x"], ["id"]]);
  expect(fieldPathsOf(templates, true)).toEqual([["a", "b"], ["x"]]);
});

test("namesNumber() is true for {#} alone", () => {
  expect(namesNumber(["a", "{b}{#}"].map(parseTemplate))).toBe(true);
  expect(namesNumber(["{}", "{{#}}"].map(parseTemplate))).toBe(false);
});
