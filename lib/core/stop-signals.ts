// The signals by which people, terminals and schedulers stop a program.

/** The signals that ckpt handles: it saves what it has and dies by the same signal. */
export type StopSignal = "SIGINT" | "SIGTERM" | "SIGHUP";

export const STOP_SIGNALS: readonly StopSignal[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/** The signals that a scheduler, systemd or a terminal sends to the whole process group, ckpt and its children. */
const ENDING: ReadonlySet<string> = new Set([...STOP_SIGNALS, "SIGKILL"]);

/** 128 plus the signal number: the exit status of a shell, or of a program that cleans up first, after such a signal. */
const ENDING_STATUSES: ReadonlySet<number> = new Set([129, 130, 137, 143]);

/** Whether a process that ended like this may have been stopped together with ckpt. */
export function mayBeStopped(end: {
  readonly status: number | null;
  readonly signal: string | null;
}): boolean {
  if (end.signal !== null) return ENDING.has(end.signal);
  return end.status !== null && ENDING_STATUSES.has(end.status);
}
