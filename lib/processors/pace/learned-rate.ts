// The rate that an endpoint lets through, learned from its refusals. A refusal says that its bucket is empty: between two refusals it has let
// through what flowed in, whatever its size. So what was accepted from one refusal to another, waits included, is its rate; over several
// refusals, since each may be off by one.
import { LATE_TIMERS_MS, TokenBucket } from "./token-bucket.ts";

export type RefusalCause = "rate" | "perhaps" | "number";

/** How fast the rate is tried upwards: it doubles in this time, which a refusal makes longer where the rate was the cause. */
const DOUBLING_S_MIN = 0.5;
const DOUBLING_S_MAX = 60;
const SLOWER: Readonly<Record<RefusalCause, number>> = { rate: 3, perhaps: 1.5, number: 1 / 1.5 };
/** What of the measured rate is tried first: far more where something else was the cause, a little less where it is sure. */
const FROM: Readonly<Record<RefusalCause, number>> = { rate: 0.97, perhaps: 1, number: 4 };
const STEADY = 0.15;

/** Refusals that it is measured over. */
const REFUSALS = 8;
const SIZE_MIN = 1.1;

export class LearnedRate {
  #perMs: number | null = null;
  #sinceMs = 0;
  #doublingS = DOUBLING_S_MIN;
  #from = 1;
  #bucket: TokenBucket | null = null;
  #accepted = 0;
  /** The last refusals: when, and how many had been accepted until then. */
  readonly #refusals: { readonly atMs: number; accepted: number }[] = [];

  /**
   * The first refusal since the last cool-down.
   * @param cause what is too high: the rate, for sure; perhaps the rate; or the number of attempts under way
   */
  refused(cause: RefusalCause, nowMs: number): void {
    this.#accepted--;
    this.#refusals.push({ atMs: nowMs, accepted: this.#accepted });
    if (this.#refusals.length > REFUSALS) this.#refusals.shift();
    const from = this.#refusals[0] ?? { atMs: nowMs, accepted: 0 };
    const count = this.#accepted - from.accepted;
    if (nowMs <= from.atMs || count <= 0) return;
    const before = this.#perMs;
    this.#perMs = count / (nowMs - from.atMs);
    // The same rate once more is not the work of a number of attempts that has changed since.
    const isSteady = before !== null && Math.abs(this.#perMs / before - 1) < STEADY;
    const likely = cause === "number" && isSteady ? "perhaps" : cause;
    this.#from = FROM[likely];
    const doublingS = this.#doublingS * SLOWER[likely];
    this.#doublingS = Math.min(DOUBLING_S_MAX, Math.max(DOUBLING_S_MIN, doublingS));
    this.#sinceMs = nowMs;
    this.#bucket ??= new TokenBucket(this.#perMs, 1, nowMs);
  }

  /** A further refusal of the same round: it was sent before the first came. */
  refusedAlso(): void {
    this.#accepted--;
    const last = this.#refusals.at(-1);
    if (last !== undefined) last.accepted--;
  }

  /** Whether anything has been learned yet. */
  get isKnown(): boolean {
    return this.#perMs !== null;
  }

  /** The cool-down after a refusal is over: growth counts from here. */
  resumed(nowMs: number): void {
    this.#sinceMs = nowMs;
    this.#bucket?.empty(nowMs);
  }

  /** Milliseconds until another attempt may begin; 0 while nothing is known. */
  waitMs(nowMs: number): number {
    if (this.#bucket === null || this.#perMs === null) return 0;
    const perMs = this.#perMs * this.#growth((nowMs - this.#sinceMs) / 1000);
    this.#bucket.setRate(perMs, Math.max(SIZE_MIN, perMs * LATE_TIMERS_MS), nowMs);
    return this.#bucket.waitMs(1, nowMs);
  }

  /** An attempt begins; it counts as accepted until it is refused. */
  take(nowMs: number): void {
    this.#accepted++;
    this.#bucket?.take(1, nowMs);
  }

  #growth(seconds: number): number {
    return this.#from * 2 ** Math.min(seconds / this.#doublingS, 40);
  }
}
