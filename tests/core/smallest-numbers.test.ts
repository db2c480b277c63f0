import { expect, test } from "bun:test";
import fc from "fast-check";
import { SmallestNumbers } from "../../lib/core/smallest-numbers.ts";

test("the largest of the N smallest numbers is known at any time, for any N", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ noNaN: true }), { maxLength: 3000 }),
      fc.integer({ min: 1, max: 2000 }),
      (numbers, limit) => {
        const smallest = new SmallestNumbers(limit);
        for (const number of numbers) smallest.add(number);
        const sorted = Float64Array.from(numbers).sort();
        expect(smallest.largest).toBe(
          numbers.length < limit ? Number.POSITIVE_INFINITY : (sorted[limit - 1] ?? 0),
        );
      },
    ),
    { numRuns: 300 },
  );
});
