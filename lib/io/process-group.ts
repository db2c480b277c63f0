// Signals to whole process groups. A child started with `detached` leads the group of its own pid, and what it starts is in it.
import { systemCode } from "../core/errors.ts";

/** How long to wait for killed processes to be gone. A zombie whose parent never asks for it counts as there: hence the limit. */
const GONE_LIMIT_MS = 100;

/**
 * Sends a signal to every process of a group; false when there is none that may be signalled.
 * @param leader pid of the process that leads (or led) the group; it cannot be given to a new process while the group has members
 */
export function signalGroup(leader: number, signal: "SIGTERM" | "SIGKILL" | 0): boolean {
  try {
    process.kill(-leader, signal);
    return true;
  } catch (error) {
    const code = systemCode(error);
    // EPERM: all that is left belongs to another user, or (macOS) is a zombie.
    if (code === "ESRCH" || code === "EPERM") return false;
    throw error;
  }
}

/** Resolves when a killed group has no member left, or after a short limit. */
export async function untilGroupGone(leader: number): Promise<void> {
  for (let waitedMs = 0, stepMs = 1; waitedMs < GONE_LIMIT_MS; waitedMs += stepMs, stepMs *= 2) {
    if (!signalGroup(leader, 0)) return;
    await Bun.sleep(stepMs);
  }
}
