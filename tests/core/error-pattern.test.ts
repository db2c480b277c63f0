import { expect, test } from "bun:test";
import { errorPattern } from "../../lib/core/error-pattern.ts";

test.each<[what: string, ...messages: string[]]>([
  ["numbers", "no answer within 30 s", "no answer within 1.5 s", "no answer within 1,319 s"],
  ["signs and exponents", "loss is -3", "loss is 4", "loss is +1.5e-7"],
  ["numbers with a unit", "gave up after 31ms", "gave up after 4,000ms"],
  ["times and places", "at 12:30:45.001 (line 3 column 41)", "at 1:02:03 (line 17 column 4)"],
  ["other digits", "第 ٣ 行", "第 4 行"],
  [
    "uuids",
    "no session 123e4567-e89b-12d3-a456-426614174000",
    "no session FFFFFFFF-0000-4000-8000-00000000000A",
  ],
  ["hex", "at 0xdeadbeef12", "at 0x7ffc9e"],
  ["hashes", "blob 3eb620c9703a0164 lost", "blob 0123456789abcdefff lost"],
  ["ids of letters and digits", "request req_01HZX3ABC failed", "request chatcmpl-9xYz81 failed"],
  ["items' ids", "q17 is wrong", "q4 is wrong"],
  ["text in double quotes", 'cannot parse "18"', 'cannot parse "he said \\"no\\""'],
  ["text in double quotes that was cut", 'cannot parse "18"', 'cannot parse "The answer is'],
  ["text in single quotes", "no such key: 'name'", "no such key: 'it's'"],
  ["text in typographic quotes", "cannot parse “eighteen”", "cannot parse “18 ’”"],
  ["text in Chinese quotes", "无法解析「十八」", "无法解析「18」"],
  ["text in backquotes", "The model `a` is slow", "The model `b` is slow"],
  [
    "absolute paths",
    "cannot open /tmp/a.txt: denied",
    "cannot open /home/甲/b: denied",
    "cannot open ~/c/d.py: denied",
  ],
  ["paths of Windows", "cannot open C:\\a\\b.txt: denied", "cannot open D:/c: denied"],
  ["relative paths", "cannot open data/a.txt", "cannot open ../b", "cannot open a/b/c/d"],
  ["addresses", "refused by http://127.0.0.1:8080/v1", "refused by https://example.org/x?y=z"],
  ["white space", "a  b\n\n c", "a b c"],
])("%s are evened out", (_what, first, ...others) => {
  const patterns = others.map((message) => errorPattern(message));
  expect(patterns).toEqual(others.map(() => errorPattern(first)));
});

test.each([
  ["exit status 1: timeout talking to db", "exit status 1: bad input"],
  ["can't read it, don't ask", "can't write it, don't ask"],
  ["input/output error", "input/command error"],
  ["expected application/json", "expected text/html"],
  ["x.length of undefined", "x.name of undefined"],
  ["facade is missing", "decade is missing"],
  ["无法连接", "没有权限"],
  ["", "m"],
])("%p and %p stay two", (a, b) => {
  expect(errorPattern(a)).not.toBe(errorPattern(b));
});

/** Texts on which a pattern that tries again from every character would take a time that grows with the square of the length. */
const EVIL = [
  '"',
  "'a ",
  "‘",
  "“",
  "`",
  "/",
  "a/",
  "./",
  "a.",
  "a-",
  "1-",
  "a1",
  "_",
  '\\"',
  "C:",
  "http:",
  " ",
];

test("a message of any length gives a pattern of at most 300 characters, from its beginning alone", () => {
  for (const piece of EVIL) {
    const long = piece.repeat(1_000_000);
    expect(errorPattern(long).length).toBeLessThanOrEqual(300);
    expect(errorPattern(long)).toBe(errorPattern(long.slice(0, 1000)));
  }
});
