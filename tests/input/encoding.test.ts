import { afterAll, describe, expect, test } from "bun:test";
import { encode, errorOf, inputOf, itemsOf, scanOf, removeFiles } from "../helpers/inputs.ts";

afterAll(removeFiles);

const scan = (bytes: Uint8Array, encoding: string, blockBytes = 65_536): Promise<unknown> =>
  scanOf(inputOf(bytes, { format: "txt", encoding }, { blockBytes }));

test("a label that no decoder knows is refused before the file is looked at", async () => {
  expect(await errorOf(() => inputOf("x", { encoding: "utf-99" }))).toEqual({
    code: "input.unknownEncoding",
    encoding: "utf-99",
  });
});

test.each(["utf8", "UTF-8", "unicode-1-1-utf-8", "GBK", "gb2312"])(
  "the label %s is one of TextDecoder's",
  async (encoding) => {
    const items = await itemsOf(inputOf("plain\n", { format: "txt", encoding }));
    expect(items.map(({ text }) => text)).toEqual(["plain"]);
  },
);

test.each([
  ["utf-16le", "utf-8", "utf-16le"],
  ["utf-16be", "utf-8", "utf-16be"],
  ["utf-16le", "utf-16be", "utf-16le"],
  ["utf-16be", "utf-16le", "utf-16be"],
  ["utf-8", "gb18030", "utf-8"],
] as const)(
  "a byte order mark of %s where %s is expected names the right encoding",
  async (written, expected, named) => {
    const bytes = encode("\uFEFFplain\n", written);
    for (const blockBytes of [1, 2, 65_536]) {
      expect(await errorOf(() => scan(bytes, expected, blockBytes))).toEqual({
        code: "input.wrongEncoding",
        path: "shown",
        encoding: expected,
        marked: named,
      });
    }
  },
);

test("an input that is shorter than a byte order mark is read as it is", async () => {
  expect((await itemsOf(inputOf("x", { format: "txt" }))).map(({ text }) => text)).toEqual(["x"]);
  const items = await itemsOf(inputOf("xy", { format: "txt" }, { blockBytes: 1 }));
  expect(items.map(({ text }) => text)).toEqual(["xy"]);
});

test("only the first byte order mark is one: a later U+FEFF is text", async () => {
  for (const encoding of ["utf-8", "utf-16le"] as const) {
    const bytes = encode("\uFEFF\uFEFFa\n\uFEFFb", encoding);
    const items = await itemsOf(inputOf(bytes, { format: "txt", encoding }));
    expect(items.map(({ text }) => text)).toEqual(["\uFEFFa", "\uFEFFb"]);
  }
});

describe("the offset of what does not decode is that of the first byte of the character:", () => {
  const good = "ab 你好 cd\n";
  test.each([
    ["utf-8", "a lone byte of a following character", encode(good, "utf-8"), [0x80], "x\n"],
    ["utf-8", "a character that is cut", encode(good, "utf-8"), [0xe4, 0xbd], "x\n"],
    ["utf-8", "a surrogate", encode(good, "utf-8"), [0xed, 0xa0, 0x80], "x\n"],
    ["utf-8", "an overlong form", encode(good, "utf-8"), [0xc0, 0xaf], "x\n"],
    ["utf-8", "a character that is cut by the end", encode(good, "utf-8"), [0xf0, 0x9f, 0x98], ""],
    ["gb18030", "a lead byte before a space", encode(good, "gb18030"), [0x81, 0x20], "x\n"],
    ["gb18030", "a cut sequence of four", encode(good, "gb18030"), [0x81, 0x30, 0x20], "x\n"],
    ["gb18030", "a lead byte at the end", encode(good, "gb18030"), [0x81], ""],
    ["gb18030", "a byte that is none", encode(good, "gb18030"), [0xff], "x\n"],
    ["utf-16le", "a lone low surrogate", encode(good, "utf-16le"), [0x00, 0xdc], "x\n"],
    ["utf-16le", "half a unit at the end", encode(good, "utf-16le"), [0x41], ""],
    ["utf-16be", "a high surrogate at the end", encode(good, "utf-16be"), [0xd8, 0x3d], ""],
    ["shift_jis", "a lead byte at the end", Buffer.from("plain\n"), [0x81], ""],
  ] as const)("%s, %s", async (encoding, _what, before, bad, after) => {
    const tail = encoding === "utf-16le" || encoding === "utf-16be" ? encode(after, encoding) : after;
    const bytes = Buffer.concat([before, Uint8Array.from(bad), Buffer.from(tail)]);
    for (const blockBytes of [1, 2, 3, 5, 7, 8, 9, 10, 12, 16, 65_536]) {
      expect(await errorOf(() => scan(bytes, encoding, blockBytes))).toEqual({
        code: "input.undecodable",
        path: "shown",
        encoding,
        offset: before.length,
      });
    }
  });
});

test.each(["utf-16le", "utf-16be", "gb18030"] as const)(
  "the offset of a NUL in %s is that of its first byte",
  async (encoding) => {
    const bytes = encode("ab 你好\0x\n", encoding);
    const offset = encode("ab 你好", encoding).length;
    for (const blockBytes of [1, 3, 8, 65_536]) {
      const expected = { code: "input.binary", path: "shown", offset };
      expect(await errorOf(() => scan(bytes, encoding, blockBytes))).toEqual(expected);
    }
  },
);

test("compressed data under the name of a plain file is binary, not a wrong character", async () => {
  expect(await errorOf(() => scan(Bun.gzipSync(Buffer.from("plain\n")), "utf-8"))).toMatchObject({
    code: "input.binary",
  });
});

test("the offset is right behind many blocks of good text", async () => {
  const before = encode("你好你好你好 plain\n".repeat(20_000), "gb18030");
  const bytes = Buffer.concat([before, Buffer.from([0xff]), Buffer.from("more\n".repeat(20_000))]);
  expect(await errorOf(() => scan(bytes, "gb18030"))).toMatchObject({
    code: "input.undecodable",
    offset: before.length,
  });
});
