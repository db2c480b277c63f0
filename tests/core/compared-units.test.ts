// Pairs of two sets of results against a plain join of the same.
import { expect, test } from "bun:test";
import fc from "fast-check";
import { type Comparison, ComparedUnits, COMPARISONS } from "../../lib/core/compared-units.ts";
import { idKey } from "../../lib/core/record-key.ts";

type Made = { readonly id: number; readonly repeat: number; readonly output: number | null };

const side = fc.uniqueArray(
  fc.record({
    id: fc.nat({ max: 700 }),
    repeat: fc.constantFrom(1, 2),
    output: fc.option(fc.nat({ max: 2 }), { freq: 3 }),
  }),
  { selector: ({ id, repeat }) => `${id} ${repeat}`, maxLength: 1200, size: "max" },
);

/** The position of an item in its input: of two inputs that have nothing in common but their items. */
const INDEX = { a: (id: number): number => (id * 7) % 701, b: (id: number): number => (id * 5) % 701 };

function plainJoin(a: Made | undefined, b: Made | undefined): Comparison {
  if (a === undefined) return "only_in_b";
  if (b === undefined) return "only_in_a";
  if (a.output === null) return b.output === null ? "failed_in_both" : "failed_in_a";
  if (b.output === null) return "failed_in_b";
  return a.output === b.output ? "same" : "different";
}

test("each unit is compared once, in the order of its item in A, or else in B", () => {
  fc.assert(
    fc.property(side, side, (a, b) => {
      const units = new ComparedUnits();
      const add = (of: "a" | "b", made: readonly Made[]): void => {
        for (const [place, { id, repeat, output }] of made.entries()) {
          const digest = [0, output ?? 0] as const;
          const result = { index: INDEX[of](id), repeat, place, failed: output === null, digest };
          const key = idKey(`q${id}`, repeat);
          if (of === "a") units.addA(key, result);
          else units.addB(key, result);
        }
      };
      add("a", a);
      add("b", b);
      const nameOf = ({ id, repeat }: Made): string => `${id} ${repeat}`;
      const [ofA, ofB] = [a, b].map((made) => new Map(made.map((each) => [nameOf(each), each])));
      const names = new Set([...a, ...b].map(nameOf));
      const wanted = [...names].map((name) => plainJoin(ofA?.get(name), ofB?.get(name)));
      for (const comparison of COMPARISONS)
        expect(units.count(comparison)).toBe(wanted.filter((each) => each === comparison).length);
      const found = [...units.inOrder(() => true)];
      expect(found).toHaveLength(names.size);
      for (const { comparison, index, placeA, placeB } of found) {
        const [madeA, madeB] = [
          placeA === null ? undefined : a[placeA],
          placeB === null ? undefined : b[placeB],
        ];
        expect(comparison).toBe(plainJoin(madeA, madeB));
        expect(index).toBe(madeA === undefined ? INDEX.b(madeB?.id ?? -1) : INDEX.a(madeA.id));
      }
      const indices = found.map(({ index }) => index);
      expect(indices).toEqual(indices.toSorted((x, y) => x - y));
      const some = [...units.inOrder((comparison) => comparison === "different")];
      expect(some).toEqual(found.filter(({ comparison }) => comparison === "different"));
    }),
    { numRuns: 40 },
  );
});
