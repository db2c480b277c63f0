import { afterAll, expect, test } from "bun:test";
import fc from "fast-check";
import { rankOf, shuffledItems } from "../../lib/run/shuffled-items.ts";
import { inputOf, removeFiles } from "../helpers/inputs.ts";

afterAll(removeFiles);

const COUNT = 300;
const lines = Array.from({ length: COUNT }, (_, index) => `${index}\n`).join("");

test("every wanted item comes once, in the order of its rank, in however many passes the input is read", async () => {
  const input = inputOf(lines, { format: "txt" });
  await input.hash();
  const property = fc.asyncProperty(fc.integer({ min: 1, max: 400 }), fc.nat(5), async (perPass, skip) => {
    const want = (index: number): boolean => skip === 0 || index % (skip + 1) > 0;
    const wanted = Array.from({ length: COUNT }, (_, index) => index).filter((index) => want(index));
    const pieces: number[][] = [];
    for await (const items of shuffledItems(input, want, wanted.length, (16 << 20) / perPass))
      pieces.push(items.map(({ index }) => index));
    expect(pieces.flat()).toEqual(wanted.toSorted((a, b) => rankOf(a) - rankOf(b)));
    if (perPass < 50) expect(pieces.length).toBeGreaterThan(2);
  });
  await fc.assert(property, { numRuns: 50 });
});

test("ranks are different, and spread items of any part of the input over all of the order", () => {
  const count = 100_000;
  const ranks = Array.from({ length: count }, (_, index) => rankOf(index));
  expect(new Set(ranks).size).toBe(count);
  const early = ranks.slice(0, 1000).filter((rank) => rank < 2 ** 31).length;
  expect(early).toBeGreaterThan(400);
  expect(early).toBeLessThan(600);
});
