// Outcomes that several processors use, made in one place so that the same problem has the same kind everywhere.
import { cutText } from "../core/cut-text.ts";
import type { ItemError, Usage } from "../core/record.ts";
import { addUsage } from "../core/usage.ts";
import type { Outcome } from "./processor.ts";

type Details = Omit<ItemError, "kind" | "message">;

/** Error details, with `stderr` only if there is any. */
export function withStderr(stderr: string): Details {
  return stderr === "" ? {} : { stderr };
}

type Failed = Outcome & { readonly status: "failed" };

export function failed(kind: string, message: string, retryable: boolean, details: Details = {}): Failed {
  return { status: "failed", error: { kind, message, ...details }, retryable };
}

export function outside(kind: string, message: string, details: Details = {}): Outcome {
  return { status: "outside", error: { kind, message, ...details } };
}

const REASON_LENGTH_MAX = 200;

/** How a child ended, with the last line of its standard error, where programs say what went wrong. */
export function withReason(how: string, stderr: string): string {
  const reason = stderr.trimEnd().split("\n").at(-1)?.trim() ?? "";
  return reason === "" ? how : `${how}: ${cutText(reason, REASON_LENGTH_MAX)}`;
}

/** The kind of an outside cause that the processor itself reports (`--pause-on-exit`, `pause` in an error). */
export const PAUSE = "pause";

/** The item lacks fields that the template names; a retry would not help. */
export function missingFields(names: readonly string[]): Outcome {
  const list = names.map((name) => JSON.stringify(name)).join(", ");
  return failed("input", `the item has no field ${list}`, false);
}

export function timedOut(timeoutMs: number, details: Details = {}): Failed {
  return failed("timeout", `no answer within ${timeoutMs / 1000} s (--timeout)`, true, details);
}

/** A stream was cut off because no byte came for so long. */
export function fellSilent(idleMs: number): Failed {
  return failed("timeout", `no byte for ${idleMs / 1000} s (--idle-timeout)`, true);
}

export function outputTooLarge(maxBytes: number, details: Details = {}): Outcome {
  return failed(
    "output_too_large",
    `the output is larger than ${maxBytes} bytes (--max-output)`,
    true,
    details,
  );
}

export const ABORTED: Outcome = { status: "aborted" };

/** An outcome with what attempts before it have spent: nothing that cost money is lost with them. */
export function withSpent(outcome: Outcome, before: Usage | undefined): Outcome {
  const usage = addUsage(before, outcome.usage);
  if (before === undefined || usage === undefined) return outcome;
  if (outcome.status !== "outside" || outcome.reconsider === undefined) return { ...outcome, usage };
  const { reconsider } = outcome;
  return { ...outcome, usage, reconsider: () => withSpent(reconsider(), before) };
}
