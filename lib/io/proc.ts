// What Linux tells about processes in /proc (proc(5)). A process may end at any moment: what cannot be read is not there.
import { systemCode } from "../core/errors.ts";
import { O, realFileSystem as fs } from "./fs.ts";

export type ProcessState = {
  /** R, S, D, T, Z (ended, and its parent has not asked for it yet), X. */
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  /** It is the kernel's own. */
  readonly isKernelThread: boolean;
};

/** In `flags` of /proc/PID/stat (linux/sched.h). */
const PF_KTHREAD = 0x00200000;

/** Name (16 bytes at most) and numbers of a process, far below this. */
const STAT_MAX_BYTES = 4096;

const scratch = Buffer.allocUnsafe(STAT_MAX_BYTES);

/** All pids that are to be seen; none where there is no /proc. */
export function allPids(): readonly number[] {
  try {
    return fs.readdirSync("/proc").map(Number).filter(Number.isInteger);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return [];
    throw error;
  }
}

/** State of a process; null when there is none of that pid. */
export function processState(pid: number): ProcessState | null {
  const text = scratch.toString("latin1", 0, readProc(scratch, `/proc/${pid}/stat`) ?? 0);
  // The name stands in parentheses and may hold any character, parentheses too.
  const [state, parent, group, , , , flags] = text.slice(text.lastIndexOf(")") + 2).split(" ");
  if (state === undefined || parent === undefined || group === undefined) return null;
  const isKernelThread = (Number(flags) & PF_KTHREAD) !== 0;
  return { state, parent: Number(parent), group: Number(group), isKernelThread };
}

/** True when a process of the group runs; those that have ended do not count, even while their parent has not asked for them. */
export function groupRuns(group: number): boolean {
  return allPids().some((pid) => {
    const found = processState(pid);
    return found !== null && found.group === group && found.state !== "Z" && found.state !== "X";
  });
}

/** Fills `target` from the start of a file of /proc. Returns how many bytes there were, null when it may not be read or is gone. */
export function readProc(target: Buffer, file: string): number | null {
  let fd: number;
  try {
    fd = fs.openSync(file, O.O_RDONLY);
  } catch (error) {
    if (systemCode(error) === "EMFILE" || systemCode(error) === "ENFILE") throw error;
    return null; // another user's, or gone
  }
  let filled = 0;
  try {
    while (filled < target.length) {
      const count = fs.readSync(fd, target, filled, target.length - filled, null);
      if (count === 0) break;
      filled += count;
    }
    return filled;
  } catch {
    return null; // it ended while it was read (ESRCH)
  } finally {
    fs.closeSync(fd);
  }
}
