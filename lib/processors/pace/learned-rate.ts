// Learns the rate limit of an endpoint from its refusals. A refusal means that the endpoint's token bucket is empty. So the number of attempts
// accepted between two refusals, divided by the time between them (waits included), is its rate, for any bucket size. It is measured over several
// refusals, because each may be off by one.
import { LATE_TIMERS_MS, TokenBucket } from "./token-bucket.ts";

export type RefusalCause = "rate" | "perhaps" | "number";

/** How fast the rate is increased: it doubles in this time. A refusal because of the rate makes this time longer. */
const DOUBLING_S_MIN = 0.5;
const DOUBLING_S_MAX = 60;
const SLOWER: Readonly<Record<RefusalCause, number>> = { rate: 3, perhaps: 1.5, number: 1 / 1.5 };
/** The first rate to try, as a factor of the measured rate: much more when something else was the cause, slightly less when the rate is certain. */
const FROM: Readonly<Record<RefusalCause, number>> = { rate: 0.97, perhaps: 1, number: 4 };
const STEADY = 0.15;

/** Number of refusals that the rate is measured over. */
const REFUSALS = 8;
const SIZE_MIN = 1.1;

export class LearnedRate {
  #perMs: number | null = null;
  #sinceMs = 0;
  #doublingS = DOUBLING_S_MIN;
  #from = 1;
  #bucket: TokenBucket | null = null;
  #accepted = 0;
  /** The last refusals: their time, and the number of attempts accepted by then. */
  readonly #refusals: { readonly atMs: number; accepted: number }[] = [];

  /**
   * The first refusal since the last cool-down.
   * @param cause what was too high: the rate; perhaps the rate; or the number of attempts in flight
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
    // The same rate again cannot be caused by the number of attempts, which has changed.
    const isSteady = before !== null && Math.abs(this.#perMs / before - 1) < STEADY;
    const likely = cause === "number" && isSteady ? "perhaps" : cause;
    this.#from = FROM[likely];
    const doublingS = this.#doublingS * SLOWER[likely];
    this.#doublingS = Math.min(DOUBLING_S_MAX, Math.max(DOUBLING_S_MIN, doublingS));
    this.#sinceMs = nowMs;
    this.#bucket ??= new TokenBucket(this.#perMs, 1, nowMs);
  }

  /** A further refusal of the same round: its attempt was sent before the first refusal arrived. */
  refusedAlso(): void {
    this.#accepted--;
    const last = this.#refusals.at(-1);
    if (last !== undefined) last.accepted--;
  }

  /** Whether a rate is known. */
  get isKnown(): boolean {
    return this.#perMs !== null;
  }

  /** The cool-down after a refusal is over: growth starts here. */
  resumed(nowMs: number): void {
    this.#sinceMs = nowMs;
    this.#bucket?.empty(nowMs);
  }

  /** Milliseconds until the next attempt may start; 0 while no rate is known. */
  waitMs(nowMs: number): number {
    if (this.#bucket === null || this.#perMs === null) return 0;
    const perMs = this.#perMs * this.#growth((nowMs - this.#sinceMs) / 1000);
    this.#bucket.setRate(perMs, Math.max(SIZE_MIN, perMs * LATE_TIMERS_MS), nowMs);
    return this.#bucket.waitMs(1, nowMs);
  }

  /** An attempt starts; it counts as accepted until it is refused. */
  take(nowMs: number): void {
    this.#accepted++;
    this.#bucket?.take(1, nowMs);
  }

  #growth(seconds: number): number {
    return this.#from * 2 ** Math.min(seconds / this.#doublingS, 40);
  }
}
