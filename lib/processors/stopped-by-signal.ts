// Slurm, systemd or a terminal often signal ckpt and its children together, and the children may end before ckpt gets the signal. An attempt that
// ends by a signal is therefore held back for a moment: if ckpt is told to stop by then, it is not a failure of the item.
import { type Clock, systemClock } from "../io/clock.ts";

const HOLD_MS = 1000;

/**
 * Resolves once it is known whether ckpt is told to stop: at once if so, else after a second.
 * @param told the signal of the attempt's context
 */
export async function isStoppedBySignal(told: AbortSignal, clock: Clock = systemClock): Promise<boolean> {
  await clock.sleep(HOLD_MS, told);
  return told.aborted;
}
