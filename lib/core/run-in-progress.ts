// Rate and ETA of the run in progress, as of its last commit, for other processes such as `ckpt info`.
import type { Status } from "./status.ts";

export type RunInProgress = {
  /** Results per second over the last 30 s before the commit. */
  readonly ratePerS: number;
  /** Milliseconds from the commit to the end of the run at that rate. */
  readonly etaMs: number;
};

/** Null when no rate is known yet. Only valid while a process holds the lock of the checkpoint. */
export function runInProgress({ runs }: Status): RunInProgress | null {
  const run = runs.at(-1);
  if (run === undefined || run.ended !== null) return null;
  const { to_do: toDo, rate_per_s: ratePerS, attempted } = run;
  if (toDo === undefined || ratePerS === undefined || ratePerS <= 0) return null;
  return { ratePerS, etaMs: Math.round((Math.max(0, toDo - attempted) * 1000) / ratePerS) };
}
