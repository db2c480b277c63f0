import { expect, test } from "bun:test";
import { plainLine, plainLines } from "../../../lib/view/page/plain-text.ts";

test("what would change the screen or the direction of writing is shown", () => {
  expect(plainLine("a\u202Eb\u0000c\u001b[31m\r\nd\te")).toBe("a\\u{202e}b\\x00c\\x1b[31m↵d e");
  expect(plainLines("a\u202E\n\tb\u0007\r\nc\u2028")).toBe("a\\u{202e}\n\tb\\x07\nc\\u{2028}");
});

test("all other text stays as it is", () => {
  for (const text of ["<script>alert(1)</script>", "你好，世界", "مرحبا", "👩‍👩‍👧 é", ""])
    expect([plainLine(text), plainLines(text)]).toEqual([text, text]);
});
