// Signals to whole process groups. A child started with `detached` leads a group with its own pid, and the processes that it starts belong to it.
import { systemCode } from "../core/errors.ts";
import { PLATFORM } from "./platform.ts";
import { groupRuns } from "./proc.ts";

/** From SIGTERM to SIGKILL: enough to remove a temporary file or to notify a server, and short enough to wait for after ^C. */
export const TERM_MS = 2000;
/** How long killed processes are waited for (a zombie may count as there), and output that they have left open. */
export const GONE_MS = 100;

/** Longest time between two checks of a group. */
const STEP_MS_MAX = 50;

/**
 * Sends a signal to every process of a group; false when there is no process that may be signalled.
 * @param leader pid of the process that leads (or led) the group. The pid is not reused while the group has members
 */
export function signalGroup(leader: number, signal: "SIGTERM" | "SIGKILL" | 0): boolean {
  try {
    process.kill(-leader, signal);
    return true;
  } catch (error) {
    const code = systemCode(error);
    // EPERM: the remaining processes belong to another user, or (macOS) are zombies.
    if (code === "ESRCH" || code === "EPERM") return false;
    throw error;
  }
}

/** Resolves when no member of a group is running, or after `limitMs`. Zombies do not count where they can be detected. */
export async function untilGroupGone(leader: number, limitMs: number): Promise<void> {
  for (
    let waitedMs = 0, stepMs = 1;
    waitedMs < limitMs;
    waitedMs += stepMs, stepMs = Math.min(stepMs * 2, STEP_MS_MAX)
  ) {
    if (!signalGroup(leader, 0)) return;
    if (PLATFORM.environments === "proc" && !groupRuns(leader)) return;
    await Bun.sleep(stepMs);
  }
}
