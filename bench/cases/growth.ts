// How cost grows with the number of items: time an item, peak memory, and the time of a resume, which should all be straight lines.
import { type Sample, time } from "../measure.ts";
import type { Place } from "../place.ts";
import { moduleRun } from "./module.ts";
import { doneCheckpoint } from "./resume.ts";

export type Growth = {
  readonly items: number;
  /** The whole command, from the input to the cleared checkpoint, at batch 1000. */
  readonly run: Sample;
  /** With all but one item done, to the end of one new attempt. */
  readonly resume: Sample;
};

export async function growth(place: Place, sizes: readonly number[]): Promise<Growth[]> {
  const found: Growth[] = [];
  for (const items of sizes) {
    const run = await time(moduleRun(place, place.items(items), 1000));
    place.clean("m", "out.jsonl");
    const { again } = await doneCheckpoint(place, items);
    const resume = await time(again);
    place.clean("m", "out.jsonl", `items-${items}.jsonl`, `items-${items + 2}.jsonl`, "status.kept");
    found.push({ items, run, resume });
  }
  return found;
}

/** Bytes of memory for each item, by least squares over the sizes. */
export function memorySlope(found: readonly Growth[]): {
  readonly baseMb: number;
  readonly bytesPerItem: number;
} {
  const points = found.map(
    ({ items, run, resume }) => [items, Math.max(run.peakMb, resume.peakMb) * 1e6] as const,
  );
  const n = points.length;
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / n;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / n;
  const over = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  const under = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  const slope = under === 0 ? 0 : over / under;
  return { baseMb: (meanY - slope * meanX) / 1e6, bytesPerItem: slope };
}
