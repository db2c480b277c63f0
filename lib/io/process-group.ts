// Signals to whole process groups. A child started with `detached` leads the group of its own pid, and what it starts is in it.
import { systemCode } from "../core/errors.ts";
import { PLATFORM } from "./platform.ts";
import { groupRuns } from "./proc.ts";

/** From SIGTERM to SIGKILL: time to remove a temporary file or to tell a server, and short enough to wait for at a ^C. */
export const TERM_MS = 2000;
/** How long killed processes are waited for (a zombie may count as there), and output that they have left open. */
export const GONE_MS = 100;

/** Between two looks at a group. */
const STEP_MS_MAX = 50;

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

/**
 * Resolves when no member of a group runs any more, or after `limitMs`. Processes that have ended but whose parent has not asked for them do not
 * count where that can be told.
 */
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
