// Pace, a wrapper for every processor: attempts pass a gate, and attempts that the other side rejected for now are repeated without counting as
// retries.
import type { Item } from "../../core/item.ts";
import { type ItemError, RETRIES_MAX, type Retry, type Usage } from "../../core/record.ts";
import { addUsage } from "../../core/usage.ts";
import { TokenCorrection } from "../endpoint/token-estimate.ts";
import { type Lane, Lanes, type OwnLimit } from "./lanes.ts";
import { Gate, type GateChange, type GateOptions, type GateReason, type Refusal } from "./gate.ts";
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
  /** Each of several endpoints; empty with one. */
  readonly endpoints: readonly EndpointPace[];
  /** Whether every endpoint has a limit of its own, which `change` leaves alone. */
  isOwn(limit: OwnLimit): boolean;
  /** Changes the limits from now on. */
  change(change: GateChange): void;
};

export type EndpointPace = {
  readonly name: string;
  /** Attempts in flight, and allowed. */
  readonly active: number;
  readonly limit: number;
  /** It can serve nobody and is asked no more. */
  readonly isOut: boolean;
  /** Why it is out or down; null while it works. */
  readonly error: ItemError | null;
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

/** One of the endpoints: what asks it, and its own limits. */
export type PacedEndpoint = {
  /** Results say which one answered; null: they do not. */
  readonly name: string | null;
  readonly processor: Processor;
  readonly limits: Pick<GateOptions, OwnLimit>;
  /** Those of them that were given for it alone. */
  readonly own?: readonly OwnLimit[];
};

/** Wraps a processor in a gate; also returns the gate as a run sees it. */
export function withPace(
  processor: Processor,
  options: GateOptions,
): { readonly processor: Processor; readonly pace: Pace } {
  return paced(
    processor,
    new Lanes([laneOf(null, processor, new Gate(options), [])], options.clock),
    options,
    null,
  );
}

/**
 * Joins endpoints, each with a gate of its own. The first one says what all have in common (fields, estimates, fingerprint).
 * @param leftOut called when an endpoint can serve nobody and its work goes to the others
 */
export function withSeveral(
  endpoints: readonly [PacedEndpoint, ...PacedEndpoint[]],
  options: Pick<GateOptions, "maxOutageMs" | "clock" | "random">,
  leftOut: (name: string, error: ItemError) => void,
): { readonly processor: Processor; readonly pace: Pace } {
  const lane = ({ name, processor, limits, own = [] }: PacedEndpoint): Lane => {
    const made: Lane = laneOf(
      name,
      processor,
      new Gate({ ...options, ...limits, isAlone: () => lanes.isAlone(made) }),
      own,
    );
    return made;
  };
  const [first, ...others] = endpoints;
  const lanes: Lanes = new Lanes([lane(first), ...others.map(lane)], options.clock);
  const tpm = endpoints.some(({ limits }) => limits.tpm !== null) ? 1 : null;
  const common: Processor = {
    ...first.processor,
    preview: (item) => [
      ...endpoints.flatMap(({ processor }) => processor.preview(item)[0] ?? []),
      ...first.processor.preview(item).slice(1),
    ],
  };
  return paced(common, lanes, { ...options, tpm }, leftOut);
}

function laneOf(name: string | null, processor: Processor, gate: Gate, own: readonly OwnLimit[]): Lane {
  return { name, processor, gate, own, lastTrouble: null, wasAnswered: false, outBy: null };
}

type PaceOptions = Pick<GateOptions, "maxOutageMs" | "clock" | "tpm">;
type LeftOut = (name: string, error: ItemError) => void;

function paced(
  processor: Processor,
  lanes: Lanes,
  options: PaceOptions,
  leftOut: LeftOut | null,
): { readonly processor: Processor; readonly pace: Pace } {
  const attempts = new PacedAttempts(lanes, options, leftOut);
  return {
    pace: attempts,
    processor: {
      ...processor,
      process: (item, context) => attempts.process(item, context),
    },
  };
}

type Failed = Outcome & { readonly status: "failed" };

class PacedAttempts implements Pace {
  readonly #lanes: Lanes;
  readonly #options: PaceOptions;
  readonly #leftOut: LeftOut | null;
  readonly #correction = new TokenCorrection();
  /** Whether the tokens of an item are estimated, because they are limited. */
  #countsTokens: boolean;
  /** Items that wait or are in flight. */
  #inHand = 0;
  /** What each unit has failed of last, though it was answered: of an item, by which of its answers was asked for. */
  readonly #failures = new WeakMap<Item, Map<number, Failed>>();

  constructor(lanes: Lanes, options: PaceOptions, leftOut: LeftOut | null) {
    this.#lanes = lanes;
    this.#options = options;
    this.#leftOut = leftOut;
    this.#countsTokens = options.tpm !== null;
  }

  isOwn(limit: OwnLimit): boolean {
    return this.#lanes.all.every(({ own }) => own.includes(limit));
  }

  change({ isPaused, ...limits }: GateChange): void {
    this.#countsTokens ||= limits.tpm !== undefined;
    for (const { gate, own } of this.#lanes.all) {
      const common = Object.entries(limits).filter(([name]) => !own.some((limit) => limit === name));
      gate.change({ ...Object.fromEntries(common), ...(isPaused === undefined ? null : { isPaused }) });
    }
    this.#lanes.freed();
  }

  get concurrency(): number {
    return sum(this.#lanes.open, ({ gate }) => gate.concurrency);
  }

  get limit(): number {
    return sum(this.#lanes.open, ({ gate }) => gate.limit);
  }

  get active(): number {
    return sum(this.#lanes.all, ({ gate }) => gate.active);
  }

  get reason(): GateReason | null {
    return this.#lanes.reason;
  }

  /** Of several, that of the one that went down last, once all are. */
  get outage(): PaceOutage | null {
    const outages = this.#lanes.open.map((lane) => this.#outageOf(lane));
    const known = outages.filter((outage) => outage !== null);
    if (known.length < outages.length) return null;
    return known.toSorted((one, other) => other.sinceMs - one.sinceMs)[0] ?? null;
  }

  get endpoints(): readonly EndpointPace[] {
    if (!this.#lanes.areSeveral) return [];
    return this.#lanes.all.flatMap((lane) => {
      if (lane.name === null) return [];
      const { name, gate, outBy } = lane;
      const error = outBy ?? this.#outageOf(lane)?.error ?? null;
      return { name, active: gate.active, limit: gate.limit, isOut: outBy !== null, error };
    });
  }

  #outageOf({ gate, lastTrouble: error, wasAnswered }: Lane): PaceOutage | null {
    const sinceMs = gate.downSinceMs;
    if (sinceMs === null || error === null) return null;
    return { error, sinceMs, maxMs: this.#options.maxOutageMs, isFromStart: !wasAnswered };
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
    const answersBefore = new Map<Lane, number>();
    let made = 0;
    let spent: Usage | undefined;
    let last: AttemptTimes = { startedAtMs: 0, durationMs: 0 };
    for (;;) {
      const sinceMs = clock.monotonic();
      const applicant = { isFirst: context.attempt + made === 1, isLast, succeededBefore };
      const wanted = { tokens: this.#correction.apply(guess), held: false };
      const { lane, admitted } = await this.#lanes.admit(wanted, applicant, stopping);
      if (admitted === "stopped") return withSpent(ABORTED, spent);
      if (admitted === "broken") {
        const broken = this.#brokenOn(item, context, made, lane);
        return withSpent(withTries(broken, made, retries.slice(0, -1), last), spent);
      }
      if (typeof admitted === "string") return withSpent(this.#given(admitted, lane), spent);
      const answersLately = lane.gate.answers;
      if (!answersBefore.has(lane)) answersBefore.set(lane, answersLately);
      const before = retries.at(-1);
      if (before !== undefined) {
        retries[retries.length - 1] = { ...before, waited_ms: Math.round(clock.monotonic() - sinceMs) };
      }
      const attempt = made === 0 ? context : { ...context, attempt: context.attempt + made };
      const [startedAtMs, startMs] = [clock.now(), clock.monotonic()];
      const outcome = by(lane, await lane.processor.process(item, attempt));
      last = { startedAtMs, durationMs: clock.monotonic() - startMs };
      made++;
      const tokens = this.#tokensOf(outcome, guess);
      const isOnly = this.#inHand === 1;
      const asked = {
        ...applicant,
        answersBefore: answersBefore.get(lane) ?? answersLately,
        answersLately,
        waits: retries.length,
        isOnly,
      };
      const again = lane.gate.done(admitted, troubleOf(outcome), tokens, asked);
      this.#note(item, context, outcome, lane);
      const goesOn = this.#goesByOthers(outcome, lane);
      this.#lanes.freed();
      if (goesOn) {
        spent = addUsage(spent, outcome.usage);
        continue;
      }
      if (!again || outcome.status !== "failed")
        return withSpent(withTries(outcome, made, retries, last), spent);
      spent = addUsage(spent, outcome.usage);
      retries.push(retryEntry(outcome, last, 0));
      if (retries.length > RETRIES_MAX) retries.shift();
    }
  }

  /** Takes a lane out that can serve nobody. Returns whether the item goes by another one. */
  #goesByOthers(outcome: Outcome, lane: Lane): boolean {
    if (!this.#lanes.areSeveral || outcome.status !== "outside" || outcome.reconsider !== undefined)
      return false;
    const isNews = lane.outBy === null;
    const others = this.#lanes.open.filter((other) => other !== lane);
    if (others.length === 0) return false;
    lane.outBy = outcome.error;
    if (isNews) this.#leftOut?.(lane.name ?? "", outcome.error);
    return true;
  }

  /** Estimated tokens of an item; 0 without a token limit. */
  #guess(item: Item): number {
    if (!this.#countsTokens) return 0;
    const estimate = this.#lanes.all[0].processor.estimate?.(item);
    return estimate === undefined ? 0 : estimate.inputTokens + (estimate.outputTokens ?? OUTPUT_TOKENS);
  }

  #note(item: Item, { repeat = 1 }: AttemptContext, outcome: Outcome, lane: Lane): void {
    if (outcome.status === "aborted") return;
    if (outcome.status === "failed" && outcome.trouble?.kind === "strained") {
      const failures = this.#failures.get(item) ?? new Map<number, Failed>();
      this.#failures.set(item, failures.set(repeat, outcome));
    } else {
      this.#failures.get(item)?.delete(repeat);
    }
    const isTrouble = outcome.status === "failed" && outcome.trouble !== undefined;
    if (isTrouble) lane.lastTrouble = outcome.error;
    lane.wasAnswered ||= !(isTrouble && isAbsence(outcome.error.kind));
  }

  /**
   * What a unit has failed of, for good; an outage where nobody answered it. What it spent has been counted when it failed.
   * @param attempts made since a retry began
   */
  #brokenOn(item: Item, { repeat = 1 }: AttemptContext, attempts: number, lane: Lane): Outcome {
    const failure = this.#failures.get(item)?.get(repeat);
    if (failure === undefined) return this.#given("down", lane);
    const { usage: _counted, ...rest } = failure;
    return { ...rest, retryable: false, attempts };
  }

  #given(why: Exclude<Refusal, "stopped" | "broken">, { gate, lastTrouble }: Lane): Outcome {
    const forS = this.#options.maxOutageMs / 1000;
    const last = `last: ${lastTrouble?.message ?? ""}`;
    const { tooLongMs } = gate;
    const asks = `it asks to be left alone for ${Math.round((tooLongMs ?? 0) / 1000)} s, longer than ${forS} s (--max-outage); ${last}`;
    switch (why) {
      case "down":
        return outside(
          "endpoint_down",
          tooLongMs === null ? `no answer for ${forS} s (--max-outage); ${last}` : asks,
        );
      case "unknown":
        return outside("host_not_found", lastTrouble?.message ?? "");
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

/** The outcome, with the name of the endpoint that it came from, where results say so. */
function by({ name }: Lane, outcome: Outcome): Outcome {
  const isResult = outcome.status === "ok" || outcome.status === "failed";
  return name !== null && isResult ? { ...outcome, endpoint: name } : outcome;
}

function sum(lanes: readonly Lane[], of: (lane: Lane) => number): number {
  return lanes.reduce((total, lane) => total + of(lane), 0);
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
