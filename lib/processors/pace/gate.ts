// The gate that attempts pass one by one: it holds them back while the window is full, a limit is reached, a cool-down lasts, or the endpoint
// is down. All that wait stand in one queue and are let in from here only, so that they never come back in step.
import { ConcurrencyWindow } from "./concurrency-window.ts";
import { CoolDown } from "./cool-down.ts";
import { LearnedRate, type RefusalCause } from "./learned-rate.ts";
import { Outage } from "./outage.ts";
import { Spread } from "./spread.ts";
import { TokenBucket } from "./token-bucket.ts";
import type { Clock, Random } from "../../io/clock.ts";
import type { Trouble } from "../processor.ts";

export type GateOptions = {
  /** Attempts at once; `auto` finds them, up to `max`. */
  readonly concurrency: { readonly auto: boolean; readonly max: number };
  /** Requests, and tokens, a minute; null without a limit. */
  readonly rpm: number | null;
  readonly tpm: number | null;
  readonly maxOutageMs: number;
  readonly clock: Clock;
  readonly random: Random;
};

/** Leave to make one attempt. */
export type Admission = {
  readonly atMs: number;
  /** It was held back by the learned rate. */
  readonly held: boolean;
  /** The window was nearly full. */
  readonly used: boolean;
  /** Attempts under way, this one included. */
  readonly active: number;
  readonly probe: boolean;
  readonly tokens: number;
};

/**
 * Leave, or why there is none: the run is being stopped; the wait has become too long. `broken`: so it has, but only a few items are left, all of which
 * were answered with failures, while others were served: it is the items.
 */
export type Admitted = Admission | Refusal;
export type Refusal = "stopped" | "down" | "broken" | "unknown" | "refused";

/** What is known of the item that an attempt is for. */
export type Applicant = {
  /** It has not been sent yet. */
  readonly isFirst: boolean;
  /** Whether no other is left to be begun. */
  readonly isLast: () => boolean;
  /** Another was served, in an earlier run of the session. */
  readonly succeededBefore: boolean;
};

/** The same, once it has been sent. */
export type Asked = Applicant & {
  /** `answers` before its first attempt, and before the present one. */
  readonly answersBefore: number;
  readonly answersLately: number;
  /** Attempts before the present one that did not count. */
  readonly waits: number;
  /** No other item is waiting or under way. */
  readonly isOnly: boolean;
};

type Waiter = {
  readonly tokens: number;
  readonly stopping: AbortSignal;
  readonly resolve: (admitted: Admitted) => void;
  readonly applicant: Applicant;
  held: boolean;
};

export type GateReason = "rate limit" | "cool-down" | "outage";

/** After a cool-down the window opens from this part of it, doubling; from OPEN_BLIND while nothing is known of the rate. */
const REOPEN = 1 / 2;
const OPEN_BLIND = 2;
/** Few under way: fewer than this part of the most that were let in before, or than FEW_SURE. */
const FEW = 1 / 2;
const FEW_SURE = 3;
/** Items that fail instead of being waited for any longer, at most; and those that are asked besides while one that is to come back is waited for. */
const BROKEN_MAX = 9;
/** Refusals of one item in a row after which others are asked first, if there are any. */
const ROUNDS_PATIENT = 3;
/** How often a host is tried whose name does not exist. */
const UNKNOWN_TRIES = 4;
/** The queue is looked at after this time at the latest: a timer could not run as long as some waits last. */
const LOOK_MS_MAX = 3_600_000;
/** Buckets of `--rpm` and `--tpm` hold this much: limits are spread evenly, and late timers made up for. */
const REQUESTS_MS = 100;
const TOKENS_MS = 1000;

export class Gate {
  readonly #options: GateOptions;
  readonly #window: ConcurrencyWindow | null;
  readonly #requests: TokenBucket | null;
  readonly #tokens: TokenBucket | null;
  readonly #learned = new LearnedRate();
  readonly #spread = new Spread();
  readonly #outage: Outage;
  readonly #cool = new CoolDown();
  readonly #queue: Waiter[] = [];
  readonly #watched = new WeakSet<AbortSignal>();
  /** Answers so far that were not broken. */
  #answers = 0;
  #active = 0;
  #probing = false;
  #reason: GateReason | null = null;
  #cancelTimer: (() => void) | null = null;
  #episodeAtMs = Number.NEGATIVE_INFINITY;
  #refusedSinceMs: number | null = null;
  /** What the window is opened to so far after a cool-down. */
  #open = Number.POSITIVE_INFINITY;
  /** What the last round of refusals is put down to. */
  #cause: RefusalCause = "number";
  /** The most attempts under way when one began that was let in. */
  #mostAccepted = 0;
  /** Failures since the last answer that said when to come back, of items that are asked again for that. */
  #unserved = 0;
  /** The wait that was asked for and is too long, in milliseconds. */
  #tooLongMs: number | null = null;
  /** The last failure was that there is no such host. */
  #isUnknown = false;
  #over: Exclude<Refusal, "stopped"> | null = null;

  constructor(options: GateOptions) {
    const { concurrency, rpm, tpm, clock } = options;
    const nowMs = clock.monotonic();
    this.#options = options;
    this.#window = concurrency.auto ? new ConcurrencyWindow(concurrency.max) : null;
    this.#requests = bucketOf(rpm, 1.1, REQUESTS_MS, nowMs);
    this.#tokens = bucketOf(tpm, 1, TOKENS_MS, nowMs);
    this.#outage = new Outage(options.maxOutageMs);
  }

  /** Attempts allowed at once, and one more for each that waits for the endpoint to come back, so that items come that have not failed yet. */
  get concurrency(): number {
    return this.limit + Math.max(this.#outage.probes, Math.min(this.#unserved, BROKEN_MAX));
  }

  /** A wait that was asked for and is longer than an outage may last, in milliseconds; null without one. */
  get tooLongMs(): number | null {
    return this.#tooLongMs;
  }

  /** Attempts that may be under way at once. */
  get limit(): number {
    return this.#window?.limit ?? this.#options.concurrency.max;
  }

  /** Attempts under way; those that wait here are not. */
  get active(): number {
    return this.#active;
  }

  /** Since when the other side is down, on the clock's `monotonic`; null while it is not. */
  get downSinceMs(): number | null {
    return this.#outage.isDown ? this.#outage.sinceMs : null;
  }

  /** Why attempts are held back now; null when none are, or only by the window. */
  get reason(): GateReason | null {
    return this.#queue.length > 0 ? this.#reason : null;
  }

  /** Answers so far that were not broken, to tell whether one has come since. */
  get answers(): number {
    return this.#answers;
  }

  /** Waits for leave to make an attempt. @param tokens what it will take, as estimated */
  admit(tokens: number, applicant: Applicant, stopping: AbortSignal): Promise<Admitted> {
    return new Promise((resolve) => {
      if (stopping.aborted) {
        resolve("stopped");
        return;
      }
      this.#watch(stopping);
      this.#queue.push({ tokens, stopping, resolve, applicant, held: false });
      this.#pump();
    });
  }

  /**
   * Gives leave back. Every admission must come back, once.
   * @param trouble what the attempt told about the other side; null for an answer, undefined when it told nothing (it was aborted)
   * @param usedTokens what it took as reported; null when not reported
   * @returns true when the attempt is to be made again, without counting
   */
  done(
    admission: Admission,
    trouble: Trouble | null | undefined,
    usedTokens: number | null,
    item: Asked,
  ): boolean {
    const nowMs = this.#options.clock.monotonic();
    this.#active--;
    if (admission.probe) this.#probing = false;
    if (usedTokens !== null) this.#tokens?.give(admission.tokens - usedTokens);
    const again = this.#heed(admission, trouble, nowMs, item);
    this.#pump();
    return again;
  }

  #heed(admission: Admission, trouble: Trouble | null | undefined, nowMs: number, item: Asked): boolean {
    if (trouble === undefined) return false;
    switch (trouble?.kind) {
      case "limited":
        this.#outage.answered();
        this.#tokens?.give(admission.tokens);
        this.#refused(admission, trouble.waitMs, nowMs);
        // It may be this item alone: where there is room for one only, others would never be asked.
        if (item.waits >= ROUNDS_PATIENT && this.#answers === item.answersLately) this.#unserved++;
        return true;
      case "strained":
      case "down": {
        const askedMs = trouble.waitMs ?? null;
        this.#window?.strained(nowMs);
        this.#outage.failed(trouble.kind === "down", admission.probe, askedMs, nowMs);
        this.#isUnknown = trouble.kind === "down" && trouble.isUnknown === true;
        if (this.#isUnknown && this.#outage.probes >= UNKNOWN_TRIES) this.#over ??= "unknown";
        if (askedMs !== null) this.#comeBack(askedMs, nowMs);
        // An endpoint that says when to come back, and has answered nobody since, is not there: that is nothing about the item. Of the only one left
        // nobody else can tell whether it is.
        const isUnserved = askedMs !== null && this.#answers === item.answersBefore && !this.#isAlone(item);
        if (isUnserved) this.#unserved++;
        return this.#outage.isDown || isUnserved;
      }
      default:
        this.#answered(admission, nowMs);
        return false;
    }
  }

  /** Nothing else is left, and others were served. */
  #isAlone(item: Asked): boolean {
    return item.isOnly && item.isLast() && this.#hasServed(item);
  }

  #hasServed({ succeededBefore }: Applicant): boolean {
    return succeededBefore || this.#answers > 0;
  }

  /** All wait for as long as a broken answer asks for. */
  #comeBack(askedMs: number, nowMs: number): void {
    const { maxOutageMs, random } = this.#options;
    this.#cool.asked(askedMs, nowMs, random());
    if (askedMs <= maxOutageMs) return;
    this.#tooLongMs ??= askedMs;
    this.#over ??= "down";
  }

  #answered(admission: Admission, nowMs: number): void {
    this.#answers++;
    this.#unserved = 0;
    if (this.#outage.isDown) this.#open = 1;
    this.#outage.answered();
    // An answer to what was sent before the refusal says nothing about the time after it.
    if (admission.atMs > this.#episodeAtMs) {
      this.#cool.answered();
      this.#refusedSinceMs = null;
      this.#open += 1;
    }
    this.#mostAccepted = Math.max(this.#mostAccepted, admission.active);
    this.#window?.succeeded(admission.used, nowMs);
    this.#spread.took(nowMs - admission.atMs);
  }

  #refused(admission: Admission, askedMs: number | null, nowMs: number): void {
    this.#refusedSinceMs ??= nowMs;
    const { maxOutageMs, random } = this.#options;
    const isNew = admission.atMs > this.#episodeAtMs;
    if (isNew) {
      this.#episodeAtMs = nowMs;
      // Refused with far fewer under way than have been let in before: not their number is too high, but the rate.
      const isFew = admission.active < Math.max(FEW_SURE, FEW * this.#mostAccepted);
      this.#cause = admission.held ? (isFew ? "rate" : "perhaps") : "number";
      this.#learned.refused(this.#cause, nowMs);
      this.#open = this.#learned.isKnown ? Math.ceil(this.limit * REOPEN) : OPEN_BLIND;
    }
    if (!isNew) this.#learned.refusedAlso();
    this.#window?.refused(isNew, this.#cause === "rate" ? null : admission.active);
    const waitMs = this.#cool.refused(isNew, askedMs, nowMs, random());
    if (askedMs !== null && askedMs > maxOutageMs) this.#tooLongMs ??= askedMs;
    if (waitMs > maxOutageMs || nowMs - this.#refusedSinceMs > maxOutageMs) this.#over = "refused";
    this.#learned.resumed(this.#cool.untilMs);
    this.#requests?.empty(this.#cool.untilMs);
  }

  #pump(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    const { clock } = this.#options;
    for (;;) {
      const at = this.#nextAt();
      const waiter = this.#queue[at];
      if (waiter === undefined) return;
      const nowMs = clock.monotonic();
      if (this.#outage.isDown && nowMs >= this.#outage.endsAtMs)
        this.#over ??= this.#isUnknown ? "unknown" : this.#isBroken ? "broken" : "down";
      if (this.#over !== null) {
        this.#release(this.#over);
        return;
      }
      const waitMs = this.#waitMs(waiter, nowMs);
      if (waitMs > 0) {
        const timerMs = Math.min(LOOK_MS_MAX, Math.ceil(waitMs));
        if (Number.isFinite(waitMs)) this.#cancelTimer = clock.after(timerMs, () => this.#pump());
        return;
      }
      this.#queue.splice(at, 1);
      this.#letIn(waiter, nowMs);
    }
  }

  /** The first in the queue; while nobody is served, one that has not failed yet: a few items that always break it are no outage. */
  #nextAt(): number {
    if (!this.#outage.isDown && this.#unserved === 0) return 0;
    const fresh = this.#queue.findIndex(({ applicant }) => applicant.isFirst);
    return Math.max(0, fresh);
  }

  /** Whether those that wait are all that is left, and few, and have failed before, while others were served. */
  get #isBroken(): boolean {
    const those = this.#queue.map(({ applicant }) => applicant);
    return (
      those.length + this.#active <= BROKEN_MAX &&
      those.every((one) => !one.isFirst && one.isLast() && this.#hasServed(one))
    );
  }

  /** Milliseconds until a waiter may go, Infinity until another attempt has come back. */
  #waitMs(waiter: Waiter, nowMs: number): number {
    if (this.#outage.isDown) {
      this.#reason = "outage";
      if (this.#probing) return this.#outage.endsAtMs - nowMs;
      const mayProbeAtMs = Math.max(this.#outage.probeAtMs, this.#cool.untilMs);
      return Math.min(mayProbeAtMs, Math.max(nowMs, this.#outage.endsAtMs)) - nowMs;
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

  /** Those that wait under a signal end when it is aborted. */
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

/** The bucket of a limit a minute: it holds what comes in `heldMs`, and at least `least`. */
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
