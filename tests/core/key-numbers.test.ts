// Keys and numbers in flat tables, against a Map and an array.
import { expect, test } from "bun:test";
import fc from "fast-check";
import { KeyNumbers } from "../../lib/core/key-numbers.ts";
import { NumberList } from "../../lib/core/number-list.ts";
import { idKey } from "../../lib/core/record-key.ts";

test("KeyNumbers numbers keys as a Map would, also those whose first words are equal", () => {
  const word = fc.constantFrom(0, 1, 7, 0xffffffff);
  fc.assert(
    fc.property(fc.array(fc.tuple(word, word, word, word)), (keys) => {
      const [numbers, expected] = [new KeyNumbers(), new Map<string, number>()];
      for (const key of keys) {
        const known = expected.get(key.join());
        expect(numbers.find(new Uint32Array(key))).toBe(known ?? null);
        if (known === undefined) expected.set(key.join(), expected.size);
        expect(numbers.add(new Uint32Array(key))).toBe(known ?? expected.size - 1);
      }
      expect(numbers.count).toBe(expected.size);
    }),
  );
});

test("KeyNumbers and NumberList keep everything while they grow", () => {
  const [numbers, list] = [new KeyNumbers(), new NumberList(0)];
  for (let at = 0; at < 10_000; at++) {
    expect(numbers.add(idKey(`q${at}`, 1))).toBe(at);
    list.push(at * 3);
  }
  list.set(5000, 1);
  expect(list.length).toBe(10_000);
  for (let at = 0; at < 10_000; at++) {
    expect(numbers.find(idKey(`q${at}`, 1))).toBe(at);
    expect(list.at(at)).toBe(at === 5000 ? 1 : at * 3);
  }
  expect(numbers.find(idKey("other", 1))).toBeNull();
});
