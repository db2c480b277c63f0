import { expect, test } from "bun:test";
import { contentKey, readHashWords, recordedKey } from "../../lib/core/record-key.ts";

test("a hash read from a record's digits, in either case, gives the key of the content it is of", () => {
  const digest = Bun.SHA256.hash("content") as Uint8Array;
  const hex = Buffer.from(digest).toString("hex").slice(0, 32);
  for (const occurrence of [1, 2, 4_000_000_000]) {
    const expected = [...contentKey(digest, occurrence)];
    for (const digits of [hex, hex.toUpperCase()]) {
      const words = readHashWords(Buffer.from(`--${digits}--`), 2, new Uint32Array(4));
      expect([...recordedKey(words, occurrence)]).toEqual(expected);
    }
  }
});
