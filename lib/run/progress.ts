// What a run tells the outside while it works: counts that are always honest (of this run, of the session, failures apart).
import type { ItemError } from "../core/record.ts";
import type { StopSignal } from "../core/stop-signals.ts";
import type { ErrorGroup, UsageTotals } from "../core/status.ts";

export type Progress = {
  /** Items of the present input. */
  readonly total: number;
  /** Items whose latest result is a success / a failure, over the session. */
  readonly completed: number;
  readonly failed: number;
  /** Items this run has yet to attempt (a limit is taken into account), in flight included. */
  readonly left: number;
  /** Results of this run. */
  readonly done: number;
  /** Attempts under way; those that wait for their turn are not. */
  readonly inFlight: number;
  /** Results of the session that are committed: a power cut does not take them. */
  readonly saved: number;
  /** Milliseconds since this run began to process. */
  readonly elapsedMs: number;
  /** Results a second, over the last half minute at most; null while unknown. */
  readonly ratePerS: number | null;
  /** Milliseconds to the end of this run at that rate; null while unknown. */
  readonly etaMs: number | null;
  /** Attempts allowed at once now. */
  readonly concurrency: number;
  /** Why attempts are held back now. */
  readonly waiting: WaitReason | null;
  /** While the endpoint is down. */
  readonly outage?: OutageNow;
  readonly tokensPerS?: number;
  readonly cost?: number;
};

export type OutageNow = {
  /** What the last attempt met. */
  readonly error: Pick<ItemError, "kind" | "message">;
  /** When it began, in milliseconds since the epoch. */
  readonly sinceMs: number;
  readonly waitedMs: number;
  /** How long it is waited for in all. */
  readonly maxMs: number;
};

export type WaitReason = "rate limit" | "cool-down" | "budget" | "outage" | "disk full";

export type StopReason =
  | { readonly kind: "limit" }
  | { readonly kind: "max-failures"; readonly failures: number; readonly allowed: string }
  | { readonly kind: "max-time"; readonly ms: number }
  | {
      readonly kind: "budget";
      readonly budget: "cost" | "tokens";
      readonly spent: number;
      readonly allowed: number;
    }
  /** `item` is null where it is about none. */
  | {
      readonly kind: "outside";
      readonly item: string | null;
      readonly error: string;
      readonly errorKind: string;
    }
  | {
      readonly kind: "none-succeeded";
      readonly attempted: number;
      readonly item: string;
      readonly error: string;
    }
  | { readonly kind: "input-changed" }
  | { readonly kind: "disk-full"; readonly cause: string }
  | { readonly kind: "signal"; readonly signal: StopSignal };

/** The end of a run, for the summary on the screen and `--json`. */
export type Summary = {
  readonly session_id: string;
  /** complete: all items done; failed: finished, some items failed; stopped: items are pending. */
  readonly outcome: "complete" | "failed" | "stopped" | "already_complete";
  readonly exit_code: number;
  readonly total: number;
  readonly completed: number;
  readonly failed: number;
  readonly pending: number;
  /** How far the session is: completed of total. */
  readonly percent: number;
  /** Of this run. */
  readonly attempted: number;
  readonly succeeded: number;
  readonly failed_now: number;
  readonly elapsed_ms: number;
  /** Tokens and cost, of this run and of all runs of the session; absent where nothing was run. */
  readonly usage?: { readonly run: UsageTotals; readonly session: UsageTotals };
  readonly stop: StopReason | null;
  /** Failed items by reason, the largest group first, with one that fails now as the example; the last entry may be all others. */
  readonly errors: readonly ErrorGroup[];
  readonly output: { readonly path: string; readonly sha256: string } | null;
  readonly backup: string | null;
  /** The command that goes on, where there is something to go on with. */
  readonly resume_command: string | null;
  /** The command that writes the results so far; null where the run has written them, or there are none. */
  readonly export_command: string | null;
  /** ISO time at which the session was completed that leaves nothing to do; only then. */
  readonly finished_at?: string;
};

export type { PlanCounts } from "../core/plan-counts.ts";

/** One implementation a way of showing progress (bar, plain lines, JSON lines, nothing); lib/ui has them. */
export type Reporter = {
  /** A line for people, already translated, ANSI-free; shown above the moving line. */
  note(text: string): void;
  /** The same of something that went wrong, though the run does what it was asked for: shown with `-q`, too. */
  warn(text: string): void;
  /** A line that a user's module has printed, as it is; shown however little else is. */
  printed(line: string): void;
  update(progress: Progress): void;
  /** Takes the moving line away; `update` may follow. */
  clear(): void;
};
