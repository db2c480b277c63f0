// A line of the table: a figure of ckpt beside one of a peer or a limit, and the ratio that counts.
import type { Paired, Spread } from "./measure.ts";

export type Row = {
  /** Stable: the record of ratios (bench/record.json) goes by it. */
  readonly id: string;
  readonly what: string;
  readonly ours: string;
  readonly theirs: string;
  readonly ratio: Spread;
  /** What the ratio has to reach; null where nothing is promised. `most`: it must not be larger. */
  readonly floor: number | null;
  readonly most?: true;
};

/** Whether the ratio is as it should be. */
export function isMet(row: Row): boolean {
  if (row.floor === null) return true;
  return row.most === true ? row.ratio.median <= row.floor : row.ratio.median >= row.floor;
}

export function seconds(value: Spread): string {
  return value.median < 0.1 ? `${(value.median * 1000).toFixed(1)} ms` : `${value.median.toFixed(2)} s`;
}

/** Rates of both sides, where both did `count` things. */
export function rateRow(id: string, what: string, count: number, paired: Paired, floor: number | null): Row {
  const rate = (spread: Spread): string => `${Math.round(count / spread.median).toLocaleString("en")}/s`;
  return { id, what, ours: rate(paired.ours), theirs: rate(paired.theirs), ratio: paired.ratio, floor };
}

/** Times of both sides: the ratio is ours / theirs, and small is good. */
export function timeRow(id: string, what: string, paired: Paired, most: number | null): Row {
  const { ratio } = paired;
  const inverse = { median: 1 / ratio.median, min: 1 / ratio.max, max: 1 / ratio.min };
  return {
    id,
    what,
    ours: seconds(paired.ours),
    theirs: seconds(paired.theirs),
    ratio: inverse,
    floor: most,
    most: true,
  };
}
