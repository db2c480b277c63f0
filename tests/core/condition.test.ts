import { expect, test } from "bun:test";
import { parseCondition } from "../../lib/core/condition.ts";
import { CkptError } from "../../lib/core/errors.ts";

test.each([
  ["level=hard", "level", "hard", true],
  ["level=hard", "level", "harder", false],
  ["level=", "level", "", true],
  ["级别=难", "级别", "难", true],
  ["a.b=x=y", "a.b", "x=y", true],
  ["a~b=c", "a", "ab=cd", true],
  ["text~^\\p{Script=Han}+$", "text", "漢字", true],
  ["text~^.$", "text", "😀", true],
  ["n~\\d{3}", "n", "1234", true],
] as const)("%s", (typed, field, text, expected) => {
  const condition = parseCondition("--where", typed);
  expect([condition.field, condition.holds(text)]).toEqual([field, expected]);
});

test.each([
  ["a**", 3],
  ["a)b", 2],
  ["难(?x)", 4],
  ["[z-a]x", 4],
  ["x{3,1}", 6],
  ["a|*b", 3],
  ["(a)(b|[c", null],
  ["a\\", null],
  ["(?:a(b)", null],
  ["(?<name>a", null],
])("the place is told where %s goes wrong", (pattern, at) => {
  try {
    parseCondition("--where", `field~${pattern}`);
    throw new Error("taken for a regular expression");
  } catch (error) {
    if (!(error instanceof CkptError)) throw error;
    expect(error).toMatchObject({ code: "usage.badPattern", params: { option: "--where", pattern, at } });
  }
});
