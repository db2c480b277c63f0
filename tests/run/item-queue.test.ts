// The order in which a queue gives the answers of items.
import { expect, test } from "bun:test";
import fc from "fast-check";
import { Plan } from "../../lib/core/plan.ts";
import type { Input } from "../../lib/input/input.ts";
import { ItemQueue } from "../../lib/run/item-queue.ts";
import { textItem } from "../helpers/attempts.ts";
import { specOf } from "../helpers/inputs.ts";

/** An input of which only `read` is there. @param pieces how many items each piece has */
function inputOf(pieces: readonly number[]): Input {
  const absent = (): never => {
    throw new Error("not part of this test");
  };
  return {
    spec: specOf("", { shownPath: "", format: "txt" }),
    parts: [],
    ofSeveral: false,
    moved: absent,
    sizeBytes: absent,
    hash: absent,
    scan: absent,
    read: async function* (want) {
      let index = 0;
      for (const size of pieces) {
        const items = Array.from({ length: size }, () => textItem(index++, "text"));
        yield items.filter((item) => want(item.index));
      }
    },
  };
}

/** What a queue gives until it is exhausted. */
async function taken(
  pieces: readonly number[],
  plan: Plan,
  itemsTogether: number,
): Promise<(readonly [index: number, repeat: number])[]> {
  const all: (readonly [number, number])[] = [];
  const { promise: end, resolve, reject } = Promise.withResolvers<void>();
  const take = (): void => {
    for (let unit = queue.take(); unit !== undefined; unit = queue.take()) {
      expect(unit.number).toBe(plan.unitOf(unit.item.index, unit.repeat) ?? -1);
      all.push([unit.item.index, unit.repeat]);
    }
    if (queue.isExhausted) resolve();
  };
  const options = { retryFailed: true, shuffle: false, itemsTogether };
  const queue = new ItemQueue(inputOf(pieces), plan, options, { read: take, failed: reject });
  take();
  await end;
  return all;
}

/** The units that are due of so many items at a time: all of their first answers, then their second ones, and so on. */
function expected(
  pieces: readonly number[],
  repeats: number,
  together: number,
  isDue: (index: number, repeat: number) => boolean,
): (readonly [number, number])[] {
  const order: (readonly [number, number])[] = [];
  let first = 0;
  for (const size of pieces) {
    const items = Array.from({ length: size }, (_, at) => first + at).filter((index) =>
      Array.from({ length: repeats }, (_, at) => at + 1).some((repeat) => isDue(index, repeat)),
    );
    first += size;
    for (let from = 0; from < items.length; from += together)
      for (let repeat = 1; repeat <= repeats; repeat++)
        for (const index of items.slice(from, from + together))
          if (isDue(index, repeat)) order.push([index, repeat]);
  }
  return order;
}

test("answers come item by item, or those of several items in turn; each that is due comes once", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 7 }),
      fc.array(fc.boolean(), { minLength: 100, maxLength: 100 }),
      async (pieces, repeats, together, done) => {
        const count = pieces.reduce((sum, size) => sum + size, 0);
        const plan = new Plan(count, { repeats, isPart: false });
        for (let unit = 0; unit < plan.count; unit++) if (done[unit] === true) plan.recorded(unit, null, 0);
        const isDue = (index: number, repeat: number): boolean => done[index * repeats + repeat - 1] !== true;
        expect(await taken(pieces, plan, together)).toEqual(expected(pieces, repeats, together, isDue));
      },
    ),
    { numRuns: 300 },
  );
});
