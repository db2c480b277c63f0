// The gate that all attempts pass, one by one. It holds them back while the concurrency window is full, a rate limit is reached, a cool-down lasts,
// or the endpoint is down. All waiting attempts are in one queue and are admitted only from here, so that they never start all at once.
//
// Words used here, by the trouble of an attempt: `limited` is a refusal (over a limit); `strained` and `down` are broken (no usable answer); without
// trouble it is an answer, even if the item failed. A round of refusals is a first one, and those of requests sent before it arrived.
import { ConcurrencyWindow } from "./concurrency-window.ts";
import { CoolDown } from "./cool-down.ts";
import { LearnedRate, type RefusalCause } from "./learned-rate.ts";
import { Outage } from "./outage.ts";
import { Spread } from "./spread.ts";
import { TokenBucket } from "./token-bucket.ts";
import type { Clock, Random } from "../../io/clock.ts";
import type { Trouble } from "../processor.ts";

export type GateOptions = {
  /** Number of attempts at once; `auto` adapts it, up to `max`. */
  readonly concurrency: { readonly auto: boolean; readonly max: number };
  /** Requests and tokens per minute; null without a limit. */
  readonly rpm: number | null;
  readonly tpm: number | null;
  /** Longest outage, and longest time of refusals, that attempts wait for. */
  readonly maxOutageMs: number;
  /** Whether nobody else could do the work: only then does the gate give up. Left out: always. */
  readonly isAlone?: () => boolean;
  readonly clock: Clock;
  readonly random: Random;
};

/** Permission for one attempt. */
export type Admission = {
  /** When it was given, on the clock's `monotonic`. */
  readonly atMs: number;
  /** Whether the learned rate held it back. */
  readonly held: boolean;
  /** Whether the window was at least three quarters full: only then may a success enlarge it. */
  readonly used: boolean;
  /** Attempts in flight, including this one. */
  readonly active: number;
  /** Whether it is for trying if an endpoint that is down answers again. */
  readonly probe: boolean;
  /** Estimated tokens. */
  readonly tokens: number;
};

export type Admitted = Admission | Refusal;

/**
 * Why there is no permission:
 * - `stopped`: the run is stopping
 * - `down`: the endpoint has been down for the maximum outage, or requests a longer wait
 * - `broken`: it has been down as long, but only a few items are left, and all of them failed while others succeeded: the items are the cause
 * - `unknown`: the host name does not exist
 * - `refused`: the endpoint has refused for the maximum outage, or requests a longer wait
 */
export type Refusal = "stopped" | "down" | "broken" | "unknown" | "refused";

/** Facts about the item of an attempt. */
export type AttemptFacts = {
  /** Whether it has not been sent yet. */
  readonly isFirst: boolean;
  /** Whether no other item remains to be started. */
  readonly isLast: () => boolean;
  /** Whether another item succeeded in an earlier run of the session. */
  readonly succeededBefore: boolean;
};

/** The same when the attempt is over: what has happened to the item so far. */
export type EndedAttempt = AttemptFacts & {
  /** The gate's `answers` when the item's first attempt started. */
  readonly answersBefore: number;
  /** The gate's `answers` when the attempt that is over now started. */
  readonly answersLately: number;
  /** Earlier attempts that did not count as retries. */
  readonly waits: number;
  /** Whether no other item is waiting or in flight. */
  readonly isOnly: boolean;
};

/** What an attempt needs. `held`: the learned rate has held it back. */
export type WantedRoom = { readonly tokens: number; held: boolean };

/** An attempt in the queue. */
type Waiter = WantedRoom & {
  readonly stopping: AbortSignal;
  readonly resolve: (admitted: Admitted) => void;
  readonly applicant: AttemptFacts;
};

/** What may be changed while a run goes on; what is left out stays. */
export type GateChange = {
  readonly concurrency?: GateOptions["concurrency"];
  readonly rpm?: number;
  readonly tpm?: number;
  /** No attempt is admitted while it is paused. */
  readonly isPaused?: boolean;
};

export type GateReason = "rate limit" | "cool-down" | "outage";

/**
 * After a cool-down the window reopens at this share of its size, or at OPEN_BLIND while no rate is known. Each answer adds one, so it doubles in the
 * time that a request takes.
 */
const REOPEN = 1 / 2;
const OPEN_BLIND = 2;
/** "Few in flight" means fewer than this share of the highest accepted number, or fewer than FEW_SURE. */
const FEW = 1 / 2;
const FEW_SURE = 3;
/**
 * Maximum number of items that may fail as `broken` at the end of an outage; with more, the run stops. Also the maximum number of other items that are
 * started in place of unserved ones.
 */
const BROKEN_MAX = 9;
/** How far attempts in flight may be miscounted: an answer is on its way while the endpoint has room again. */
const COUNT_ERROR = 1 / 32;
/** After this many repeated attempts at one item, other items go first. */
const ROUNDS_PATIENT = 3;
/** How often a host name that does not exist is tried before all attempts are refused. */
const UNKNOWN_TRIES = 4;
/** The queue is checked at least this often: some waits are longer than a timer supports. */
export const CHECK_MS_MAX = 3_600_000;
/** The buckets of `--rpm` and `--tpm` hold the amount of this time: limits are spread evenly, and late timers can catch up. */
const REQUESTS_MS = 100;
const TOKENS_MS = 1000;

export class Gate {
  readonly #options: GateOptions;
  #max: number;
  #window: ConcurrencyWindow | null;
  #requests: TokenBucket | null;
  #tokens: TokenBucket | null;
  #isPaused = false;
  readonly #learned = new LearnedRate();
  readonly #spread = new Spread();
  readonly #outage: Outage;
  readonly #cool = new CoolDown();
  readonly #queue: Waiter[] = [];
  readonly #watched = new WeakSet<AbortSignal>();
  /** Number of answers so far, without refusals and broken ones. */
  #answers = 0;
  #active = 0;
  /** Whether a probe is in flight: there is one at a time. */
  #probing = false;
  #reason: GateReason | null = null;
  #cancelTimer: (() => void) | null = null;
  /** When the first refusal of the latest round arrived. */
  #roundAtMs = Number.NEGATIVE_INFINITY;
  /** When the refusals began that no answer has ended yet; null without any. */
  #refusedSinceMs: number | null = null;
  /** Current size of the window while it reopens after a cool-down. */
  #open = Number.POSITIVE_INFINITY;
  /** The assumed cause of the latest round of refusals. */
  #cause: RefusalCause = "number";
  /** The highest number of attempts in flight at the start of an accepted attempt. */
  #mostAccepted = 0;
  /** The same, but less than were in flight at any refusal since. */
  #fitting = 0;
  /** When the latest round of refusals began that their number explains. */
  #tooManySinceMs = Number.NaN;
  /** The number of answers by then. */
  #answersAtTooMany = 0;
  /** Since the last answer: broken requests with a requested wait, and refusals of an item that has been refused often. */
  #unserved = 0;
  /** A requested wait that is too long, in milliseconds. */
  #tooLongMs: number | null = null;
  /** Whether the last failure was an unknown host. */
  #isUnknownHost = false;
  /** Why the gate gives up as soon as nobody else could do the work; null while it works. */
  #ending: Exclude<Refusal, "stopped"> | null = null;

  constructor(options: GateOptions) {
    const { concurrency, rpm, tpm, clock } = options;
    const nowMs = clock.monotonic();
    this.#options = options;
    this.#max = concurrency.max;
    this.#window = concurrency.auto ? new ConcurrencyWindow(concurrency.max) : null;
    this.#requests = bucketOf(rpm, 1.1, REQUESTS_MS, nowMs);
    this.#tokens = bucketOf(tpm, 1, TOKENS_MS, nowMs);
    this.#outage = new Outage(options.maxOutageMs);
  }

  /** Changes how attempts are admitted from now on. */
  change({ concurrency, rpm, tpm, isPaused }: GateChange): void {
    const nowMs = this.#options.clock.monotonic();
    if (concurrency !== undefined) {
      this.#max = concurrency.max;
      this.#window = concurrency.auto ? new ConcurrencyWindow(concurrency.max) : null;
    }
    if (rpm !== undefined) this.#requests = bucketOf(rpm, 1.1, REQUESTS_MS, nowMs);
    if (tpm !== undefined) this.#tokens = bucketOf(tpm, 1, TOKENS_MS, nowMs);
    if (isPaused !== undefined) this.#isPaused = isPaused;
    this.#pump();
  }

  /**
   * Number of items to keep started: those that may be in flight, and one more for each probe or unserved item. Without those, only items that
   * have failed might wait here, and no other item could be tried.
   */
  get concurrency(): number {
    return this.limit + Math.max(this.#outage.probes, Math.min(this.#unserved, BROKEN_MAX));
  }

  /** A requested wait that is longer than the maximum outage, in milliseconds; null without one. */
  get tooLongMs(): number | null {
    return this.#tooLongMs;
  }

  /** Maximum number of attempts in flight. */
  get limit(): number {
    return this.#window?.limit ?? this.#max;
  }

  /** Attempts in flight, without those that wait here. */
  get active(): number {
    return this.#active;
  }

  /** Start of the outage, on the clock's `monotonic`; null without one. */
  get downSinceMs(): number | null {
    return this.#outage.isDown ? this.#outage.sinceMs : null;
  }

  /** Why attempts are held back now; null when none are, or only by the window. */
  get reason(): GateReason | null {
    return this.#queue.length > 0 ? this.#reason : null;
  }

  /** Why no attempt is admitted any more, for good; null while the gate works. */
  get over(): Exclude<Refusal, "stopped"> | null {
    if (this.#isPaused) return null;
    const { clock } = this.#options;
    if (this.#outage.isDown && clock.monotonic() >= this.#outage.endsAtMs)
      this.#ending ??= this.#isUnknownHost ? "unknown" : this.#areItemsTheCause ? "broken" : "down";
    return this.#mayGiveUp ? this.#ending : null;
  }

  get #mayGiveUp(): boolean {
    return this.#options.isAlone?.() ?? true;
  }

  /** Milliseconds until an attempt would be admitted, if nothing else happens; Infinity until another one has finished. 0: at once. */
  roomInMs(wanted: WantedRoom): number {
    if (this.#queue.length > 0) return Number.POSITIVE_INFINITY;
    return Math.max(0, this.#waitMs(wanted, this.#options.clock.monotonic()));
  }

  /** What held back the last one that asked for room; null when only the window did. */
  get heldBy(): GateReason | null {
    return this.#reason;
  }

  /** Number of answers so far, without refusals and broken ones. Two readings tell whether there was one between them. */
  get answers(): number {
    return this.#answers;
  }

  /** Waits for the permission for an attempt. */
  admit({ tokens, held }: WantedRoom, applicant: AttemptFacts, stopping: AbortSignal): Promise<Admitted> {
    return new Promise((resolve) => {
      if (stopping.aborted) {
        resolve("stopped");
        return;
      }
      this.#watch(stopping);
      this.#queue.push({ tokens, stopping, resolve, applicant, held });
      this.#pump();
    });
  }

  /**
   * Returns a permission. Every admission must be returned exactly once.
   * @param trouble what the attempt showed about the other side; null for a normal answer, undefined if it was aborted
   * @param usedTokens reported tokens; null if not reported
   * @returns true when the attempt should be repeated without counting as a retry
   */
  done(
    admission: Admission,
    trouble: Trouble | null | undefined,
    usedTokens: number | null,
    item: EndedAttempt,
  ): boolean {
    const nowMs = this.#options.clock.monotonic();
    this.#active--;
    if (admission.probe) this.#probing = false;
    if (usedTokens !== null) this.#tokens?.give(admission.tokens - usedTokens);
    const again = this.#takeIn(admission, trouble, nowMs, item);
    this.#pump();
    return again;
  }

  /** Takes in what the attempt showed. Returns the same as `done`. */
  #takeIn(
    admission: Admission,
    trouble: Trouble | null | undefined,
    nowMs: number,
    item: EndedAttempt,
  ): boolean {
    if (trouble === undefined) return false;
    switch (trouble?.kind) {
      case "limited":
        this.#outage.answered();
        this.#tokens?.give(admission.tokens);
        this.#refused(admission, trouble.waitMs, nowMs);
        // The cause may be this item. If the window has room for only one, no other item would ever be tried: count it, so that others go first.
        if (item.waits >= ROUNDS_PATIENT && this.#answers === item.answersLately) this.#unserved++;
        return true;
      case "strained":
      case "down": {
        const askedMs = trouble.waitMs ?? null;
        this.#window?.strained(nowMs);
        const isOfItem = trouble.kind === "strained" && trouble.isAnswer === true && this.#isAmongLast(item);
        if (!isOfItem) this.#outage.failed(trouble.kind === "down", admission.probe, askedMs, nowMs);
        this.#isUnknownHost = trouble.kind === "down" && trouble.isUnknown === true;
        if (this.#isUnknownHost && this.#outage.probes >= UNKNOWN_TRIES) this.#ending ??= "unknown";
        if (askedMs !== null) this.#waitAsAsked(askedMs, nowMs);
        // The endpoint requests a wait and has answered no item since this one was first sent: the item is not the cause, so it is repeated. But if it
        // is the last one and others succeeded, no other item can show this, and it fails.
        const isUnserved = askedMs !== null && this.#answers === item.answersBefore && !this.#isAlone(item);
        if (isUnserved) this.#unserved++;
        return this.#outage.isDown || isUnserved;
      }
      default:
        this.#answered(admission, nowMs);
        return false;
    }
  }

  /** Whether only a few items are left, which all have been sent before, while others succeeded: a row of useless answers to them is no outage. */
  #isAmongLast(item: EndedAttempt): boolean {
    const isFew = this.#queue.length + this.#active < BROKEN_MAX && !this.#outage.isDown;
    return (
      isFew &&
      item.isLast() &&
      this.#hasServed(item) &&
      this.#queue.every(({ applicant }) => !applicant.isFirst)
    );
  }

  /** Whether nothing else is left, and others have succeeded. */
  #isAlone(item: EndedAttempt): boolean {
    return item.isOnly && item.isLast() && this.#hasServed(item);
  }

  #hasServed({ succeededBefore }: AttemptFacts): boolean {
    return succeededBefore || this.#answers > 0;
  }

  /** Makes all attempts wait as long as a broken answer requests. */
  #waitAsAsked(askedMs: number, nowMs: number): void {
    const { maxOutageMs, random } = this.#options;
    this.#cool.asked(askedMs, nowMs, random());
    if (askedMs <= maxOutageMs) return;
    this.#tooLongMs ??= askedMs;
    this.#ending ??= "down";
  }

  #answered(admission: Admission, nowMs: number): void {
    this.#answers++;
    this.#unserved = 0;
    if (!this.#mayGiveUp) this.#ending = null;
    if (this.#outage.isDown) this.#open = 1;
    this.#outage.answered();
    // An answer to a request sent before the refusal says nothing about the time after it.
    if (admission.atMs > this.#roundAtMs) {
      this.#cool.answered();
      this.#refusedSinceMs = null;
      this.#open += 1;
    }
    this.#mostAccepted = Math.max(this.#mostAccepted, admission.active);
    this.#fitting = Math.max(this.#fitting, admission.active);
    this.#window?.succeeded(admission.used, admission.active, nowMs - admission.atMs, nowMs);
    this.#spread.took(nowMs - admission.atMs);
  }

  /**
   * Whether a refusal without further words is explained by the number of attempts alone: more were in flight than were ever accepted, give or take a
   * miscount. Then the window becomes smaller, and nothing has to wait. If that was not the cause, attempts are refused before a window of them is answered though no
   * more are in flight than were accepted.
   */
  #isTooMany({ active }: Admission, askedMs: number | null, isNew: boolean): boolean {
    if (this.#window === null || askedMs !== null) return false;
    if (!isNew) return this.#tooManySinceMs === this.#roundAtMs;
    const isSoon = this.#answers - this.#answersAtTooMany < this.#fitting;
    return this.#fitting > 0 && active > this.#fitting * (isSoon ? 1 : 1 - COUNT_ERROR);
  }

  #refused(admission: Admission, askedMs: number | null, nowMs: number): void {
    this.#refusedSinceMs ??= nowMs;
    const { maxOutageMs, random } = this.#options;
    const isNew = admission.atMs > this.#roundAtMs;
    if (this.#isTooMany(admission, askedMs, isNew)) {
      this.#tooManySinceMs = isNew ? nowMs : this.#tooManySinceMs;
      this.#roundAtMs = isNew ? nowMs : this.#roundAtMs;
      if (isNew) this.#answersAtTooMany = this.#answers;
      this.#fitting = Math.min(this.#fitting, admission.active - 1);
      this.#window?.refused(isNew, admission.active, nowMs);
      return;
    }
    if (isNew) {
      this.#roundAtMs = nowMs;
      // Held back by the learned rate, and refused even so with far fewer attempts in flight than were accepted before: the rate is too high, not
      // their number.
      const isFew = admission.active < Math.max(FEW_SURE, FEW * this.#mostAccepted);
      this.#cause = admission.held ? (isFew ? "rate" : "perhaps") : "number";
      this.#learned.refused(this.#cause, nowMs);
      this.#open = this.#learned.isKnown ? Math.ceil(this.limit * REOPEN) : OPEN_BLIND;
    }
    if (!isNew) this.#learned.refusedAlso();
    this.#window?.refused(isNew, this.#cause === "rate" ? null : admission.active, nowMs);
    const waitMs = this.#cool.refused(isNew, askedMs, nowMs, random());
    if (askedMs !== null && askedMs > maxOutageMs) this.#tooLongMs ??= askedMs;
    if (waitMs > maxOutageMs || nowMs - this.#refusedSinceMs > maxOutageMs) this.#ending = "refused";
    this.#learned.resumed(this.#cool.untilMs);
    this.#requests?.empty(this.#cool.untilMs);
  }

  /** Admits attempts from the queue until one has to wait; a timer then goes on. */
  #pump(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    const { clock } = this.#options;
    for (;;) {
      const at = this.#nextAt();
      const waiter = this.#queue[at];
      if (waiter === undefined) return;
      const { over } = this;
      if (over !== null) {
        this.#release(over);
        return;
      }
      const nowMs = clock.monotonic();
      const waitMs = this.#waitMs(waiter, nowMs);
      if (waitMs > 0) {
        const timerMs = Math.min(CHECK_MS_MAX, Math.ceil(waitMs));
        if (Number.isFinite(waitMs)) this.#cancelTimer = clock.after(timerMs, () => this.#pump());
        return;
      }
      this.#queue.splice(at, 1);
      this.#letIn(waiter, nowMs);
    }
  }

  /** The next in the queue. While nobody is served, an item without a failure goes first: a few items that always fail are not an outage. */
  #nextAt(): number {
    if (!this.#outage.isDown && this.#unserved === 0) return 0;
    const fresh = this.#queue.findIndex(({ applicant }) => applicant.isFirst);
    return Math.max(0, fresh);
  }

  /** Whether the items are the cause of the outage: only a few are left, and all have failed before while others succeeded. */
  get #areItemsTheCause(): boolean {
    const those = this.#queue.map(({ applicant }) => applicant);
    return (
      those.length + this.#active <= BROKEN_MAX &&
      those.every((one) => !one.isFirst && one.isLast() && this.#hasServed(one))
    );
  }

  /** Milliseconds until a waiting attempt may start; Infinity until another attempt has finished. */
  #waitMs(waiter: WantedRoom, nowMs: number): number {
    if (this.#isPaused) {
      this.#reason = null;
      return Number.POSITIVE_INFINITY;
    }
    if (this.#outage.isDown) {
      this.#reason = "outage";
      const endsAtMs = this.#mayGiveUp ? Math.max(nowMs, this.#outage.endsAtMs) : Number.POSITIVE_INFINITY;
      if (this.#probing) return endsAtMs - nowMs;
      return Math.min(Math.max(this.#outage.probeAtMs, this.#cool.untilMs), endsAtMs) - nowMs;
    }
    if (nowMs < this.#cool.untilMs) {
      this.#reason = "cool-down";
      return this.#cool.untilMs - nowMs;
    }
    const learnedMs = this.#window === null ? 0 : this.#learned.waitMs(nowMs);
    if (learnedMs > 0) waiter.held = true;
    const limitMs = Math.max(
      learnedMs,
      this.#requests?.waitMs(1, nowMs) ?? 0,
      this.#tokens?.waitMs(waiter.tokens, nowMs) ?? 0,
    );
    this.#reason = limitMs > 0 ? "rate limit" : null;
    if (this.#active >= Math.min(this.limit, this.#open)) return Number.POSITIVE_INFINITY;
    if (this.#window === null) return limitMs;
    return Math.max(limitMs, this.#spread.waitMs(this.#window.limit, this.#window.isInSlowStart, nowMs));
  }

  #letIn(waiter: Waiter, nowMs: number): void {
    const probe = this.#outage.isDown;
    this.#probing = probe;
    this.#active++;
    this.#requests?.take(1, nowMs);
    this.#tokens?.take(waiter.tokens, nowMs);
    this.#learned.take(nowMs);
    this.#spread.take(nowMs);
    const used = this.#active >= 0.75 * this.limit;
    waiter.resolve({
      atMs: nowMs,
      held: waiter.held,
      used,
      active: this.#active,
      probe,
      tokens: waiter.tokens,
    });
  }

  #release(why: Refusal): void {
    for (const waiter of this.#queue.splice(0)) waiter.resolve(why);
  }

  /** Ends the waiting attempts of a signal when it is aborted. */
  #watch(stopping: AbortSignal): void {
    if (this.#watched.has(stopping)) return;
    this.#watched.add(stopping);
    stopping.addEventListener(
      "abort",
      () => {
        const [gone, left] = [[] as Waiter[], [] as Waiter[]];
        for (const waiter of this.#queue.splice(0)) (waiter.stopping === stopping ? gone : left).push(waiter);
        this.#queue.push(...left);
        for (const waiter of gone) waiter.resolve("stopped");
        this.#pump();
      },
      { once: true },
    );
  }
}

/**
 * The bucket for a limit per minute: it holds the amount of `heldMs`, and at least `least`. A little more than one request, so that a late timer does
 * not lose what was refilled meanwhile.
 */
function bucketOf(
  perMinute: number | null,
  least: number,
  heldMs: number,
  nowMs: number,
): TokenBucket | null {
  if (perMinute === null) return null;
  const perMs = perMinute / 60_000;
  return new TokenBucket(perMs, Math.max(least, perMs * heldMs), nowMs);
}
