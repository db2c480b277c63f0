// How cost grows with the number of items: time an item, peak memory, and the time of a resume, which should all be straight lines.
import { doneCheckpoint } from "../done-checkpoint.ts";
import { type Sample, time } from "../measure.ts";
import type { Place } from "../place.ts";
import type { Row } from "../row.ts";
import { moduleRun } from "./module.ts";

export type Growth = {
  readonly items: number;
  /** The whole command, from the input to the cleared checkpoint, at batch 1000. */
  readonly run: Sample;
  /** With all but two items done, to the end of one new attempt. */
  readonly resume: Sample;
};

/** Where there are few items, the median of some runs is taken. */
const ALONE_ITEMS_MIN = 1_000_000;
const RUNS = 3;
const BASE_MB_MAX = 100;
const SLOPE_BYTES_MAX = 40;

export async function growth(place: Place, sizes: readonly number[]): Promise<Growth[]> {
  const found: Growth[] = [];
  for (const items of sizes) {
    const times = items >= ALONE_ITEMS_MIN ? 1 : RUNS;
    const run = await middle(() => time(moduleRun(place, place.items(items), 1000)), times);
    place.clean("m", "out.jsonl", `items-${items}.jsonl`);
    const { again } = await doneCheckpoint(place, items);
    const resume = await middle(() => time(again), times);
    place.clean(`done-${items}`, `items-${items + 2}.jsonl`);
    found.push({ items, run, resume });
  }
  return found;
}

/** The sample whose time is the median one. */
async function middle(measure: () => Promise<Sample>, times: number): Promise<Sample> {
  const first = await measure();
  const taken = [first];
  while (taken.length < times) taken.push(await measure());
  return taken.toSorted((a, b) => a.seconds - b.seconds)[Math.floor(times / 2)] ?? first;
}

export type Memory = { readonly baseMb: number; readonly bytesPerItem: number };

/** Peak memory as a base and bytes for each item, by least squares over the sizes; of run and resume, whichever takes more. */
export function memoryFit(found: readonly Growth[]): Memory {
  const points = found.map(
    ({ items, run, resume }) => [items, Math.max(run.peakMb ?? 0, resume.peakMb ?? 0) * 1e6] as const,
  );
  const n = points.length;
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / n;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / n;
  const over = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  const under = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  const slope = under === 0 ? 0 : over / under;
  return { baseMb: (meanY - slope * meanX) / 1e6, bytesPerItem: slope };
}

export function memoryRows(found: readonly Growth[]): Row[] {
  const { baseMb, bytesPerItem } = memoryFit(found);
  const row = (id: string, what: string, value: number, most: number, unit: string): Row => ({
    id,
    what,
    ours: `${value.toFixed(0)} ${unit}`,
    theirs: `${most} ${unit}`,
    ratio: { median: value / most, min: value / most, max: value / most },
    floor: 1,
    most: true,
    ideal: true,
  });
  const sizes = `${found.length} sizes to ${(found.at(-1)?.items ?? 0).toLocaleString("en")} items`;
  return [
    row("memory-base", `peak memory, line through ${sizes}: the base`, baseMb, BASE_MB_MAX, "MB"),
    row("memory-slope", "the same: what each item adds", bytesPerItem, SLOPE_BYTES_MAX, "bytes"),
  ];
}
