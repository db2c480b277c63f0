import { expect, test } from "bun:test";
import fc from "fast-check";
import { characterBoundary, cutText } from "../../lib/core/cut-text.ts";

const FAMILY = "👨‍👩‍👧‍👦";
const FLAG = "🇩🇪";

test.each<[text: string, lengthMax: number, end: string, cut: string]>([
  ["plain", 5, "…", "plain"],
  ["plain text", 6, "…", "plain…"],
  ["a😀b", 2, "", "a"],
  ["a😀b", 3, "", "a😀"],
  ["a😀b", 3, "…", "a…"],
  [`a${FAMILY}b`, 8, "", "a"],
  [`a${FAMILY}b`, 12, "", `a${FAMILY}`],
  [FLAG.repeat(3), 6, "", FLAG],
  ["cafe\u0301!", 4, "", "caf"],
  ["中文字", 2, "", "中文"],
  ["line\r\nnext", 5, "", "line"],
  ["\ud83d alone", 1, "", "\ud83d"],
  ["x", 0, "", ""],
])("cutText(%j, %p, %j) is %j", (text, lengthMax, end, cut) => {
  expect(cutText(text, lengthMax, end)).toBe(cut);
});

test("a letter under thousands of marks is cut between code points, not left out for ever", () => {
  expect(cutText(`x${"\u0301".repeat(9000)}`, 4000).length).toBe(4000);
  const marks = `x${"\u{1e8d0}".repeat(9000)}`;
  expect(cutText(marks, 4000)).toBe(`x${"\u{1e8d0}".repeat(1999)}`);
});

const piece = fc.constantFrom(
  "a",
  " ",
  "中",
  "é",
  "e\u0301",
  "😀",
  "👍🏽",
  FAMILY,
  FLAG,
  "1️⃣",
  "한",
  "ก็",
  "\r\n",
  "\n",
);
const texts = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(""));

test("a cut keeps whole characters, and as many of them as there is room for", () => {
  const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
  fc.assert(
    fc.property(texts, fc.nat(80), (text, lengthMax) => {
      const cut = cutText(text, lengthMax);
      const whole = [...segmenter.segment(text)].map(({ segment }) => segment);
      let kept = "";
      for (const segment of whole) {
        if (kept.length + segment.length > lengthMax) break;
        kept += segment;
      }
      expect(cut).toBe(kept);
      expect(cut.isWellFormed()).toBe(true);
    }),
  );
});

test("a boundary never stands within a surrogate pair, in any text", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 400 }), fc.nat(900), (text, at) => {
      const boundary = characterBoundary(text, at);
      expect(boundary).toBeLessThanOrEqual(at);
      expect(text.slice(0, boundary).isWellFormed()).toBe(true);
      expect(text.slice(boundary).isWellFormed()).toBe(true);
    }),
  );
});
