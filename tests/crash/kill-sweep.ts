// Kill sweep: each command is killed before every call that it makes on a file of its checkpoint or on its output, one run a call. The commands that
// follow must find the old state or the new one, lose nothing, run nothing recorded again, and come to the exact output.
import { eachWide } from "../helpers/each-wide.ts";
import { SEED } from "../helpers/seed.ts";
import type { Figures, Size } from "./figures.ts";
import { recordedItems } from "./folder-state.ts";
import { afterwards, inCopy, pointName, readyCases, sampleOf, type SweepPoint, WIDTH } from "./sweep.ts";
import type { SweepCase } from "./sweep-cases.ts";
import { ITEMS, outputOf, writtenOutput } from "./sweep-job.ts";
import { runTraced } from "./traced-run.ts";

const POINTS_QUICK = 50;
/** A run that does not come to the call (the machine was too slow for a commit to be waited for) is tried again. */
const TRIES_MAX = 3;

export async function killSweep(size: Size): Promise<Figures> {
  const { ready, points, faults, skipped } = await readyCases();
  const chosen = size === "full" ? points : sampleOf(points, POINTS_QUICK, SEED);
  let kills = 0;
  await eachWide(chosen, WIDTH, async (point) => {
    const found = await killAt(point);
    if (found === null) faults.push(`${pointName(point)}: not reached`);
    else kills++;
    faults.push(...(found ?? []).map((fault) => `${pointName(point)}: killed, ${fault}`));
  });
  for (const { remove } of ready) remove();
  const figures = {
    commands: ready.length,
    "calls in them": points.length,
    "calls chosen": chosen.length,
    kills,
    "broken promises": faults.length,
    seed: SEED,
  };
  return { method: "kill sweep", figures, faults, skipped };
}

/** What does not hold after a kill there; null when the command did not come there. */
async function killAt({ ready, at }: SweepPoint): Promise<string[] | null> {
  const { sweepCase, template } = ready;
  const before = recordedItems({ folder: template, dir: sweepCase.dir });
  const written = writtenOutput(template);
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const found = await inCopy(template, async (folder) => {
      const { hits, exitCode, errors } = await runTraced(folder, sweepCase.args, at, {
        kind: "kill",
        times: 1,
      });
      if (hits === 0) return null;
      const survived = exitCode === null ? [] : [`it survived: exit ${exitCode}`];
      return [
        ...survived,
        ...lostItems(sweepCase, before, folder),
        ...outputFaults(sweepCase, written, folder),
        ...(await afterwards(sweepCase, folder, errors)),
      ];
    });
    if (found !== null) return found;
  }
  return null;
}

function lostItems({ keeps, dir }: SweepCase, before: ReadonlySet<number>, folder: string): string[] {
  const now = recordedItems({ folder, dir });
  const lost = keeps ? [...before].filter((index) => !now.has(index)) : [];
  return lost.length > 0 ? [`lost ${lost.join(", ")}`] : [];
}

/** An output is there as it was, or complete. */
function outputFaults({ items = ITEMS }: SweepCase, before: string | null, folder: string): string[] {
  const now = writtenOutput(folder);
  return now === before || now === outputOf(items) ? [] : ["it left a piece of an output"];
}
