import { expect, test } from "bun:test";
import * as fc from "fast-check";
import { GroupFiller } from "../../../lib/processors/group/group-filler.ts";

type One = { readonly name: string; readonly key: string | null; readonly tokens: number };

/** All groups in the order in which they are sent. */
function groupsOf(items: readonly One[], itemsMax: number, tokensMax: number | null): string[] {
  const filler = new GroupFiller<One>({ itemsMax, tokensMax });
  const groups = items.flatMap((item) => filler.add(item));
  return [...groups, filler.take()].map((group) => group.map(({ name }) => name).join("")).filter(Boolean);
}

const of = (text: string, key: string | null = "k", tokens = 1): One[] =>
  Array.from(text, (name) => ({ name, key, tokens }));

test.each<[what: string, items: One[], itemsMax: number, tokensMax: number | null, groups: string[]]>([
  ["up to the number", of("abcdefg"), 3, null, ["abc", "def", "g"]],
  ["up to the tokens", of("abcde", "k", 4), 10, 8, ["ab", "cd", "e"]],
  ["never more tokens than allowed", [...of("a", "k", 5), ...of("b", "k", 4)], 10, 8, ["a", "b"]],
  [
    "an item of too many tokens goes alone",
    [...of("a"), ...of("b", "k", 99), ...of("c")],
    10,
    8,
    ["a", "b", "c"],
  ],
  [
    "another key begins another group",
    [...of("ab"), ...of("cd", "l"), ...of("e")],
    10,
    null,
    ["ab", "cd", "e"],
  ],
  [
    "an item without a key goes alone, and does not part the others",
    [...of("a"), ...of("x", null), ...of("b")],
    10,
    null,
    ["x", "ab"],
  ],
])("%s", (_what, items, itemsMax, tokensMax, groups) => {
  expect(groupsOf(items, itemsMax, tokensMax)).toEqual(groups);
});

test("no item is lost or sent twice, and no limit is exceeded", () => {
  const item = fc.record({
    name: fc.constant("x"),
    key: fc.constantFrom("k", "l", null),
    tokens: fc.nat(20),
  });
  fc.assert(
    fc.property(
      fc.array(item),
      fc.integer({ min: 2, max: 6 }),
      fc.option(fc.integer({ min: 1, max: 30 })),
      (items, itemsMax, tokensMax) => {
        const filler = new GroupFiller<One>({ itemsMax, tokensMax });
        const groups = [...items.flatMap((one) => filler.add(one)), filler.take()];
        expect(groups.flat().toSorted(byPlace(items))).toEqual(items);
        for (const group of groups) {
          const tokens = group.reduce((sum, one) => sum + one.tokens, 0);
          expect(
            group.length <= itemsMax && (group.length < 2 || tokensMax === null || tokens <= tokensMax),
          ).toBe(true);
          expect(new Set(group.map(({ key }) => key)).size).toBeLessThanOrEqual(1);
        }
      },
    ),
  );
});

const byPlace =
  (items: readonly One[]) =>
  (a: One, b: One): number =>
    items.indexOf(a) - items.indexOf(b);
