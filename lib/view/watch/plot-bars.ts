// Bars of plain characters: a column for each piece of time, the first at the left.

const FULL = "#";
/** Of a cell that is filled in part: less than a third, less than two thirds, more. */
const PARTS = [".", ":", "|"];
/** Columns of one piece of time at most. */
const WIDTH_MAX = 4;

/**
 * Rows of a plot, from the top.
 * @param values one for each piece of time; null: unknown
 * @param highest what a whole column stands for
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

/** @param filled how much of the cell; less than 0: the bar ends below it @param isLowest where also the least is seen */
function cell(filled: number, isLowest: boolean): string {
  if (filled >= 1) return FULL;
  if (filled <= 0 || (!isLowest && filled < 1 / 6)) return " ";
  return PARTS[Math.min(2, Math.floor(filled * 3))] ?? FULL;
}

/** Each value several times, where there are few. */
function widened(values: readonly number[], columns: number): number[] {
  const each = Math.max(1, Math.min(WIDTH_MAX, Math.floor(columns / Math.max(1, values.length))));
  return values.flatMap((value) => Array.from({ length: each }, () => value));
}

/** At most so many values: neighbours are joined to their mean. What is unknown counts as 0 only where all of it is. */
function joined(values: readonly (number | null)[], columns: number): number[] {
  const each = Math.max(1, Math.ceil(values.length / columns));
  return Array.from({ length: Math.ceil(values.length / each) }, (_, at) => {
    const known = values.slice(at * each, (at + 1) * each).filter((value) => value !== null);
    return known.length === 0 ? 0 : known.reduce((sum, value) => sum + value, 0) / known.length;
  });
}
