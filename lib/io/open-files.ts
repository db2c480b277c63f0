// The limit of open files. Bun raises the soft one to the hard one when it starts, and children would inherit that: programs that use select(2), or close
// every descriptor up to the limit, misbehave or crawl under a high one. They get the limit that ckpt was started with, as from xargs or a shell.
import { callC } from "./libc.ts";
import { readProc } from "./proc.ts";

/** RLIMIT_NOFILE of Linux, on every machine that Bun runs on. */
const RLIMIT_NOFILE = 7;
/** What ckpt has open besides what belongs to its children, with room to spare. */
const OWN_FILES = 64;
/** The two files of a child's output, the one of its input while it is started, and what tells of its end. */
const FILES_EACH = 4;

type Limits = { readonly soft: string; readonly hard: string };

/** What children have to be told by a shell; null where they inherit the right one. */
let told: string | null = null;

/**
 * Sees to it that children get the limit of the start: this process takes it for itself where it manages with so few files, else each child is told.
 * Does nothing where that limit is not known.
 * @param atOnce children at once, at most
 */
export function limitFiles(atOnce: number): void {
  const own = limitsOf("self");
  const start = own === null ? null : limitAtStart(own);
  if (own === null || start === null) return;
  const isEnough = Number(start) >= OWN_FILES + FILES_EACH * atOnce;
  told = isEnough && setSoftLimit(start, own.hard) ? null : start;
}

/** The shell's command that sets the limit; null where it is the right one already. */
export function ulimitCommand(): string | null {
  return told === null ? null : `ulimit -Sn ${told}`;
}

/**
 * The soft limit that this process was started with; null where it is not known, or the one there is. Nothing keeps it but the parent, who has handed it on
 * as a rule: not where the hard limits differ, as for what a service manager or a batch system starts.
 */
function limitAtStart(own: Limits): string | null {
  const parent = limitsOf(String(process.ppid));
  return parent !== null && parent.hard === own.hard && parent.soft !== own.soft ? parent.soft : null;
}

const LIMITS_MAX_BYTES = 4 << 10;

/** A process's limits of open files, in digits or `unlimited` (Linux, proc_pid_limits(5)); null where they cannot be read. */
function limitsOf(pid: string): Limits | null {
  const scratch = Buffer.allocUnsafe(LIMITS_MAX_BYTES);
  const length = readProc(scratch, `/proc/${pid}/limits`) ?? 0;
  const [, soft, hard] = /^Max open files +(\w+) +(\w+)/m.exec(scratch.toString("latin1", 0, length)) ?? [];
  return soft === undefined || hard === undefined ? null : { soft, hard };
}

const UNLIMITED = 2n ** 64n - 1n;

function setSoftLimit(soft: string, hard: string): boolean {
  const words = [soft, hard].map((text) => (text === "unlimited" ? UNLIMITED : BigInt(text)));
  return callC("setrlimit", [RLIMIT_NOFILE, BigUint64Array.from(words)]) === 0;
}
