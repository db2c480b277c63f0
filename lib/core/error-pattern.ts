// The part that messages with the same reason share. Numbers, ids, quoted text and paths differ from item to item and are replaced by placeholders.
// Patterns are only compared, never shown.

/** Only this many characters of a message are used. */
const HEAD_MAX = 1000;
/** Length limit of a pattern. Messages that differ only after it count as equal. */
const PATTERN_MAX = 300;

/** Characters that a path may contain. */
const PATH = String.raw`[^\s"'\x60“”‘’「」，。；：、（）,;:()\[\]{}<>|\\/]`;

/**
 * Text in quotation marks (up to the end if the message was cut before the closing mark), URLs, absolute paths, and relative paths with several
 * folders or an extension. An apostrophe between letters is not a quotation mark.
 */
const QUOTED_OR_PATH = new RegExp(
  [
    String.raw`"(?:[^"\\]|\\.?)*(?:"|$)`,
    "“[^”]*(?:”|$)",
    "「[^」]*(?:」|$)",
    "«[^»]*(?:»|$)",
    "`[^`]*(?:`|$)",
    String.raw`(?<![\p{L}\p{N}])'(?:[^'\n]|'(?=[\p{L}\p{N}]))*'(?![\p{L}\p{N}])`,
    String.raw`‘[^‘’\n]*’(?![\p{L}\p{N}])`,
    String.raw`\b[a-zA-Z][a-zA-Z0-9+]{1,15}:\/\/[^\s"'<>()]+`,
    String.raw`(?<![\p{L}\p{N}/])(?:[A-Za-z]:[\\/]|~?\/|\.{1,2}\/)(?:${PATH}+[\\/]?)+`,
    String.raw`(?<!${PATH}|\/)${PATH}{1,100}(?:(?:\/${PATH}{1,100}){2,20}|\/${PATH}{0,100}\.\w{1,8}\b)`,
  ].join("|"),
  "gsu",
);

const WORD = /[A-Za-z0-9_]+(?:-[A-Za-z0-9_]+)*/g;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const HEX = /^(?:0x)?(?=[0-9_]*[a-z])(?=[a-z]*\d)[0-9a-f]{7,}$/i;
/** Letters and digits mixed: `req_01HZX3`, `x7f3q2`. */
const MIXED = /^(?=.{6,})[a-z_-]*\d[\d_-]*[a-z][a-z_-]*\d/i;
const NUMBER = /(?:(?<![^\s(=:,])[-+])?\p{Nd}+(?:[.,:-]\p{Nd}+)*(?:[eE][-+]?\p{Nd}+)?/gu;

/** The pattern of a message: equal for messages that differ only in numbers, ids, quoted text and paths. Time and length are bounded. */
export function errorPattern(message: string): string {
  return message
    .slice(0, HEAD_MAX)
    .replace(QUOTED_OR_PATH, "*")
    .replace(WORD, (word) => (UUID.test(word) || HEX.test(word) || MIXED.test(word) ? "*" : word))
    .replace(NUMBER, "#")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, PATTERN_MAX);
}
