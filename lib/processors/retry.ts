// More attempts for an item that failed: a wrapper that is itself a processor.
import { backoffMs } from "../core/backoff.ts";
import type { Item } from "../core/item.ts";
import type { Retry, Usage } from "../core/record.ts";
import type { Clock, Random } from "../io/clock.ts";
import type { AttemptContext, Outcome, Processor } from "./processor.ts";

export type RetryOptions = {
  /** Extra attempts, from 0. */
  readonly retries: number;
  /** Bound of the first wait; it doubles with each failure. */
  readonly delayMs: number;
  readonly delayMaxMs: number;
  readonly clock: Clock;
  readonly random: Random;
};

/**
 * Tries an item again, after a wait with backoff, while it fails and another attempt may help. An outcome of another kind ends the
 * item at once. The outcome says how many attempts there were, what each failed one was, and what all of them spent.
 * With no extra attempts it is the processor itself.
 */
export function withRetry(processor: Processor, options: RetryOptions): Processor {
  if (options.retries === 0) return processor;
  return {
    kind: processor.kind,
    open: () => processor.open(),
    process: (item, context) => {
      const first = processor.process(item, context);
      if (!(first instanceof Promise) && !mayRetry(first)) return first; // the way of a module that answers at once
      return tryAgain(processor, options, item, context, first);
    },
    close: () => processor.close(),
    preview: (item) => processor.preview(item),
    fieldPaths: processor.fieldPaths,
    usesIndex: processor.usesIndex,
    fingerprintParts: () => processor.fingerprintParts(),
  };
}

function mayRetry(outcome: Outcome): outcome is Outcome & { readonly status: "failed" } {
  return outcome.status === "failed" && outcome.retryable;
}

async function tryAgain(
  processor: Processor,
  options: RetryOptions,
  item: Item,
  context: AttemptContext,
  first: Promise<Outcome> | Outcome,
): Promise<Outcome> {
  const retries: Retry[] = [];
  let outcome = await first;
  let usage = usageOf(outcome);
  while (mayRetry(outcome) && retries.length < options.retries) {
    const waitedMs = backoffMs(
      { baseMs: options.delayMs, maxMs: options.delayMaxMs },
      retries.length,
      options.random,
    );
    retries.push({ kind: outcome.error.kind, waited_ms: waitedMs });
    if (waitedMs > 0) await options.clock.sleep(waitedMs, context.signal);
    if (context.signal.aborted) return { status: "aborted" };
    outcome = await processor.process(item, { ...context, attempt: context.attempt + retries.length });
    usage = addUsage(usage, usageOf(outcome));
  }
  if (retries.length === 0 || outcome.status === "outside" || outcome.status === "aborted") return outcome;
  const spent = usage === undefined ? {} : { usage };
  return { ...outcome, attempts: retries.length + 1, retries, ...spent };
}

function usageOf(outcome: Outcome): Usage | undefined {
  return outcome.status === "ok" || outcome.status === "failed" ? outcome.usage : undefined;
}

function addUsage(a: Usage | undefined, b: Usage | undefined): Usage | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const sum: { -readonly [K in keyof Usage]: Usage[K] } = { ...a };
  for (const key of ["input_tokens", "output_tokens", "cost"] as const) {
    if (b[key] !== undefined) sum[key] = (a[key] ?? 0) + b[key];
  }
  return sum;
}
