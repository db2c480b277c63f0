// The signals by which people, terminals and schedulers stop a program.

/** What ckpt heeds: it saves what it has and dies by the same signal. */
export type StopSignal = "SIGINT" | "SIGTERM" | "SIGHUP";

export const STOP_SIGNALS: readonly StopSignal[] = ["SIGINT", "SIGTERM", "SIGHUP"];
