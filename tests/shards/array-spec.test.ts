import { expect, test } from "bun:test";
import fc from "fast-check";
import { arraySpec } from "../../lib/shards/array-spec.ts";
import { SEED, seeded } from "../helpers/seed.ts";

test("tasks are listed as schedulers read them", () => {
  expect(arraySpec([])).toBe("");
  expect(arraySpec([2, 6, 7, 8])).toBe("2,6-8");
  expect(arraySpec([0, 1])).toBe("0,1");
  expect(arraySpec([5])).toBe("5");
});

test(seeded("a list of tasks names each of them once"), () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(60)), (numbers) => {
      const ascending = numbers.toSorted((a, b) => a - b);
      const read = arraySpec(ascending)
        .split(",")
        .filter((part) => part !== "")
        .flatMap((part) => {
          const [from = 0, to = from] = part.split("-").map(Number);
          return Array.from({ length: to - from + 1 }, (_, at) => from + at);
        });
      expect(read).toEqual(ascending);
    }),
    { seed: SEED },
  );
});
