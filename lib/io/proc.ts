// Information about processes from /proc (Linux, proc(5)). A process may end at any moment: if it cannot be read, it counts as gone.
import { systemCode } from "../core/errors.ts";
import { O, realFileSystem as fs } from "./fs.ts";

export type ProcessState = {
  /** R, S, D, T, Z (a zombie), X. */
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  /** It is a kernel thread. */
  readonly isKernelThread: boolean;
};

/** In `flags` of /proc/PID/stat (linux/sched.h). */
const PF_KTHREAD = 0x00200000;

/** The line has a name of at most 16 bytes and some numbers, far below this. */
const STAT_MAX_BYTES = 4096;

const scratch = Buffer.allocUnsafe(STAT_MAX_BYTES);

/** All visible pids; none without /proc. */
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
  // The name is in parentheses and may contain any character, also parentheses.
  const [state, parent, group, , , , flags] = text.slice(text.lastIndexOf(")") + 2).split(" ");
  if (state === undefined || parent === undefined || group === undefined) return null;
  const isKernelThread = (Number(flags) & PF_KTHREAD) !== 0;
  return { state, parent: Number(parent), group: Number(group), isKernelThread };
}

/** True when a process of the group is running. Zombies do not count. */
export function groupRuns(group: number): boolean {
  return allPids().some((pid) => {
    const found = processState(pid);
    return found !== null && found.group === group && found.state !== "Z" && found.state !== "X";
  });
}

/** Fills `target` from the start of a file in /proc. Returns the number of bytes; null when it may not be read or is gone. */
export function readProc(target: Buffer, file: string): number | null {
  let fd: number;
  try {
    fd = fs.openSync(file, O.O_RDONLY);
  } catch (error) {
    if (systemCode(error) === "EMFILE" || systemCode(error) === "ENFILE") throw error;
    return null; // it belongs to another user, or is gone
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
