// What `ckpt diff` prints: the two sides, how many pairs there are of each kind, and a table of pairs.
import { type Comparison, COMPARISONS, isDifference } from "../core/compared-units.ts";
import { safeText } from "./escape.ts";
import { excerptPair } from "./excerpt.ts";
import { formatNumber, toLines } from "./format.ts";
import type { Catalogue } from "./messages/en.ts";
import { alignRows, COLUMNS, fitColumns, padColumns, padColumnsStart } from "./width.ts";

/** A side as its line shows it. */
export type ShownSide = {
  readonly name: string;
  readonly processor: { readonly kind: string; readonly shown: string } | null;
  readonly results: number;
};

/** A pair in the table. */
export type ShownPair = {
  readonly item: string;
  readonly comparison: Comparison;
  /** Output or error; null where the side has none. */
  readonly a: string | null;
  readonly b: string | null;
};

export type ShownComparison = {
  readonly sides: readonly [ShownSide, ShownSide];
  readonly count: (comparison: Comparison) => number;
  /** The first pairs; null: no table. */
  readonly pairs: readonly ShownPair[] | null;
  /** Pairs that a whole table would have. */
  readonly total: number;
  /** What was called: `diff A B`. */
  readonly words: string;
};

/** As the command line names them, in every language. */
const SIDES = ["A", "B"] as const;

/** Widths of the longest item, and of the narrowest text. */
const ITEM_COLUMNS_MAX = 24;
const TEXT_COLUMNS_MIN = 8;

/** @param columns null: not a terminal */
export function renderComparison(
  { sides, count, pairs, total, words }: ShownComparison,
  catalogue: Catalogue,
  columns: number | null,
): string {
  const width = columns ?? COLUMNS;
  const { diff: texts } = catalogue;
  const lines = sides.map((side, at) => fitColumns(`${SIDES[at]}  ${sideText(side, catalogue)}`, width));
  const shown = COMPARISONS.filter((comparison) => comparison === "same" || count(comparison) > 0);
  const numbers = shown.map((comparison) => formatNumber(count(comparison)));
  const numberColumns = Math.max(...numbers.map((number) => number.length));
  const counts = alignRows(
    shown.map((comparison, at) => [
      texts.comparisons[comparison],
      padColumnsStart(numbers[at] ?? "", numberColumns),
    ]),
  );
  const table =
    pairs === null || pairs.length === 0
      ? []
      : [
          "",
          ...tableLines(pairs, catalogue, width),
          "",
          texts.shown(pairs.length, total, words, catalogue.call),
        ];
  return toLines([...lines, "", ...counts, ...table]);
}

function sideText({ name, processor, results }: ShownSide, { diff: texts, info }: Catalogue): string {
  const of = processor === null ? null : info.processor(processor.kind, safeText(processor.shown));
  return texts.side(safeText(name), of, results);
}

function tableLines(pairs: readonly ShownPair[], { diff: texts }: Catalogue, width: number): string[] {
  const { headers } = texts;
  const heads = [
    [headers.item, headers.comparison],
    ...pairs.map(({ item, comparison }) => [safeText(item, ITEM_COLUMNS_MAX), texts.comparisons[comparison]]),
  ];
  const widths = [0, 1].map((at) => Math.max(...heads.map((cells) => Bun.stringWidth(cells[at] ?? ""))));
  const used = widths.reduce((sum, each) => sum + each + 2, 0);
  const textColumns = Math.max(TEXT_COLUMNS_MIN, Math.floor((width - used - 2) / 2));
  const bodies = [SIDES, ...pairs.map((pair) => pairTexts(pair, textColumns))];
  return heads.map((cells, at) => {
    const before = cells.map((cell, column) => `${padColumns(cell, widths[column] ?? 0)}  `).join("");
    const [a = "", b = ""] = bodies[at] ?? [];
    return fitColumns(`${before}${padColumns(a, textColumns)}  ${b}`.trimEnd(), width);
  });
}

/** Two outputs are cut where they begin to differ; other texts at their end. */
function pairTexts({ comparison, a, b }: ShownPair, columns: number): readonly [string, string] {
  if (comparison === "different" && a !== null && b !== null) return excerptPair(a, b, columns);
  const shown = (text: string | null): string => safeText(text ?? "-", columns);
  return [shown(a), shown(b)];
}

/** How many pairs differ. */
export function differences(count: (comparison: Comparison) => number): number {
  return COMPARISONS.filter(isDifference).reduce((sum, comparison) => sum + count(comparison), 0);
}
