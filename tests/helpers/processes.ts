// Finds processes by what stands in the environment they were started with (Linux).
import * as fs from "node:fs";
import { allPids } from "../../lib/io/proc.ts";

/** Pids of the processes that were started with `name=value`; those that have ended have no environment any more. */
export function pidsWith(name: string, value: string): readonly number[] {
  return allPids().filter((pid) => {
    try {
      return `\0${fs.readFileSync(`/proc/${pid}/environ`, "latin1")}`.includes(`\0${name}=${value}\0`);
    } catch {
      return false; // gone, or another user's
    }
  });
}

/** Pids of all that descend from a process. */
export function descendantsOf(pid: number): readonly number[] {
  const found = [...childrenOf(pid)];
  // Grows as it is gone over.
  for (const child of found) found.push(...childrenOf(child));
  return found;
}

function childrenOf(pid: number): readonly number[] {
  try {
    return fs
      .readdirSync(`/proc/${pid}/task`)
      .flatMap((thread) => fs.readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").split(" "))
      .filter(Boolean)
      .map(Number);
  } catch {
    return []; // gone
  }
}

/** Memory of a process in bytes, now and at most so far; null when it has ended. What getrusage(2) says would count its parent's, too. */
export function memoryOf(pid: number): { readonly nowBytes: number; readonly mostBytes: number } | null {
  try {
    const text = fs.readFileSync(`/proc/${pid}/status`, "utf8");
    const kilobytes = (name: string): number =>
      Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text)?.[1]);
    const [now, most] = [kilobytes("VmRSS"), kilobytes("VmHWM")];
    return Number.isNaN(now) ? null : { nowBytes: now * 1024, mostBytes: most * 1024 };
  } catch {
    return null;
  }
}

/** Kills what is still there of these. */
export function killAll(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended by itself meanwhile.
    }
  }
}
