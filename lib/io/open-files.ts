// The limit of open files. Bun raises the soft limit to the hard limit at start, and children would inherit it. Programs that use select(2), or close
// every descriptor up to the limit, fail or become slow under a high limit. So children get the limit that ckpt was started with, as from xargs or a
// shell.
import { callC } from "./libc.ts";
import { readProc } from "./proc.ts";

/** RLIMIT_NOFILE of Linux, on every machine that Bun runs on. */
const RLIMIT_NOFILE = 7;
/** Files that ckpt itself has open, with a reserve. */
const OWN_FILES = 64;
/** Files per child: two for its output, one for its input while it starts, and one to learn of its end. */
const FILES_EACH = 4;

/** How many files and connections may be open at once beside ckpt's own files; infinite where the limit is unknown. Bun has raised the soft limit to the hard one. */
export function filesPossible(): number {
  const hard = Number(limitsOf("self")?.hard ?? Number.NaN);
  return Number.isNaN(hard) ? Number.POSITIVE_INFINITY : Math.max(1, hard - OWN_FILES);
}

type Limits = { readonly soft: string; readonly hard: string };

/** The limit that ckpt was started with, once it was looked up; null when it is unknown or in effect. */
let atStart: string | null | undefined;

/** The limit that a shell has to set for children; null when they inherit the right one. */
let told: string | null = null;

/**
 * Makes children get the limit that ckpt was started with. If that many files are enough for ckpt, this process takes the limit itself; otherwise a
 * shell sets it for each child. Does nothing when the limit is unknown. May be called again with another number.
 * @param atOnce maximum number of children at once
 */
export function limitFiles(atOnce: number): void {
  const own = limitsOf("self");
  if (atStart === undefined) atStart = own === null ? null : limitAtStart(own);
  if (own === null || atStart === null) return;
  const isEnough = Number(atStart) >= OWN_FILES + FILES_EACH * atOnce;
  const wanted = isEnough ? atStart : own.hard;
  const isSet = own.soft === wanted || setSoftLimit(wanted, own.hard);
  told = isEnough && isSet ? null : atStart;
}

/** The shell command that sets the limit; null when it is right already. A run with an endpoint, whose key or notice is a child's, needs the files itself. */
export function ulimitCommand(): string | null {
  if (atStart === undefined) limitFiles(Number.POSITIVE_INFINITY);
  return told === null ? null : `ulimit -Sn ${told}`;
}

/**
 * The soft limit that this process was started with; null when it is unknown or in effect. It is read from the parent process, which usually passed
 * it on. If the hard limits differ (as under a service manager or a batch system), it did not.
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
