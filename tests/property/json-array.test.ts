// Any array, with white space of any kind between its tokens, cut into blocks of any size, gives its elements without that white space.
import { afterAll, expect, test } from "bun:test";
import fc from "fast-check";
import { errorOf, inputOf, itemsOf, scanOf, shortHash, removeFiles } from "../helpers/inputs.ts";

afterAll(removeFiles);

const number = fc.constantFrom("0", "-0", "1.10", "1e5", "-12.5E-3", "12345678901234567890", "3.000");
const string = fc
  .oneof(
    fc.string({
      unit: fc.constantFrom('"', "\\", "[", "]", "{", "}", ",", ":", " ", "\n", "好", "😀"),
      maxLength: 6,
    }),
    fc.string({ unit: "binary", maxLength: 6 }),
  )
  .map((text) => JSON.stringify(text));

/** The tokens of a JSON value. */
const { value } = fc.letrec<{ value: string[]; pair: string[] }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.oneof(number, string, fc.constantFrom("true", "false", "null")).map((token) => [token]),
    fc.array(tie("value"), { maxLength: 4 }).map((all) => separated(all, "[", "]")),
    fc.array(tie("pair"), { maxLength: 4 }).map((all) => separated(all, "{", "}")),
  ),
  pair: fc.tuple(string, tie("value")).map(([name, tokens]) => [name, ":"].concat(tokens)),
}));

function separated(all: readonly (readonly string[])[], open: string, close: string): string[] {
  return [open, ...all.flatMap((tokens, at) => (at === 0 ? tokens : [","].concat(tokens))), close];
}

const space = fc.string({ unit: fc.constantFrom(" ", "\n", "\t", "\r"), maxLength: 3 });

test("elements come without white space, digits and order as written, at any size of blocks", async () => {
  const elements = fc.array(value, { minLength: 1, maxLength: 5 });
  const spaces = fc.array(space, { minLength: 1, maxLength: 10 });
  await fc.assert(
    fc.asyncProperty(elements, spaces, fc.integer({ min: 1, max: 30 }), async (all, between, blockBytes) => {
      const tokens = separated(all, "[", "]");
      const text =
        tokens.map((token, at) => (between[at % between.length] ?? "") + token).join("") + (between[0] ?? "");
      const expected = all.map((element) => element.join(""));
      const input = inputOf(text, { format: "json" }, { blockBytes });
      const items = await itemsOf(input);
      expect(items.map((item) => item.text)).toEqual(expected);
      expect(items.map((item) => item.value)).toEqual(JSON.parse(text));
      expect(items.map(({ hash }) => hash)).toEqual(expected.map(shortHash));
      expect((await scanOf(input)).visited.map(({ line }) => line)).toEqual(items.map(({ line }) => line));
    }),
    { numRuns: 400 },
  );
});

test("whatever JSON.parse does not take for an array is refused, and what it takes is read", async () => {
  const pieces = fc.constantFrom(
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    '"',
    "\\",
    "1",
    "-",
    ".",
    "e",
    " ",
    "\n",
    '"a"',
    "true",
    "nul",
    "x",
  );
  const texts = fc.array(pieces, { maxLength: 12 }).map((all) => `[${all.join("")}`);
  await fc.assert(
    fc.asyncProperty(texts, fc.integer({ min: 1, max: 8 }), async (text, blockBytes) => {
      const input = inputOf(text, { format: "json" }, { blockBytes });
      let parsed: unknown = null;
      try {
        parsed = JSON.parse(text);
      } catch {
        expect(await errorOf(() => scanOf(input))).toMatchObject({ code: "input.malformed" });
        return;
      }
      const items = await itemsOf(input);
      expect(items.map((item) => item.value as unknown)).toEqual(parsed as unknown[]);
    }),
    { numRuns: 2000 },
  );
});
