// Retries failed items: a wrapper that is itself a processor.
import { backoffMs } from "./backoff.ts";
import type { Item } from "../../core/item.ts";
import { RETRIES_MAX, type Retry, type Usage } from "../../core/record.ts";
import { addUsage } from "../../core/usage.ts";
import type { Clock, Random } from "../../io/clock.ts";
import { ABORTED, withSpent } from "../outcomes.ts";
import type { AttemptContext, Outcome, Processor } from "../processor.ts";
import { retryEntry } from "./retry-entry.ts";

export type RetryOptions = {
  /** Extra attempts, from 0. */
  readonly retries: number;
  /** Upper bound of the first wait; it doubles with each failure. */
  readonly delayMs: number;
  readonly delayMaxMs: number;
  readonly clock: Clock;
  readonly random: Random;
};

/**
 * Retries an item after a backoff while it fails and a retry may help. Any other outcome ends the item at once. The outcome has the number of
 * attempts, the failed ones, and the total usage. Without extra attempts, returns the processor itself.
 */
export function withRetry(processor: Processor, options: RetryOptions): Processor {
  if (options.retries === 0) return processor;
  return {
    ...processor,
    process: (item, context) => {
      const start = startOf(options.clock);
      const first = processor.process(item, context);
      if (!(first instanceof Promise) && !mayRetry(first)) return first; // the path of a module that answers synchronously
      return tryAgain(processor, options, item, context, { first, start });
    },
  };
}

function mayRetry(outcome: Outcome): outcome is Outcome & { readonly status: "failed" } {
  return outcome.status === "failed" && outcome.retryable;
}

/** Start of an attempt, on both clocks. */
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
  let before = NOTHING_BEFORE;
  for (let used = 0; mayRetry(outcome) && used < options.retries; used++) {
    const backoff = { baseMs: options.delayMs, maxMs: options.delayMaxMs };
    const waitedMs = backoffMs(backoff, used, options.random);
    const durationMs = clock.monotonic() - start.monotonicMs;
    const retry = retryEntry(outcome, outcome.last ?? { startedAtMs: start.atMs, durationMs }, waitedMs);
    before = joinTries(before, outcome, retry);
    if (waitedMs > 0) await clock.sleep(waitedMs, context.stopping);
    await context.untilResumed?.();
    if (context.stopping.aborted) return withSpent(ABORTED, before.usage);
    start = startOf(clock);
    outcome = await processor.process(item, { ...context, attempt: context.attempt + before.attempts });
  }
  if (before.attempts === 0) return outcome;
  const all = withSpent(outcome, before.usage);
  if (all.status === "outside" || all.status === "aborted") return all;
  const { attempts, retries } = joinTries(before, all);
  return { ...all, attempts, retries };
}

/** What attempts come to that were followed by another; an inner wrapper may have made several at once. */
type Tries = {
  readonly attempts: number;
  readonly retries: readonly Retry[];
  readonly usage: Usage | undefined;
};

const NOTHING_BEFORE: Tries = { attempts: 0, retries: [], usage: undefined };

/** @param retry what is said of the last of them, where another follows */
function joinTries(before: Tries, outcome: Partial<Tries>, retry?: Retry): Tries {
  const { attempts = 1, retries = [], usage } = outcome;
  return {
    attempts: before.attempts + attempts,
    retries: [...before.retries, ...retries, ...(retry === undefined ? [] : [retry])].slice(-RETRIES_MAX),
    usage: addUsage(before.usage, usage),
  };
}
