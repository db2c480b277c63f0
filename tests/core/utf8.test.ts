import { expect, test } from "bun:test";
import { isUtf8 } from "node:buffer";
import fc from "fast-check";
import { firstInvalidUtf8, tailText } from "../../lib/core/utf8.ts";

const CASES: readonly (readonly [hex: string, offset: number | null])[] = [
  ["", null],
  ["6162", null],
  ["c3bc e69687 f09f9880", null],
  ["61ff", 1],
  ["80", 0],
  ["6161 c3", 2], // cut
  ["f09f98", 0], // cut
  ["c080", 0], // overlong
  ["e08080", 0], // overlong
  ["eda080", 0], // a surrogate
  ["f4908080", 0], // past U+10FFFF
  ["e696 61", 0],
];

test.each(CASES)("firstInvalidUtf8() of %s is %p", (hex, offset) => {
  expect(firstInvalidUtf8(Buffer.from(hex.replaceAll(" ", ""), "hex"))).toBe(offset);
});

test("firstInvalidUtf8() agrees with the runtime's own check, and what is before the offset is UTF-8", () => {
  const bytes = fc.array(
    fc.constantFrom(0x41, 0x80, 0x9f, 0xa0, 0xbf, 0xc1, 0xc3, 0xe0, 0xe4, 0xed, 0xf0, 0xf4, 0xff),
  );
  fc.assert(
    fc.property(bytes, (values) => {
      const buffer = Buffer.from(values);
      const offset = firstInvalidUtf8(buffer);
      expect(offset === null).toBe(isUtf8(buffer));
      if (offset !== null) expect(isUtf8(buffer.subarray(0, offset))).toBe(true);
    }),
  );
});

test("tailText() leaves out a character that was cut at the front", () => {
  const bytes = Buffer.from("文 and more");
  expect(tailText(bytes.subarray(0))).toBe("文 and more");
  expect(tailText(bytes.subarray(1))).toBe(" and more");
  expect(tailText(bytes.subarray(2))).toBe(" and more");
});

test("tailText() shows what is no UTF-8 as U+FFFD", () => {
  expect(tailText(Buffer.from("61ff62", "hex"))).toBe("a\ufffdb");
});
