// What a run reports while it works. Counts are kept apart: of this run and of the session, successes and failures.
import type { ItemError } from "../core/record.ts";
import type { StopSignal } from "../core/stop-signals.ts";
import type { ErrorGroup, Selection, UsageTotals } from "../core/status.ts";
import type { TtftSummary } from "../core/time-tally.ts";

export type Progress = {
  /** Items of the present input. */
  readonly total: number;
  /** Items whose latest result is a success / a failure, over the session. */
  readonly completed: number;
  readonly failed: number;
  /** Items that this run still has to attempt, including those in flight; limits are applied. */
  readonly left: number;
  /** Results of this run. */
  readonly done: number;
  /** Attempts in flight, without those that wait at the gate. */
  readonly inFlight: number;
  /** Committed results of the session: they survive a power cut. */
  readonly saved: number;
  /** Milliseconds since this run started processing. */
  readonly elapsedMs: number;
  /** Results per second, over at most the last 30 s; null while unknown. */
  readonly ratePerS: number | null;
  /** Milliseconds to the end of this run at that rate; null while unknown. */
  readonly etaMs: number | null;
  /** Attempts allowed at once now. */
  readonly concurrency: number;
  /** Why attempts are currently held back. */
  readonly waiting: WaitReason | null;
  /** While the endpoint is down. */
  readonly outage?: OutageNow;
  /** Each of several endpoints; absent with one. */
  readonly endpoints?: readonly EndpointNow[];
  readonly tokensPerS?: number;
  /** What the session has spent. */
  readonly cost?: number;
  /** What the session will have spent when all of its pending items are done, by the mean of this run; once that is known. */
  readonly projectedCost?: number;
};

export type EndpointNow = {
  /** Its base URL. */
  readonly name: string;
  readonly inFlight: number;
  /** Attempts allowed at once now. */
  readonly concurrency: number;
  /** out: it can serve nobody and is asked no more; down: it does not answer. */
  readonly state: "up" | "down" | "out";
  /** Why it is down or out. */
  readonly error: Pick<ItemError, "kind" | "message"> | null;
};

export type OutageNow = {
  /** What the last attempt met. */
  readonly error: Pick<ItemError, "kind" | "message">;
  /** When it began, in milliseconds since the epoch. */
  readonly sinceMs: number;
  readonly waitedMs: number;
  /** Maximum total wait. */
  readonly maxMs: number;
};

export type WaitReason = "paused" | "rate limit" | "cool-down" | "budget" | "outage" | "disk full";

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
  /** `item` is null when no item is concerned. */
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
  /** `path`: the file of the input, as it was given. `ofQuery`: its items are the rows of a query. */
  | { readonly kind: "input-changed"; readonly path: string; readonly ofQuery?: true }
  | { readonly kind: "disk-full"; readonly cause: string }
  | { readonly kind: "signal"; readonly signal: StopSignal };

/** The end of a run, for the summary on the screen and `--json`. */
export type Summary = {
  readonly session_id: string;
  /** complete: all items done; failed: finished, some items failed; stopped: items are pending. */
  readonly outcome: "complete" | "failed" | "stopped" | "already_complete";
  readonly exit_code: number;
  /** Answers wanted of each item, from 2; absent where it is one. All counts are of answers then. */
  readonly repeat?: number;
  /** Which items the job is about; null: all. */
  readonly selection: Selection | null;
  readonly total: number;
  readonly completed: number;
  readonly failed: number;
  readonly pending: number;
  /** Progress of the session: completed of total. */
  readonly percent: number;
  /** Of this run. */
  readonly attempted: number;
  readonly succeeded: number;
  readonly failed_now: number;
  readonly elapsed_ms: number;
  /** Tokens and cost of this run and of all runs of the session; absent when nothing was run. */
  readonly usage?: { readonly run: UsageTotals; readonly session: UsageTotals };
  /** Times to the first token of this run's answers; absent without streamed ones. */
  readonly ttft?: TtftSummary;
  readonly stop: StopReason | null;
  /** Failed items by reason, the largest group first, each with a currently failed item as the example. The last entry may be "others". */
  readonly errors: readonly ErrorGroup[];
  readonly output: { readonly path: string; readonly sha256: string } | null;
  readonly backup: string | null;
  /** The resume command, if there is something to resume. */
  readonly resume_command: string | null;
  /** The command that writes the results so far; null if the run has written them, or there are none. */
  readonly export_command: string | null;
  /** Of a shard: the command that joins the results of all shards, once the others are done, too. */
  readonly merge_command?: string;
  /** ISO time at which the session was completed, if there was nothing to do. */
  readonly finished_at?: string;
};

export type { PlanCounts } from "../core/plan-counts.ts";

/** One implementation per way of showing progress (bar, plain lines, JSON lines, nothing), in lib/ui. */
export type Reporter = {
  /** A line for people, already translated, without ANSI codes; shown above the progress line. */
  note(text: string): void;
  /** The same for a problem that does not stop the run; also shown with `-q`. */
  warn(text: string): void;
  /** A line that a user's module has printed, unchanged; always shown. */
  printed(line: string): void;
  update(progress: Progress): void;
  /** Removes the progress line; `update` may follow. */
  clear(): void;
};
