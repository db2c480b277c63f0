// Ends what an earlier run has left behind (Linux). Every child carries the session's nonce in its environment, and /proc shows the
// environment that a process was started with; so what has left its process group or lost its parent is found as well.
import { CkptError, systemCode } from "../core/errors.ts";
import { type Clock, systemClock } from "./clock.ts";
import { allPids, processState, readProc } from "./proc.ts";

/** The variable of a child's environment by which it is found. */
export const NONCE_VARIABLE = "CKPT_SESSION_NONCE";

/** From SIGTERM to SIGKILL, and from SIGKILL to giving up on a process that the kernel does not let go. */
const TERM_MS = 2000;
const KILL_MS = 10_000;
const POLL_MS = 10;

/** An environment is at most a quarter of the stack's limit (execve(2)); what may lie beyond this is not looked at. */
const ENVIRON_MAX_BYTES = 2 << 20;

/**
 * Ends all processes that were started for a session, children of children included, except this one and those it descends from:
 * SIGTERM, then SIGKILL. Processes of other users and those that were started with another environment are not found. Where there is
 * no /proc, nothing is.
 * @returns how many there were
 * @throws CkptError `system.failed` when one of them does not end
 */
export async function endSurvivors(nonce: string, clock: Clock = systemClock): Promise<number> {
  if (process.platform !== "linux" || nonce === "") return 0;
  const seen = new Set<number>();
  const startMs = clock.monotonic();
  for (;;) {
    const survivors = findSurvivors(nonce);
    if (survivors.length === 0) return seen.size;
    const elapsedMs = clock.monotonic() - startMs;
    if (elapsedMs > TERM_MS + KILL_MS) {
      const pid = survivors[0] ?? 0;
      throw new CkptError("system.failed", {
        what: `end process ${pid}, left over from this session`,
        path: `/proc/${pid}`,
        cause: "it does not end",
      });
    }
    for (const pid of survivors) {
      if (elapsedMs >= TERM_MS) endProcess(pid, "SIGKILL");
      else if (!seen.has(pid)) endProcess(pid, "SIGTERM");
      seen.add(pid);
    }
    await clock.sleep(POLL_MS);
  }
}

/** Pids of the processes that carry the nonce. */
function findSurvivors(nonce: string): number[] {
  const spared = ownLine();
  const scratch = Buffer.allocUnsafe(ENVIRON_MAX_BYTES);
  const entry = Buffer.from(`\0${NONCE_VARIABLE}=${nonce}\0`);
  const found: number[] = [];
  for (const pid of allPids()) {
    if (spared.has(pid)) continue;
    scratch[0] = 0; // so that the first variable has a NUL before it, too
    const end = 1 + readProc(scratch.subarray(1, -1), `/proc/${pid}/environ`);
    scratch[end] = 0;
    if (scratch.subarray(0, end + 1).includes(entry)) found.push(pid);
  }
  return found;
}

/** This process and those it descends from: whoever starts ckpt from within a survivor must not be ended by it. */
function ownLine(): ReadonlySet<number> {
  const line = new Set<number>();
  for (let pid = process.pid; pid > 0 && !line.has(pid); pid = processState(pid)?.parent ?? 0) line.add(pid);
  return line;
}

function endProcess(pid: number, signal: "SIGTERM" | "SIGKILL"): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    const code = systemCode(error);
    // Gone by itself, or it may not be signalled; the next look or the limit tells.
    if (code !== "ESRCH" && code !== "EPERM") throw error;
  }
}
