// Whoever stops ckpt (Slurm, systemd, a terminal) often signals its children together with it, and they may be gone before it hears of it. What ends
// so is held back for a moment: it is no failure of the item if ckpt, too, is told to stop by then.
import { type Clock, systemClock } from "../io/clock.ts";

const HOLD_MS = 1000;

/**
 * Resolves when it is known whether ckpt is told to stop: at once when it is, after a second when it is not.
 * @param told the signal of the attempt's context
 */
export async function isToldToStop(told: AbortSignal, clock: Clock = systemClock): Promise<boolean> {
  await clock.sleep(HOLD_MS, told);
  return told.aborted;
}
