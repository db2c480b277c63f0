// The rate that an endpoint lets through, learned from its refusals. A refusal says that its bucket is empty: between two refusals it has let
// through what flowed in, whatever its size. So what was accepted from one refusal to another, waits included, is its rate; over several
// refusals, since each may be off by one.
import { TokenBucket } from "./token-bucket.ts";

/** Refusals that it is measured over. */
const REFUSALS = 8;
/** Timers are late by a millisecond or more: so much may be made up for, in milliseconds of the rate. */
const SLACK_MS = 50;
const SIZE_MIN = 1.1;

export class LearnedRate {
  #perMs: number | null = null;
  #sinceMs = 0;
  #isConfirmed = false;
  #bucket: TokenBucket | null = null;
  #accepted = 0;
  /** The last refusals: when, and how many had been accepted until then. */
  readonly #refusals: { readonly atMs: number; accepted: number }[] = [];

  /**
   * The first refusal since the last cool-down.
   * @param held whether the refused attempt had been held back by this rate: then it is the rate that is too high
   */
  refused(held: boolean, nowMs: number): void {
    this.#accepted--;
    this.#refusals.push({ atMs: nowMs, accepted: this.#accepted });
    if (this.#refusals.length > REFUSALS) this.#refusals.shift();
    const from = this.#refusals[0] ?? { atMs: nowMs, accepted: 0 };
    const count = this.#accepted - from.accepted;
    if (nowMs <= from.atMs || count <= 0) return;
    this.#perMs = count / (nowMs - from.atMs);
    this.#isConfirmed = held;
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
    this.#bucket.setRate(perMs, Math.max(SIZE_MIN, perMs * SLACK_MS), nowMs);
    return this.#bucket.waitMs(1, nowMs);
  }

  /** An attempt begins; it counts as accepted until it is refused. */
  take(nowMs: number): void {
    this.#accepted++;
    this.#bucket?.take(1, nowMs);
  }

  /** A confirmed rate is approached from below and passed slowly; one that may be something else's effect doubles twice a second. */
  #growth(seconds: number): number {
    return this.#isConfirmed
      ? 0.97 + 0.01 * seconds + 0.0005 * seconds * seconds
      : 2 ** Math.min(2 * seconds, 40);
  }
}
