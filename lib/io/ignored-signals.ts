// Signals that were ignored when this process was started: by nohup(1), by a shell's `trap '' TERM`, or because a script has put it in the
// background. They stay ignored, here and in the commands that are run. Bun leaves them alone until somebody listens, but resets them in children.
import * as os from "node:os";
import { STOP_SIGNALS, type StopSignal } from "../core/stop-signals.ts";
import { readProc } from "./proc.ts";

let ignored: ReadonlySet<StopSignal> | null = null;

/** Looks once. The first call must come before anybody listens for one of them: a signal that is listened for is ignored no more. */
export function ignoredAtStart(): ReadonlySet<StopSignal> {
  ignored ??= new Set(STOP_SIGNALS.filter(ignoredInProc() ?? isIgnored));
  return ignored;
}

type Test = (signal: StopSignal) => boolean;

const STATUS_MAX_BYTES = 16 << 10;

/** By the mask in /proc (Linux, proc_pid_status(5)); null where there is none. */
function ignoredInProc(): Test | null {
  const scratch = Buffer.allocUnsafe(STATUS_MAX_BYTES);
  const length = readProc(scratch, "/proc/self/status") ?? 0;
  const [, digits] = /^SigIgn:\s*([0-9a-f]+)$/m.exec(scratch.toString("latin1", 0, length)) ?? [];
  if (digits === undefined) return null;
  const mask = BigInt(`0x${digits}`);
  return (signal) => (mask & (1n << BigInt(os.constants.signals[signal] - 1))) !== 0n;
}

const LIBRARY = process.platform === "darwin" ? "libSystem.B.dylib" : "libc.so.6";

/** `SIG_IGN` of signal.h, on every system that has it. */
const SIG_IGN = 1n;

/** A `struct sigaction` of any system fits; the handler stands first. */
const ACTION_WORDS = 32;

/** What is used of bun:ffi. */
type Foreign = {
  readonly dlopen: (
    library: string,
    symbols: { readonly sigaction: { readonly args: readonly string[]; readonly returns: string } },
  ) => { readonly symbols: { readonly sigaction: Sigaction } };
  readonly ptr: (memory: BigUint64Array) => unknown;
};
type Sigaction = (signal: number, action: null, before: unknown) => number;

/** By sigaction(2) itself: macOS, and Linux without /proc. False where that cannot be asked. */
export function isIgnored(signal: StopSignal): boolean {
  try {
    const { dlopen, ptr } = process.getBuiltinModule("bun:ffi") as unknown as Foreign;
    const { sigaction } = dlopen(LIBRARY, {
      sigaction: { args: ["i32", "ptr", "ptr"], returns: "i32" },
    }).symbols;
    const before = new BigUint64Array(ACTION_WORDS);
    return sigaction(os.constants.signals[signal], null, ptr(before)) === 0 && before[0] === SIG_IGN;
  } catch {
    return false; // no such library (Windows, musl): the signal is heeded, as it was always
  }
}

/**
 * SIGINT is not among them. A script's background jobs have it ignored only to be spared the terminal's ^C, which never reaches children in sessions of
 * their own; and many a program stops its own children by it.
 */
const PASSED_ON: readonly StopSignal[] = ["SIGHUP", "SIGTERM"];

/**
 * The words by which a program is started with the same signals ignored (a shell sets them and becomes the program); the words themselves where there is
 * nothing to pass on, or no such program: the system says why then.
 */
export function withIgnored(argv: readonly string[], env: { readonly [name: string]: string }): string[] {
  const names = PASSED_ON.filter((signal) => ignoredAtStart().has(signal)).map((name) => name.slice(3));
  const isThere = names.length > 0 && Bun.which(argv[0] ?? "", { PATH: env["PATH"] ?? "" }) !== null;
  return isThere ? ["/bin/sh", "-c", `trap '' ${names.join(" ")}; exec "$@"`, "sh", ...argv] : [...argv];
}
