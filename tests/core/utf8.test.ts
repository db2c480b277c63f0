import { expect, test } from "bun:test";
import { isUtf8 } from "node:buffer";
import fc from "fast-check";
import { firstInvalidUtf8, headText, tailText, textOfFile, Utf8Pieces } from "../../lib/core/utf8.ts";

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

test("Utf8Pieces gives the text of pieces cut anywhere, without a byte-order mark at the beginning", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme" }),
      fc.boolean(),
      fc.array(fc.nat(9)),
      (text, isMarked, cuts) => {
        const bytes = Buffer.from(`${isMarked ? "\ufeff" : ""}x\ufeff${text}`);
        const pieces = new Utf8Pieces();
        let given = "";
        let from = 0;
        for (const length of [...cuts, bytes.length]) {
          given += pieces.decode(bytes.subarray(from, from + length));
          from += length;
        }
        expect(given).toBe(`x\ufeff${text}`.toWellFormed());
      },
    ),
  );
});

test("Utf8Pieces says where text is not UTF-8, wherever it is cut", () => {
  const bytes = Buffer.concat([Buffer.from("\ufeff文😀"), Buffer.from([0xf0, 0x9f, 0x98, 0x41])]);
  for (let size = 1; size <= bytes.length; size++) {
    const pieces = new Utf8Pieces();
    const decode = (): void => {
      for (let from = 0; from < bytes.length; from += size) pieces.decode(bytes.subarray(from, from + size));
    };
    expect(decode).toThrow("it is not UTF-8: byte 0xf0 at offset 10");
  }
});

test.each<[hex: string, found: ReturnType<typeof textOfFile>]>([
  ["efbbbf efbbbf 61", "a"],
  ["", ""],
  ["e69687 0a", "文\n"],
  ["efbbbf 61 efbbbf", "a\ufeff"],
  ["63 61 66 e9 20 7b", { fault: "bytes", offset: 3 }],
  ["c7eb bbd8 b4f0", { fault: "bytes", offset: 0 }], // GBK
  ["61 e696", { fault: "bytes", offset: 1 }],
  ["fffe 5100 3a00", { fault: "mark", encoding: "utf-16le", offset: 0 }],
  ["feff 0051 003a", { fault: "mark", encoding: "utf-16be", offset: 0 }],
  ["5100 3a00", { fault: "zero", offset: 1 }], // UTF-16 without a mark
  ["00 ff", { fault: "zero", offset: 0 }],
  ["ff 00", { fault: "bytes", offset: 0 }],
])("textOfFile() of %s is %j", (hex, found) => {
  expect(textOfFile(Buffer.from(hex.replaceAll(" ", ""), "hex"))).toEqual(found);
});

test("headText() leaves out a character that was cut at the end", () => {
  const bytes = Buffer.from("more and 😀");
  for (let cut = 1; cut <= 3; cut++) expect(headText(bytes.subarray(0, -cut))).toBe("more and ");
  expect(headText(bytes)).toBe("more and 😀");
});
