// Ends what an earlier run has left behind. Every child carries the session's nonce in its environment, and /proc (Linux) or ps (macOS) shows the environment
// that a process was started with; so what has left its process group or lost its parent is found as well. On Windows the system ends it with the run.
import { CkptError, systemCode } from "../core/errors.ts";
import { type Clock, systemClock } from "./clock.ts";
import { type Platform, PLATFORM } from "./platform.ts";
import { allPids, processState, readProc } from "./proc.ts";
import { TERM_MS } from "./process-group.ts";
import { listedProcesses, listedWith } from "./ps.ts";
import { endDescendantsWithThisProcess } from "./windows-jobs.ts";

/** The environment variable that identifies children. */
export const NONCE_VARIABLE = "CKPT_SESSION_NONCE";

/** From SIGKILL to giving up on a process that the kernel does not let go. */
const KILL_MS = 10_000;
const POLL_MS = 10;
/** Extra checks of processes that show no environment. Those started without one never will; they are waited for once. */
const LOOKS_UNSURE_MAX = 3;
const withoutEnvironment = new Set<number>();

/** An environment is at most a quarter of the stack limit (execve(2)). Anything beyond this size is not read. */
const ENVIRON_MAX_BYTES = 2 << 20;

/**
 * Ends all processes that were started for a session, children of children included, except this one and those it descends from:
 * SIGTERM, then SIGKILL. Processes of other users and those that were started with another environment are not found. Where environments
 * cannot be seen, nothing is; on Windows what this process starts from now on is tied to it instead. A process that is just becoming another program
 * (execve(2)) shows no environment for that moment: it is looked at again.
 * @returns how many there were
 * @throws CkptError `system.failed` when one of them does not end
 */
export async function endSurvivors(
  nonce: string,
  clock: Clock = systemClock,
  platform: Platform = PLATFORM,
): Promise<number> {
  if (platform.trees === "job") endDescendantsWithThisProcess();
  if (platform.environments === null || nonce === "") return 0;
  const look = LOOKS[platform.environments];
  const seen = new Set<number>();
  const startMs = clock.monotonic();
  /** Consecutive checks that found no process. */
  let looks = 0;
  for (;;) {
    const { survivors, unsure } = look(nonce);
    looks++;
    if (survivors.length === 0) {
      if (looks > LOOKS_UNSURE_MAX) for (const pid of unsure) withoutEnvironment.add(pid);
      if (unsure.every((pid) => withoutEnvironment.has(pid))) return seen.size;
    } else {
      looks = 0;
    }
    const elapsedMs = clock.monotonic() - startMs;
    const [pid] = survivors;
    if (pid !== undefined && elapsedMs > TERM_MS + KILL_MS) {
      throw new CkptError("system.failed", {
        what: `end process ${pid}, left over from this session`,
        path: platform.environments === "proc" ? `/proc/${pid}` : String(pid),
        cause: "it does not end",
      });
    }
    for (const survivor of survivors) {
      if (elapsedMs >= TERM_MS) endProcess(survivor, "SIGKILL");
      else if (!seen.has(survivor)) endProcess(survivor, "SIGTERM");
      seen.add(survivor);
    }
    await clock.sleep(POLL_MS);
  }
}

/** Pids of processes with the nonce, and of those that cannot be read. */
type Look = { readonly survivors: readonly number[]; readonly unsure: readonly number[] };

const LOOKS: { readonly [way in NonNullable<Platform["environments"]>]: (nonce: string) => Look } = {
  proc: lookInProc,
  ps: (nonce) => ({ survivors: listedWith(listedProcesses(), NONCE_VARIABLE, nonce), unsure: [] }),
};

function lookInProc(nonce: string): Look {
  const spared = ownLine();
  const scratch = Buffer.allocUnsafe(ENVIRON_MAX_BYTES);
  const entry = Buffer.from(`\0${NONCE_VARIABLE}=${nonce}\0`);
  const survivors: number[] = [];
  const unsure: number[] = [];
  for (const pid of allPids()) {
    if (spared.has(pid)) continue;
    scratch[0] = 0; // so that the first variable also follows a NUL
    const length = readProc(scratch.subarray(1, -1), `/proc/${pid}/environ`);
    if (length === null) continue;
    if (length === 0 && mayHaveEnvironment(pid)) unsure.push(pid);
    scratch[length + 1] = 0;
    if (scratch.subarray(0, length + 2).includes(entry)) survivors.push(pid);
  }
  return { survivors, unsure };
}

/** False for kernel threads and ended processes, which have none. */
function mayHaveEnvironment(pid: number): boolean {
  const found = processState(pid);
  return found !== null && !found.isKernelThread && found.state !== "Z" && found.state !== "X";
}

/** This process and its ancestors: a leftover process that starts ckpt must not be ended by it. */
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
    // It is gone, or may not be signalled. The next check or the limit decides.
    if (code !== "ESRCH" && code !== "EPERM") throw error;
  }
}
