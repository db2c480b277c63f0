// Signals that were ignored when this process was started: by nohup(1), by a shell's `trap '' TERM`, or because a script has put it in the
// background. They stay ignored, in ckpt and in the commands that it runs. Bun leaves them ignored until a listener is added, but resets them in
// children.
import * as os from "node:os";
import { STOP_SIGNALS, type StopSignal } from "../core/stop-signals.ts";
import { callC } from "./libc.ts";
import { readProc } from "./proc.ts";

let ignored: ReadonlySet<StopSignal> | null = null;

/** Reads them once. The first call must come before any listener is added: a signal with a listener is no longer ignored. */
export function ignoredAtStart(): ReadonlySet<StopSignal> {
  ignored ??= new Set(STOP_SIGNALS.filter(ignoredInProc() ?? isIgnored));
  return ignored;
}

type Test = (signal: StopSignal) => boolean;

const STATUS_MAX_BYTES = 16 << 10;

/** From the mask in /proc (Linux, proc_pid_status(5)); null without /proc. */
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

/** From sigaction(2): macOS, and Linux without /proc. False where it cannot be called. */
export function isIgnored(signal: StopSignal): boolean {
  const before = new BigUint64Array(ACTION_WORDS);
  return callC("sigaction", [os.constants.signals[signal], null, before]) === 0 && before[0] === SIG_IGN;
}

/**
 * Without SIGINT. Background jobs of a script ignore it only because of the terminal's ^C, which never reaches children in sessions of their own; and
 * many programs stop their own children with it.
 */
const PASSED_ON: readonly StopSignal[] = ["SIGHUP", "SIGTERM"];

/** The shell command that ignores the same signals; null when there are none to pass on. */
export function trapCommand(): string | null {
  const names = PASSED_ON.filter((signal) => ignoredAtStart().has(signal)).map((name) => name.slice(3));
  return names.length === 0 ? null : `trap '' ${names.join(" ")}`;
}
