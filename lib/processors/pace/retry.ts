// More attempts for an item that failed: a wrapper that is itself a processor.
import { backoffMs } from "./backoff.ts";
import type { Item } from "../../core/item.ts";
import { RETRIES_MAX, type Retry, type Usage } from "../../core/record.ts";
import type { Clock, Random } from "../../io/clock.ts";
import type { AttemptContext, Outcome, Processor } from "../processor.ts";
import { retryEntry } from "./retry-entry.ts";

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
    ...processor,
    process: (item, context) => {
      const start = startOf(options.clock);
      const first = processor.process(item, context);
      if (!(first instanceof Promise) && !mayRetry(first)) return first; // the way of a module that answers at once
      return tryAgain(processor, options, item, context, { first, start });
    },
  };
}

function mayRetry(outcome: Outcome): outcome is Outcome & { readonly status: "failed" } {
  return outcome.status === "failed" && outcome.retryable;
}

/** When an attempt began, by both clocks. */
type Start = { readonly atMs: number; readonly monotonicMs: number };

function startOf(clock: Clock): Start {
  return { atMs: clock.now(), monotonicMs: clock.monotonic() };
}

async function tryAgain(
  processor: Processor,
  options: RetryOptions,
  item: Item,
  context: AttemptContext,
  begun: { readonly first: Promise<Outcome> | Outcome; readonly start: Start },
): Promise<Outcome> {
  const { clock } = options;
  let { start } = begun;
  let outcome = await begun.first;
  let tries = triesOf(outcome);
  for (let used = 0; mayRetry(outcome) && used < options.retries; used++) {
    const backoff = { baseMs: options.delayMs, maxMs: options.delayMaxMs };
    const waitedMs = backoffMs(backoff, used, options.random);
    const durationMs = clock.monotonic() - start.monotonicMs;
    const retry = retryEntry(outcome, outcome.last ?? { startedAtMs: start.atMs, durationMs }, waitedMs);
    if (waitedMs > 0) await clock.sleep(waitedMs, context.stopping);
    if (context.stopping.aborted) return { status: "aborted" };
    start = startOf(clock);
    outcome = await processor.process(item, { ...context, attempt: context.attempt + tries.attempts });
    tries = addTries(tries, retry, triesOf(outcome));
  }
  if (tries.attempts === 1 || outcome.status === "outside" || outcome.status === "aborted") return outcome;
  const { usage, attempts, retries } = tries;
  return { ...outcome, attempts, retries, ...(usage === undefined ? {} : { usage }) };
}

/** What all attempts of an item come to; an inner wrapper may have made several already. */
type Tries = {
  readonly attempts: number;
  readonly retries: readonly Retry[];
  readonly usage: Usage | undefined;
};

function triesOf(outcome: Outcome): Tries {
  if (outcome.status === "outside" || outcome.status === "aborted")
    return { attempts: 1, retries: [], usage: undefined };
  return { attempts: outcome.attempts ?? 1, retries: outcome.retries ?? [], usage: outcome.usage };
}

function addTries(before: Tries, retry: Retry, after: Tries): Tries {
  return {
    attempts: before.attempts + after.attempts,
    retries: [...before.retries, retry, ...after.retries].slice(-RETRIES_MAX),
    usage: addUsage(before.usage, after.usage),
  };
}

function addUsage(a: Usage | undefined, b: Usage | undefined): Usage | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const sum: { -readonly [K in keyof Usage]: Usage[K] } = { ...a };
  for (const key of ["input_tokens", "output_tokens", "cost"] as const) {
    if (b[key] !== undefined) sum[key] = (a[key] ?? 0) + b[key];
  }
  return sum;
}
