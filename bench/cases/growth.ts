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

/** The sizes are measured in turn, so that a machine that becomes slower or faster does so for all. */
const ROUNDS = 3;
/** Sizes above this take minutes: they are measured in the middle round only. */
const EACH_ROUND_ITEMS_MAX = 1_000_000;
const BASE_MB_MAX = 100;
const SLOPE_BYTES_MAX = 40;

export async function growth(place: Place, sizes: readonly number[]): Promise<Growth[]> {
  const taken: Growth[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (const items of sizes)
      if (items <= EACH_ROUND_ITEMS_MAX || round === (ROUNDS - 1) / 2)
        taken.push(await measured(place, items));
  }
  return sizes.map((items) => {
    const rounds = taken.filter((one) => one.items === items);
    return {
      items,
      run: middle(rounds.map(({ run }) => run)),
      resume: middle(rounds.map(({ resume }) => resume)),
    };
  });
}

async function measured(place: Place, items: number): Promise<Growth> {
  const run = await time(moduleRun(place, place.items(items), 1000));
  place.clean("m", "out.jsonl", `items-${items}.jsonl`);
  const { again } = await doneCheckpoint(place, items);
  const resume = await time(again);
  place.clean(`done-${items}`, `items-${items + 2}.jsonl`);
  return { items, run, resume };
}

/** The sample whose time is the median one. @param samples an odd number of them */
function middle(samples: readonly Sample[]): Sample {
  const sample = samples.toSorted((a, b) => a.seconds - b.seconds)[(samples.length - 1) / 2];
  if (sample === undefined) throw new Error("no sample in the middle of an even number");
  return sample;
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
