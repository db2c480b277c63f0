import { expect, test } from "bun:test";
import { contentKey, idKey, readHashWords, recordedKey } from "../../lib/core/record-key.ts";

test("a hash read from a record's digits, in either case, gives the key of the content it is of", () => {
  const digest = Bun.SHA256.hash("content") as Uint8Array;
  const hex = Buffer.from(digest).toString("hex").slice(0, 32);
  for (const [occurrence, repeat] of [
    [1, 1],
    [2, 1],
    [1, 2],
    [4_000_000_000, 7],
  ] as const) {
    const expected = [...contentKey(digest, occurrence, repeat)];
    for (const digits of [hex, hex.toUpperCase()]) {
      const words = readHashWords(Buffer.from(`--${digits}--`), 2, new Uint32Array(4));
      expect([...recordedKey(words, occurrence, repeat)]).toEqual(expected);
    }
  }
});

test("every occurrence and every answer of an item has a key of its own", () => {
  const digest = Bun.SHA256.hash("content") as Uint8Array;
  const numbers = [1, 2, 3, 4];
  const keys = numbers.flatMap((a) => numbers.map((b) => String(contentKey(digest, a, b))));
  for (const repeat of numbers) keys.push(String(idKey("content", repeat)));
  expect(new Set(keys).size).toBe(keys.length);
});
