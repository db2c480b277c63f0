// A child with all that it starts, ended together: by its process group, or on Windows by a job.
import { type Platform, PLATFORM } from "./platform.ts";
import { signalGroup, untilGroupGone } from "./process-group.ts";
import { systemProgram } from "./system-program.ts";
import { Job, type Kernel, windowsKernel } from "./windows-jobs.ts";

export type ProcessTree = {
  /** Sends a signal to all of it; where there are none, ends it. False when nothing of it runs. */
  signal(signal: "SIGTERM" | "SIGKILL"): boolean;
  /** Resolves when nothing of it runs any more, or after `limitMs`. */
  untilGone(limitMs: number): Promise<void>;
  /** Gives up what it is held by. Call it once, when the child has ended. */
  release(): void;
};

/** How a child has to be started so that it can be held. A window of its own is hidden, and keeps the terminal's ^C from it. */
export type HeldSpawn = { readonly detached?: true; readonly windowsHide?: true };

export function heldSpawn({ trees }: Platform = PLATFORM): HeldSpawn {
  return trees === "group" ? { detached: true } : { windowsHide: true };
}

/** Takes hold of a child that was just started. */
export function processTree(child: Leader, { trees }: Platform = PLATFORM): ProcessTree {
  return trees === "group" ? groupTree(child.pid) : jobTree(child, windowsKernel(), taskkill);
}

type Leader = { readonly pid: number; readonly exitCode: number | null };

function groupTree(leader: number): ProcessTree {
  return {
    signal: (signal) => signalGroup(leader, signal),
    untilGone: (limitMs) => untilGroupGone(leader, limitMs),
    release: () => undefined,
  };
}

const STEP_MS = 20;

/**
 * By a job: a new program takes longer to begin than to be put into it. Without jobs the child and those that descend from it while it runs are ended.
 * @param end ends a process and its descendants by its pid
 */
export function jobTree(child: Leader, kernel: Kernel | null, end: (pid: number) => void): ProcessTree {
  const job = jobOf(child.pid, kernel);
  /** A pid may be another process's when its own has ended. */
  const leaderRuns = (): boolean => child.exitCode === null;
  const runs = (): boolean => (job === null ? leaderRuns() : job.active > 0);
  return {
    signal: () => {
      if (!runs()) return false;
      if (job === null) end(child.pid);
      else job.terminate();
      return true;
    },
    untilGone: async (limitMs) => {
      for (let waitedMs = 0; waitedMs < limitMs && runs(); waitedMs += STEP_MS) await Bun.sleep(STEP_MS);
    },
    release: () => job?.close(),
  };
}

function jobOf(pid: number, kernel: Kernel | null): Job | null {
  if (kernel === null) return null;
  try {
    const job = new Job(kernel);
    if (job.add(pid)) return job;
    job.close();
  } catch {
    // None to be had: the way without jobs.
  }
  return null;
}

function taskkill(pid: number): void {
  Bun.spawnSync([systemProgram("taskkill.exe"), "/T", "/F", "/PID", String(pid)], {
    stdio: ["ignore", "ignore", "ignore"],
  });
}
