// Where a text may be cut: between whole characters as people see them, so that no half of an emoji gets into a log, a status or onto a screen. jq,
// serde_json, orjson and Polars refuse a line that holds half of a surrogate pair.

/** How far a character may extend past the cut. A longer one is cut between code points. */
const CHARACTER_LENGTH_MAX = 256;

// Created on first use: most texts are cut within ASCII, or not at all.
let segmenter: Intl.Segmenter | undefined;

/**
 * The text, or its beginning and `end`, at most `lengthMax` UTF-16 units long together. A character that people see as one (an emoji of
 * several parts, a letter with its marks) is kept whole or left out.
 */
export function cutText(text: string, lengthMax: number, end = ""): string {
  if (text.length <= lengthMax) return text;
  return text.slice(0, characterBoundary(text, lengthMax - end.length)) + end;
}

/** The last offset at or before `at`, in UTF-16 units, where a character starts or the text ends. */
export function characterBoundary(text: string, at: number): number {
  if (at <= 0) return 0;
  if (at >= text.length) return text.length;
  if (isPlain(text.charCodeAt(at - 1)) && isPlain(text.charCodeAt(at))) return at;
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  const start = segmenter.segment(text.slice(0, at + CHARACTER_LENGTH_MAX)).containing(at)?.index ?? at;
  return at - start < CHARACTER_LENGTH_MAX ? start : codePointBoundary(text, at);
}

/** ASCII without control characters: two of these never combine into one character. */
function isPlain(unit: number): boolean {
  return unit >= 0x20 && unit < 0x7f;
}

function codePointBoundary(text: string, at: number): number {
  const isPair = isBetween(text, at - 1, 0xd800, 0xdbff) && isBetween(text, at, 0xdc00, 0xdfff);
  return isPair ? at - 1 : at;
}

function isBetween(text: string, at: number, min: number, max: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= min && unit <= max;
}
