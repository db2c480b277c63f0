import { expect, test } from "bun:test";
import * as fc from "fast-check";
import { divideUsage } from "../../../lib/processors/group/divide-usage.ts";

test("the shares add up to exactly what was reported, and each is a whole number, whatever the weights", () => {
  fc.assert(
    fc.property(
      fc.nat(1_000_000_000),
      fc.nat(5000),
      fc.array(fc.nat(100_000), { minLength: 1 }),
      (input, output, weights) => {
        const shares = divideUsage({ input_tokens: input, output_tokens: output }, weights);
        const sumOf = (key: "input_tokens" | "output_tokens"): number =>
          shares.reduce((sum, share) => sum + (share?.[key] ?? 0), 0);
        expect([sumOf("input_tokens"), sumOf("output_tokens")]).toEqual([input, output]);
        expect(shares.every((share) => (share?.input_tokens ?? -1) >= 0)).toBe(true);
      },
    ),
  );
});

test("shares follow the weights; without any, they are alike", () => {
  expect(divideUsage({ input_tokens: 100, cost: 1 }, [1, 3])).toEqual([
    { input_tokens: 25, cost: 0.25 },
    { input_tokens: 75, cost: 0.75 },
  ]);
  expect(divideUsage({ input_tokens: 3 }, [0, 0])).toEqual([{ input_tokens: 1 }, { input_tokens: 2 }]);
  expect(divideUsage(undefined, [1, 2])).toEqual([undefined, undefined]);
});
