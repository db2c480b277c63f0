import { expect, test } from "bun:test";
import fc from "fast-check";
import { contentKey, idKey, type Key } from "../../lib/core/record-key.ts";
import { SHARDS_MAX } from "../../lib/core/shard.ts";
import {
  gapsBetween,
  intervalOf,
  isIn,
  parseShard,
  shardOf,
  shardsOver,
} from "../../lib/shards/shard-rule.ts";
import { SEED, seeded } from "../helpers/seed.ts";

const RUNS = { numRuns: 300, seed: SEED };
const KEYS = 2 ** 32;
const count = fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: SHARDS_MAX }));
const first = fc.oneof(fc.integer({ min: 0, max: KEYS - 1 }), fc.constantFrom(0, 1, KEYS - 1, KEYS / 2));
const keyOf = (bits: number): Key => Uint32Array.of(bits, 1, 2, 3);
const shards = (of: number): readonly number[] => Array.from({ length: of }, (_, at) => at + 1);

test(seeded("the intervals of all shards tile the keys: no gap, no overlap"), () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2000 }), (of) => {
      let end = 0;
      for (const index of shards(of)) {
        const { from, to } = intervalOf({ index, count: of });
        expect(from).toBe(end);
        expect(to).toBeGreaterThan(from);
        end = to;
      }
      expect(end).toBe(KEYS);
      expect(gapsBetween(shards(of).map((index) => intervalOf({ index, count: of })))).toEqual([]);
    }),
    { ...RUNS, numRuns: 40 },
  );
});

test(seeded("a key is in the interval of its shard, and at its borders in no other"), () => {
  fc.assert(
    fc.property(count, first, (of, bits) => {
      const index = shardOf(keyOf(bits), of);
      const { from, to } = intervalOf({ index, count: of });
      expect(isIn({ from, to }, keyOf(bits))).toBe(true);
      expect(shardOf(keyOf(from), of)).toBe(index);
      expect(shardOf(keyOf(to - 1), of)).toBe(index);
      if (to < KEYS) expect(shardOf(keyOf(to), of)).toBe(index + 1);
    }),
    RUNS,
  );
});

test(seeded("a missing shard is a gap, and the gap names that shard and no other"), () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 300 }), fc.nat(), (of, chance) => {
      const missing = (chance % of) + 1;
      const others = shards(of).filter((index) => index !== missing);
      const gaps = gapsBetween(others.map((index) => intervalOf({ index, count: of })));
      expect(gaps).toEqual([intervalOf({ index: missing, count: of })]);
      expect(gaps.flatMap((gap) => shardsOver(gap, of))).toEqual([missing]);
    }),
    RUNS,
  );
});

test(seeded("shards of another number lie over each other as their keys do"), () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 100 }), first, (a, b, bits) => {
      const here = intervalOf({ index: shardOf(keyOf(bits), a), count: a });
      expect(shardsOver(here, b)).toContain(shardOf(keyOf(bits), b));
    }),
    RUNS,
  );
  const finer = shards(16).map((index) => shardsOver(intervalOf({ index, count: 16 }), 64).length);
  expect(new Set(finer)).toEqual(new Set([4]));
});

test("the answers of an item and its equals are in one shard", () => {
  const digest = Bun.SHA256.hash("same content") as Uint8Array;
  const seen = new Set<number>();
  for (let occurrence = 1; occurrence < 50; occurrence++)
    for (let repeat = 1; repeat < 5; repeat++) seen.add(shardOf(contentKey(digest, occurrence, repeat), 997));
  for (let repeat = 2; repeat < 5; repeat++)
    expect(shardOf(idKey("q1", repeat), 997)).toBe(shardOf(idKey("q1", 1), 997));
  expect(seen.size).toBe(1);
});

test(seeded("an item stays in its shard whatever else is in the input"), () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.string(), { minLength: 1 }),
      fc.array(fc.string()),
      count,
      (ids, more, of) => {
        const placed = new Map(ids.map((id) => [id, shardOf(idKey(id, 1), of)]));
        for (const id of [...more, ...ids]) {
          const now = shardOf(idKey(id, 1), of);
          if (placed.has(id)) expect(now).toBe(placed.get(id) ?? 0);
        }
      },
    ),
    RUNS,
  );
});

test("at 10 000 items a shard, shards are even within 5 %", () => {
  const of = 16;
  const sizes = Array.from({ length: of }, () => 0);
  for (let item = 0; item < of * 10_000; item++) {
    const index = shardOf(idKey(`q${item}`, 1), of);
    sizes[index - 1] = (sizes[index - 1] ?? 0) + 1;
  }
  for (const size of sizes) expect(Math.abs(size / 10_000 - 1)).toBeLessThan(0.05);
});

test("a shard is written INDEX/COUNT", () => {
  expect(parseShard("3/16")).toEqual({ index: 3, count: 16 });
  for (const text of ["", "3", "3/", "/16", "3/16/2", "-1/2", "1.5/2", "a/b", " 1/2", "1/2 "])
    expect(parseShard(text)).toBeNull();
});
