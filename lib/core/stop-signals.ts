// The signals by which people, terminals and schedulers stop a program.

/** What ckpt heeds: it saves what it has and dies by the same signal. */
export type StopSignal = "SIGINT" | "SIGTERM" | "SIGHUP";

export const STOP_SIGNALS: readonly StopSignal[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/** By these a scheduler, systemd or a terminal ends all that it has started, ckpt and its children alike. */
const ENDING: ReadonlySet<string> = new Set([...STOP_SIGNALS, "SIGKILL"]);

/** 128 and the signal's number: how a shell, or a program that tidies up first, says that it was ended by one of them. */
const ENDING_STATUSES: ReadonlySet<number> = new Set([129, 130, 137, 143]);

/** Whether a process that ended so may have been ended by whoever stops ckpt. */
export function mayBeStopped(end: {
  readonly status: number | null;
  readonly signal: string | null;
}): boolean {
  if (end.signal !== null) return ENDING.has(end.signal);
  return end.status !== null && ENDING_STATUSES.has(end.status);
}
