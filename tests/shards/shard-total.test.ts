// The count that a merge makes before it reads a log.
import { expect, test } from "bun:test";
import { isOtherTotal } from "../../lib/shards/shard-set.ts";

const shard = (index: number, count: number, total: number): Parameters<typeof isOtherTotal>[1][number] => ({
  shard: { index, count },
  source: { counts: { total } },
});

test("shards that have another number of items than the input are found by their counts", () => {
  const job = { input: { count: 10 } };
  expect(isOtherTotal(job, [shard(1, 2, 4), shard(2, 2, 6)])).toBe(false);
  expect(isOtherTotal(job, [shard(1, 2, 4), shard(2, 2, 5)])).toBe(true);
  expect(isOtherTotal(job, [shard(1, 2, 4), shard(2, 2, 7)])).toBe(true);
  expect(isOtherTotal({ ...job, repeat: 3 }, [shard(1, 2, 12), shard(2, 2, 18)])).toBe(false);
  // Shards of two numbers, one behind the other.
  expect(isOtherTotal(job, [shard(1, 2, 4), shard(3, 4, 3), shard(4, 4, 3)])).toBe(false);
  expect(isOtherTotal(job, [shard(1, 2, 4), shard(3, 4, 3), shard(4, 4, 2)])).toBe(true);
});

test("where counts say nothing, they are not asked", () => {
  const selection = { where: ["level=hard"] };
  expect(isOtherTotal({ input: { count: 10 }, selection }, [shard(1, 1, 3)])).toBe(false);
  expect(isOtherTotal({ input: { count: 10 } }, [shard(1, 1, 10), shard(1, 2, 5), shard(2, 2, 5)])).toBe(
    false,
  );
});
