// A plot of plain characters: a bar for each piece of time, the first at the left.

const FULL = "#";
/** A cell that is filled in part: less than a third, less than two thirds, more. */
const PARTS = [".", ":", "|"];
/** The most columns that one bar takes. */
const WIDTH_MAX = 4;

/**
 * Rows of a plot, from the top.
 * @param values one for each piece of time; null: unknown
 * @param highest the value of a bar of full height
 */
export function plotBars(
  values: readonly (number | null)[],
  highest: number,
  columns: number,
  rows: number,
): string[] {
  const bars = widened(joined(values, columns), columns).map((value) =>
    highest <= 0 ? 0 : (value / highest) * rows,
  );
  return Array.from({ length: rows }, (_, row) => {
    const below = rows - 1 - row;
    return bars.map((height) => cell(height - below, below === 0)).join("");
  });
}

/** @param filled how much of the cell the bar fills; 0 or less: it ends below @param isLowest whether it is the lowest cell, in which any value above 0 is seen */
function cell(filled: number, isLowest: boolean): string {
  if (filled >= 1) return FULL;
  if (filled <= 0 || (!isLowest && filled < 1 / 6)) return " ";
  return PARTS[Math.min(2, Math.floor(filled * 3))] ?? FULL;
}

/** Repeats each value when there are few, so that bars are wider. */
function widened(values: readonly number[], columns: number): number[] {
  const each = Math.max(1, Math.min(WIDTH_MAX, Math.floor(columns / Math.max(1, values.length))));
  return values.flatMap((value) => Array.from({ length: each }, () => value));
}

/** At most as many values as columns: neighbours are replaced by their mean. Unknown values are left out; if all are unknown, the mean is 0. */
function joined(values: readonly (number | null)[], columns: number): number[] {
  const each = Math.max(1, Math.ceil(values.length / columns));
  return Array.from({ length: Math.ceil(values.length / each) }, (_, at) => {
    const known = values.slice(at * each, (at + 1) * each).filter((value) => value !== null);
    return known.length === 0 ? 0 : known.reduce((sum, value) => sum + value, 0) / known.length;
  });
}
