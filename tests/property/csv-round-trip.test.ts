// Any table of strings, written as CSV by any of the common rules, comes back as it was, whatever the size of the blocks.
import { afterAll, expect, test } from "bun:test";
import fc from "fast-check";
import { fieldNamesOf } from "../../lib/input/csv-header.ts";
import { inputOf, itemsOf, scanOf, removeFiles } from "../helpers/inputs.ts";

afterAll(removeFiles);

const cell = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.string({
      unit: fc.constantFrom('"', ",", "\t", "\n", "\r", " ", "a", "好", "😀"),
      maxLength: 8,
    }),
  },
  // No NUL, no unpaired surrogate: neither can be in a text file.
  {
    weight: 1,
    arbitrary: fc.string({ unit: "binary", maxLength: 8 }).filter((text) => !text.includes("\0")),
  },
);

const tables = fc.integer({ min: 2, max: 5 }).chain((columns) => {
  const row = fc.array(cell, { minLength: columns, maxLength: columns });
  return fc.record({ header: row, rows: fc.array(row, { minLength: 1, maxLength: 6 }) });
});

const styles = fc.record({
  delimiter: fc.constantFrom(",", "\t"),
  /** One line end a row, drawn again and again: files of mixed line ends are read too. */
  lineEnds: fc.array(fc.constantFrom("\n", "\r\n", "\r"), { minLength: 1, maxLength: 3 }),
  quoteAll: fc.boolean(),
  lastLineEnd: fc.boolean(),
  emptyLines: fc.boolean(),
});
type Style = typeof styles extends fc.Arbitrary<infer T> ? T : never;

function write(table: readonly (readonly string[])[], style: Style): { text: string; lines: number[] } {
  let text = "";
  const lines: number[] = [];
  const breaks = (part: string): number => part.match(/\r\n|\r|\n/g)?.length ?? 0;
  for (const [at, row] of table.entries()) {
    lines.push(breaks(text) + 1);
    const end = style.lineEnds[at % style.lineEnds.length] ?? "\n";
    text += row.map((value) => quoted(value, style)).join(style.delimiter);
    if (at < table.length - 1 || style.lastLineEnd) text += style.emptyLines ? end + end : end;
  }
  return { text, lines };
}

function quoted(value: string, { quoteAll, delimiter }: Style): string {
  const needed = quoteAll || /["\r\n]/.test(value) || value.includes(delimiter);
  return needed ? `"${value.replaceAll('"', '""')}"` : value;
}

test("tables of strings come back as they were", async () => {
  await fc.assert(
    fc.asyncProperty(
      tables,
      styles,
      fc.integer({ min: 1, max: 40 }),
      async ({ header, rows }, style, blockBytes) => {
        // A byte order mark is taken off a file; as the first character of a cell it could not come back.
        fc.pre(!header[0]?.startsWith("\uFEFF"));
        const { text, lines } = write([header, ...rows], style);
        const format = style.delimiter === "," ? "csv" : "tsv";
        const names = fieldNamesOf(header);
        const input = inputOf(text, { format }, { blockBytes });
        const items = await itemsOf(input);
        expect(items.map((item) => item.text)).toEqual(rows.map((row) => textOf(names, row)));
        expect(items.map(({ value }) => value)).toEqual(items.map((item) => JSON.parse(item.text)));
        expect(items.map(({ line }) => line)).toEqual(lines.slice(1));
        const whole = inputOf(text, { format });
        expect(await itemsOf(whole)).toEqual(items);
        expect((await scanOf(whole)).visited).toEqual((await scanOf(input)).visited);
      },
    ),
    { numRuns: 400 },
  );
});

/** The JSON text of a row by hand: an object of JavaScript would not keep the order of names like `10`. */
function textOf(names: readonly string[], row: readonly string[]): string {
  return `{${row.map((value, at) => `${JSON.stringify(names[at])}:${JSON.stringify(value)}`).join(",")}}`;
}

test("names made of any header differ from each other, and keep every name that stands there once", () => {
  const header = fc.array(
    fc.constantFrom("", "a", "a_2", "a_3", "column_1", "column_2", "column_2_2", "__proto__"),
    {
      maxLength: 8,
    },
  );
  fc.assert(
    fc.property(header, (cells) => {
      const names = fieldNamesOf(cells);
      expect(new Set(names).size).toBe(cells.length);
      for (const [at, name] of cells.entries()) {
        if (name !== "" && cells.indexOf(name) === at) expect(names[at]).toBe(name);
      }
    }),
  );
});
