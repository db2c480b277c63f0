// Pace, a wrapper for every processor: attempts pass a gate, and attempts that the other side rejected for now are repeated without counting as
// retries.
import type { Item } from "../../core/item.ts";
import { type ItemError, RETRIES_MAX, type Retry, type Usage } from "../../core/record.ts";
import { addUsage } from "../../core/usage.ts";
import { TokenCorrection } from "../endpoint/token-estimate.ts";
import { Gate, type GateOptions, type GateReason, type Refusal } from "./gate.ts";
import { ABORTED, outside, withSpent } from "../outcomes.ts";
import type { AttemptContext, AttemptTimes, Outcome, Processor } from "../processor.ts";
import { retryEntry } from "./retry-entry.ts";

/** What a run can read about the pace. */
export type Pace = {
  /** Number of attempts to keep started, including those that wait at the gate. */
  readonly concurrency: number;
  /** Attempts allowed in flight now, and those that are. */
  readonly limit: number;
  readonly active: number;
  readonly reason: GateReason | null;
  /** The outage of the other side; null without one. */
  readonly outage: PaceOutage | null;
};

export type PaceOutage = {
  /** The error of the last attempt. */
  readonly error: ItemError;
  /** Its start, on the clock's `monotonic`. */
  readonly sinceMs: number;
  /** Maximum duration. */
  readonly maxMs: number;
  /** Whether nobody has ever answered. */
  readonly isFromStart: boolean;
};

/** Assumed tokens of an answer while nothing is known. */
const OUTPUT_TOKENS = 256;

/** Wraps a processor in a gate; also returns the gate as a run sees it. */
export function withPace(
  processor: Processor,
  options: GateOptions,
): { readonly processor: Processor; readonly pace: Pace } {
  const gate = new Gate(options);
  const attempts = new PacedAttempts(processor, gate, options);
  return {
    pace: attempts,
    processor: { ...processor, process: (item, context) => attempts.process(item, context) },
  };
}

type Failed = Outcome & { readonly status: "failed" };

class PacedAttempts implements Pace {
  readonly #processor: Processor;
  readonly #gate: Gate;
  readonly #options: GateOptions;
  readonly #correction = new TokenCorrection();
  /** Items that wait or are in flight. */
  #inHand = 0;
  #lastTrouble: ItemError | null = null;
  /** What each unit has failed of last, though it was answered: of an item, by which of its answers was asked for. */
  readonly #failures = new WeakMap<Item, Map<number, Failed>>();
  #wasAnswered = false;

  constructor(processor: Processor, gate: Gate, options: GateOptions) {
    this.#processor = processor;
    this.#gate = gate;
    this.#options = options;
  }

  get concurrency(): number {
    return this.#gate.concurrency;
  }

  get limit(): number {
    return this.#gate.limit;
  }

  get active(): number {
    return this.#gate.active;
  }

  get reason(): GateReason | null {
    return this.#gate.reason;
  }

  get outage(): PaceOutage | null {
    const [sinceMs, error] = [this.#gate.downSinceMs, this.#lastTrouble];
    if (sinceMs === null || error === null) return null;
    return { error, sinceMs, maxMs: this.#options.maxOutageMs, isFromStart: !this.#wasAnswered };
  }

  async process(item: Item, context: AttemptContext): Promise<Outcome> {
    this.#inHand++;
    try {
      return await this.#attempts(item, context);
    } finally {
      this.#inHand--;
    }
  }

  async #attempts(item: Item, context: AttemptContext): Promise<Outcome> {
    const { clock } = this.#options;
    const guess = this.#guess(item);
    const retries: Retry[] = [];
    const { succeededBefore = false, isLast = () => false, stopping } = context;
    let answersBefore: number | null = null;
    let made = 0;
    let spent: Usage | undefined;
    let last: AttemptTimes = { startedAtMs: 0, durationMs: 0 };
    for (;;) {
      const sinceMs = clock.monotonic();
      const applicant = { isFirst: context.attempt + made === 1, isLast, succeededBefore };
      const admitted = await this.#gate.admit(this.#correction.apply(guess), applicant, stopping);
      if (admitted === "stopped") return withSpent(ABORTED, spent);
      if (admitted === "broken") {
        const broken = this.#brokenOn(item, context, made);
        return withSpent(withTries(broken, made, retries.slice(0, -1), last), spent);
      }
      if (typeof admitted === "string") return withSpent(this.#given(admitted), spent);
      const answersLately = this.#gate.answers;
      answersBefore ??= answersLately;
      const before = retries.at(-1);
      if (before !== undefined) {
        retries[retries.length - 1] = { ...before, waited_ms: Math.round(clock.monotonic() - sinceMs) };
      }
      const attempt = made === 0 ? context : { ...context, attempt: context.attempt + made };
      const [startedAtMs, startMs] = [clock.now(), clock.monotonic()];
      const outcome = await this.#processor.process(item, attempt);
      last = { startedAtMs, durationMs: clock.monotonic() - startMs };
      made++;
      const tokens = this.#tokensOf(outcome, guess);
      const isOnly = this.#inHand === 1;
      const asked = { ...applicant, answersBefore, answersLately, waits: retries.length, isOnly };
      const again = this.#gate.done(admitted, troubleOf(outcome), tokens, asked);
      this.#note(item, context, outcome);
      if (!again || outcome.status !== "failed")
        return withSpent(withTries(outcome, made, retries, last), spent);
      spent = addUsage(spent, outcome.usage);
      retries.push(retryEntry(outcome, last, 0));
      if (retries.length > RETRIES_MAX) retries.shift();
    }
  }

  /** Estimated tokens of an item; 0 without a token limit. */
  #guess(item: Item): number {
    if (this.#options.tpm === null) return 0;
    const estimate = this.#processor.estimate?.(item);
    return estimate === undefined ? 0 : estimate.inputTokens + (estimate.outputTokens ?? OUTPUT_TOKENS);
  }

  #note(item: Item, { repeat = 1 }: AttemptContext, outcome: Outcome): void {
    if (outcome.status === "aborted") return;
    if (outcome.status === "failed" && outcome.trouble?.kind === "strained") {
      const failures = this.#failures.get(item) ?? new Map<number, Failed>();
      this.#failures.set(item, failures.set(repeat, outcome));
    } else {
      this.#failures.get(item)?.delete(repeat);
    }
    const isTrouble = outcome.status === "failed" && outcome.trouble !== undefined;
    if (isTrouble) this.#lastTrouble = outcome.error;
    this.#wasAnswered ||= !(isTrouble && isAbsence(outcome.error.kind));
  }

  /**
   * What a unit has failed of, for good; an outage where nobody answered it. What it spent has been counted when it failed.
   * @param attempts made since a retry began
   */
  #brokenOn(item: Item, { repeat = 1 }: AttemptContext, attempts: number): Outcome {
    const failure = this.#failures.get(item)?.get(repeat);
    if (failure === undefined) return this.#given("down");
    const { usage: _counted, ...rest } = failure;
    return { ...rest, retryable: false, attempts };
  }

  #given(why: Exclude<Refusal, "stopped" | "broken">): Outcome {
    const forS = this.#options.maxOutageMs / 1000;
    const last = `last: ${this.#lastTrouble?.message ?? ""}`;
    const { tooLongMs } = this.#gate;
    const asks = `it asks to be left alone for ${Math.round((tooLongMs ?? 0) / 1000)} s, longer than ${forS} s (--max-outage); ${last}`;
    switch (why) {
      case "down":
        return outside(
          "endpoint_down",
          tooLongMs === null ? `no answer for ${forS} s (--max-outage); ${last}` : asks,
        );
      case "unknown":
        return outside("host_not_found", this.#lastTrouble?.message ?? "");
      case "refused":
        return outside(
          "rate_limit",
          tooLongMs === null ? `refused for more than ${forS} s (--max-outage); ${last}` : asks,
        );
    }
  }

  #tokensOf(outcome: Outcome, guess: number): number | null {
    if (outcome.status !== "ok" && outcome.status !== "failed") return null;
    const { usage } = outcome;
    if (usage === undefined) return null;
    const actual = (usage.input_tokens ?? 0) + (usage.output_tokens ?? 0);
    this.#correction.learn(guess, actual);
    return actual;
  }
}

/** Whether the error kind means that nobody answers. */
function isAbsence(kind: string): boolean {
  return kind === "unreachable" || kind === "host_not_found";
}

function troubleOf(outcome: Outcome): Parameters<Gate["done"]>[1] {
  if (outcome.status === "aborted") return undefined;
  return outcome.status === "failed" ? (outcome.trouble ?? null) : null;
}

function withTries(outcome: Outcome, made: number, retries: readonly Retry[], last: AttemptTimes): Outcome {
  const counts = outcome.status === "ok" || outcome.status === "failed";
  return counts && made > 1 ? { ...outcome, attempts: made, retries, last } : outcome;
}
