// Signals that were ignored when this process was started: by nohup(1), by a shell's `trap '' TERM`, or because a script has put it in the
// background. They stay ignored, here and in the commands that are run. Bun leaves them alone until somebody listens, but resets them in children.
import * as os from "node:os";
import { STOP_SIGNALS, type StopSignal } from "../core/stop-signals.ts";
import { callC } from "./libc.ts";
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

/** `SIG_IGN` of signal.h, on every system that has it. */
const SIG_IGN = 1n;

/** A `struct sigaction` of any system fits; the handler stands first. */
const ACTION_WORDS = 32;

/** By sigaction(2) itself: macOS, and Linux without /proc. False where that cannot be asked. */
export function isIgnored(signal: StopSignal): boolean {
  const before = new BigUint64Array(ACTION_WORDS);
  return callC("sigaction", [os.constants.signals[signal], null, before]) === 0 && before[0] === SIG_IGN;
}

/**
 * SIGINT is not among them. A script's background jobs have it ignored only to be spared the terminal's ^C, which never reaches children in sessions of
 * their own; and many a program stops its own children by it.
 */
const PASSED_ON: readonly StopSignal[] = ["SIGHUP", "SIGTERM"];

/** The shell's command that ignores the same signals; null where there are none to pass on. */
export function trapCommand(): string | null {
  const names = PASSED_ON.filter((signal) => ignoredAtStart().has(signal)).map((name) => name.slice(3));
  return names.length === 0 ? null : `trap '' ${names.join(" ")}`;
}
