import { expect, test } from "bun:test";
import { textsInJson } from "../../lib/core/texts-in-json.ts";

test.each([
  ['"plain"', '"plain"'],
  ['"two\\nlines \\"quoted\\" \\\\"', '"two\nlines "quoted" \\"'],
  ['{"na\\tme":["\\u4e2d",1],"x":"y"}', '{"na\tme":["中",1],"x":"y"}'],
  // Digits, order and doubled names stay as they were written, with and without escapes.
  [
    '{"n":12345678901234567890,"e":1e400,"1":2,"n":"\\n"}',
    '{"n":12345678901234567890,"e":1e400,"1":2,"n":"\n"}',
  ],
  ['"\\ud800"', '"\ud800"'],
  ["null", "null"],
])("textsInJson() unescapes texts and keeps the rest: %s", (json, text) => {
  expect(textsInJson(json)).toBe(text);
});

test("textsInJson() takes any nesting and any length", () => {
  const deep = `${'{"a":'.repeat(100_000)}"\\n"${"}".repeat(100_000)}`;
  expect(textsInJson(deep)).toBe(deep.replace("\\n", "\n"));
  expect(textsInJson(`"${"\\n".repeat(3_000_000)}"`)).toHaveLength(3_000_002);
});
