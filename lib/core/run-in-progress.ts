// How fast the run goes that is going on, as its last commit has it: for who looks on from another process.
import type { Status } from "./status.ts";

export type RunInProgress = {
  /** Results a second, over the last half minute before the commit. */
  readonly ratePerS: number;
  /** Milliseconds from the commit to its end at that rate. */
  readonly etaMs: number;
};

/** Null when nothing is known of it yet. Only right while somebody works on the checkpoint. */
export function runInProgress({ runs }: Status): RunInProgress | null {
  const run = runs.at(-1);
  if (run === undefined || run.ended !== null) return null;
  const { to_do: toDo, rate_per_s: ratePerS, attempted } = run;
  if (toDo === undefined || ratePerS === undefined || ratePerS <= 0) return null;
  return { ratePerS, etaMs: Math.round((Math.max(0, toDo - attempted) * 1000) / ratePerS) };
}
