// The run: a sliding window over the items, no barrier between batches. Whatever becomes of an attempt is added to the log in the same turn and
// written at its end, or before when it takes long. The loop stops launching for a reason (StopReason), lets what is in flight finish or ends it, and then resolves.
import { type Item, itemLabel } from "../core/item.ts";
import type { Plan } from "../core/plan.ts";
import { STATE } from "../core/unit-state.ts";
import type { ItemError, Result, Retry } from "../core/record.ts";
import type { Session } from "../checkpoint/status/session.ts";
import type { Input } from "../input/input.ts";
import type { Clock } from "../io/clock.ts";
import { collectGarbage } from "../io/garbage.ts";
import type { Pace, PaceOutage } from "../processors/pace/pace.ts";
import type { AttemptContext, Outcome, Processor } from "../processors/processor.ts";
import type { OutageNow, Progress, StopReason, WaitReason } from "./progress.ts";
import { Doubts } from "./doubts.ts";
import { ItemQueue, type Unit } from "./item-queue.ts";
import { ProgressMeter } from "./progress-meter.ts";
import { Saver } from "./saver.ts";
import {
  type Budget,
  budgetHolds,
  budgetStop,
  budgetWarnings,
  type FailureLimit,
  FailureWatch,
} from "./stop-rules.ts";

export type RunOptions = {
  /** Attempts at once, at least 1; where there is a pace, that decides. */
  readonly jobs: number;
  readonly batchSize: number;
  /** Items to attempt in this run at most; null: all. */
  readonly limit: number | null;
  readonly retryFailed: boolean;
  readonly maxFailures: FailureLimit | null;
  /** Milliseconds of this run; null: no limit. */
  readonly maxTimeMs: number | null;
  /** How long attempts in flight may go on when the run is stopped by a signal or its time is up, in milliseconds. */
  readonly graceMs: number;
  /** Limit of an attempt, in milliseconds; null: none. When the run stops for another reason, those in flight have as long. */
  readonly timeoutMs: number | null;
  readonly budget: Budget;
};

export type RunEvents = {
  progress(progress: Progress): void;
  /** The first item is about to be attempted. */
  first(item: Item): void;
  /** Nobody answers there, from the first request on; said once. It is waited for all the same. */
  nobodyAnswers(outage: OutageNow): void;
  /** 80 % of a budget are used; said once for each. */
  budgetWarning(budget: "cost" | "tokens", spent: number, allowed: number): void;
};

export type RunParts = {
  readonly input: Input;
  readonly plan: Plan;
  readonly processor: Processor;
  readonly pace: Pace | null;
  readonly session: Session;
  readonly identity: { readonly id: string; readonly nonce: string };
  readonly clock: Clock;
  /** Runs `action` after the present turn of the event loop (setImmediate). */
  readonly nextTurn: (action: () => void) => void;
};

export type RunResult = {
  /** Why it stopped before all was attempted; null when all was. */
  readonly stop: StopReason | null;
  readonly elapsedMs: number;
};

/** Results handled in one turn at most, so that signals and timers are served whatever the processor does. */
const TURN_RESULTS_MAX = 64;
/** What a call that held the thread for so long gave is in the log before the next one, which may never return, is begun. */
const LONG_CALL_MS = 1;
/** When more results come in a turn that has taken so long, their places are filled before its end. */
const LONG_TURN_MS = 0.25;
const TICK_MS = 1000;

/** An outcome that becomes a record. */
type Kept = Outcome & { readonly status: "ok" | "failed" };

export class RunLoop {
  readonly #parts: RunParts;
  readonly #options: RunOptions;
  readonly #events: RunEvents;
  readonly #saver: Saver;
  readonly #queue: ItemQueue;
  readonly #meter: ProgressMeter;
  readonly #failures: FailureWatch;
  readonly #doubts: Doubts = new Doubts();
  readonly #abort = new AbortController();
  readonly #stopping = new AbortController();
  readonly #told = new AbortController();
  readonly #warned = new Set<string>();
  readonly #startMs: number;
  /** What the clock's `monotonic` counts from, so that a moment in the past is called the same each time. */
  readonly #epochMs: number;
  readonly #finished: PromiseWithResolvers<void> = Promise.withResolvers<void>();
  /** Of the first attempt at any item. */
  readonly #context: AttemptContext;
  /** Items that have been taken up, those included that wait for their turn. */
  #inFlight = 0;
  #launched = 0;
  #turnResults = 0;
  #turnPlanned = false;
  /** Nothing is begun before what has come is in the log. */
  #writeFirst = false;
  /** Number of the turn, of those in which results come. */
  #turn = 0;
  /** Since when results of this turn wait to be written. */
  #waitingSinceMs = 0;
  #stop: StopReason | null = null;
  #held = false;
  #firstShown = false;
  #nobodySaid = false;
  #fatal: { readonly error: unknown } | null = null;
  readonly #pending: number;
  readonly #toDo: number;
  readonly #cancels: (() => void)[] = [];
  #cancelTick: (() => void) | null = null;

  constructor(parts: RunParts, options: RunOptions, events: RunEvents) {
    this.#parts = parts;
    this.#options = options;
    this.#events = events;
    this.#startMs = parts.clock.monotonic();
    this.#epochMs = parts.clock.now() - this.#startMs;
    const { pending, done: completed } = parts.plan.counts(options.retryFailed);
    this.#failures = new FailureWatch(options.maxFailures, completed);
    this.#pending = pending;
    this.#toDo = Math.min(pending, options.limit ?? pending);
    this.#meter = new ProgressMeter(parts.session, parts.plan, this.#toDo, this.#startMs);
    this.#queue = new ItemQueue(parts.input, parts.plan, options.retryFailed, {
      read: () => this.#pump(),
      failed: (error) => this.#readFailed(error),
    });
    const { id: session, nonce } = parts.identity;
    const [signal, stopping, told] = [this.#abort.signal, this.#stopping.signal, this.#told.signal];
    const succeededBefore = completed > 0;
    const isLast = (): boolean => this.#launched >= this.#toDo;
    this.#context = { attempt: 1, session, nonce, signal, stopping, told, succeededBefore, isLast };
    this.#saver = new Saver(parts.session, parts.clock, options.batchSize, {
      saved: () => {
        collectGarbage();
        this.#report();
      },
      held: (held) => this.#hold(held),
      failed: (error) => this.#fail(error),
    });
  }

  /**
   * Runs to the end, or to where it is stopped. Everything added has been written when it resolves; the caller commits the end.
   * @throws what made saving impossible, and bugs; nothing is in flight then
   */
  async run(): Promise<RunResult> {
    const { clock } = this.#parts;
    const { maxTimeMs } = this.#options;
    if (maxTimeMs !== null) {
      this.#cancels.push(clock.after(maxTimeMs, () => this.stop({ kind: "max-time", ms: maxTimeMs })));
    }
    this.#heedBudget();
    this.#report();
    if (this.#parts.pace !== null) this.#tick();
    this.#pump();
    await this.#finished.promise;
    for (const cancel of this.#cancels) cancel();
    this.#cancelTick?.();
    await this.#queue.close();
    await this.#saver.drain();
    if (this.#fatal !== null) throw this.#fatal.error;
    const limited = this.#launched >= this.#toDo && this.#toDo < this.#pending;
    const stop = this.#stop ?? (limited ? { kind: "limit" } : null);
    return { stop, elapsedMs: clock.monotonic() - this.#startMs };
  }

  /** Launches nothing more; what is in flight may go on for a time: it may be paid for. The first reason stands. */
  stop(reason: StopReason): void {
    const { graceMs, timeoutMs } = this.#options;
    if (reason.kind === "signal") this.#told.abort();
    const isUrgent = reason.kind === "signal" || reason.kind === "max-time";
    if (this.#stop !== null && !isUrgent) return;
    this.#stop ??= reason;
    this.#stopping.abort();
    const waitMs = isUrgent ? graceMs : Math.max(graceMs, timeoutMs ?? 0);
    this.#cancels.push(this.#parts.clock.after(waitMs, () => this.#abort.abort("stop")));
    this.#planTurn();
  }

  /** Attempts under way. */
  get inFlight(): number {
    return this.#parts.pace?.active ?? this.#inFlight;
  }

  /** Ends what is in flight at once. */
  kill(): void {
    this.#stopping.abort();
    this.#abort.abort("kill");
    this.#planTurn();
  }

  /** A bug, or a failure that the run cannot go on from. */
  #fail(error: unknown): void {
    this.#fatal ??= { error };
    this.#stopping.abort();
    this.#abort.abort("stop");
    this.#planTurn();
  }

  #hold(held: boolean): void {
    this.#held = held;
    this.#report();
    if (held && this.#cancelTick === null) this.#tick();
    if (!held) this.#planTurn();
  }

  get #mayLaunch(): boolean {
    return !this.#writeFirst && this.#isRoom;
  }

  get #isRoom(): boolean {
    return (
      this.#stop === null &&
      this.#fatal === null &&
      !this.#held &&
      this.#inFlight < this.#concurrency &&
      this.#launched < this.#toDo &&
      this.#turnResults < TURN_RESULTS_MAX &&
      this.#doubts.mayAsk(this.#inFlight) &&
      !this.#budgetHolds
    );
  }

  get #concurrency(): number {
    return this.#parts.pace?.concurrency ?? this.#options.jobs;
  }

  get #budgetHolds(): boolean {
    const { session } = this.#parts;
    return budgetHolds(this.#options.budget, session.usage, session.run, this.#inFlight);
  }

  /** While attempts wait for their turn no results come: what they wait for is shown all the same, and more may be allowed. */
  #tick(): void {
    this.#cancelTick = this.#parts.clock.after(TICK_MS, () => {
      this.#report();
      this.#pump();
      this.#tick();
    });
  }

  #heedBudget(): void {
    const { session } = this.#parts;
    const { budget } = this.#options;
    if (budget.cost === null && budget.tokens === null) return;
    for (const { budget: name, spent, allowed } of budgetWarnings(budget, session.usage)) {
      if (this.#warned.has(name)) continue;
      this.#warned.add(name);
      this.#events.budgetWarning(name, spent, allowed);
    }
    const reason = budgetStop(budget, session.usage);
    if (reason !== null) this.stop(reason);
  }

  #pump(): void {
    while (this.#mayLaunch) {
      const unit = this.#queue.take();
      if (unit === undefined) break;
      this.#launch(unit);
    }
    if (this.#turnResults > 0) this.#planTurn();
    else this.#finishIfDone();
  }

  #readFailed(error: unknown): void {
    const changed = error instanceof Error && "code" in error && error.code === "input.changedDuringRun";
    if (changed) this.stop({ kind: "input-changed" });
    else this.#fail(error);
  }

  #launch(unit: Unit): void {
    const { processor, clock } = this.#parts;
    const { item } = unit;
    const startedAtMs = clock.now();
    const startMs = clock.monotonic();
    this.#launched++;
    if (item.defect !== undefined) {
      const error = { kind: "input", message: item.defect };
      this.#settle(unit, { status: "failed", error, retryable: false, attempts: 0 }, startedAtMs, startMs);
      return;
    }
    if (!this.#firstShown) {
      this.#firstShown = true;
      this.#events.first(item);
    }
    let outcome: Outcome | Promise<Outcome>;
    try {
      outcome = processor.process(item, this.#contextOf(unit));
    } catch (error) {
      this.#fail(error);
      return;
    }
    if (!(outcome instanceof Promise)) {
      this.#settle(unit, outcome, startedAtMs, startMs);
      this.#writeFirst ||= clock.monotonic() - startMs >= LONG_CALL_MS;
      return;
    }
    this.#inFlight++;
    const turn = this.#turn;
    void outcome.then(
      (settled) => {
        this.#inFlight--;
        this.#settle(unit, settled, startedAtMs, startMs);
        this.#writeFirst = true;
        this.#replace(turn);
      },
      (error: unknown) => {
        this.#inFlight--;
        this.#fail(error);
      },
    );
  }

  #contextOf({ repeat }: Unit): AttemptContext {
    return this.#parts.plan.repeats === 1 ? this.#context : { ...this.#context, repeat };
  }

  #settle(unit: Unit, outcome: Outcome, startedAtMs: number, startMs: number): void {
    if (this.#fatal !== null) return;
    this.#turnResults++;
    switch (outcome.status) {
      case "aborted":
        break;
      case "outside":
        if (outcome.reconsider === undefined) this.stop(outsideReason(unit.item, outcome.error));
        else this.#doubts.add({ unit, outcome, startedAtMs, startMs });
        break;
      case "ok":
      case "failed":
        this.#keep(unit, outcome, startedAtMs, startMs);
    }
    if (this.#doubts.first === null) return;
    for (const { doubt, outcome: now } of this.#doubts.settled())
      this.#settle(doubt.unit, now, doubt.startedAtMs, doubt.startMs);
  }

  #keep({ item, number, repeat }: Unit, outcome: Kept, startedAtMs: number, startMs: number): void {
    const { plan, session, clock } = this.#parts;
    const tookMs = clock.monotonic() - startMs;
    const result = resultOf(outcome, startedAtMs, tookMs);
    const isFirst = plan.state(number) === STATE.fresh;
    const key = {
      index: item.index,
      line: item.line,
      id: item.id,
      idIsJson: item.idIsJson,
      hash: item.hash,
      occurrence: plan.occurrence(number),
      repeat,
    };
    // Only a failure is ever called by its name.
    const label = result.status === "ok" ? "" : itemLabel(item.id, item.index);
    try {
      session.add(key, result);
    } catch (error) {
      this.#fail(error);
      return;
    }
    if (session.bufferIsFull) this.#saver.turn();
    const reason = this.#failures.noted(result, isFirst, label, session.run);
    if (reason !== null) this.stop(reason);
    if (result.usage !== undefined) this.#heedBudget();
  }

  /**
   * At the end of the turn, or now when it takes long: writes what has come, and fills the places. The place of what was begun in this very turn is filled at
   * its end, or a module that computes, and waits for nothing, would let no turn end.
   */
  #replace(begunInTurn: number): void {
    const isLong =
      this.#turnPlanned &&
      begunInTurn < this.#turn &&
      this.#parts.clock.monotonic() - this.#waitingSinceMs >= LONG_TURN_MS;
    if (!isLong || !this.#isRoom) {
      this.#planTurn();
      return;
    }
    this.#writeAndLaunch();
    this.#waitingSinceMs = this.#parts.clock.monotonic();
  }

  #writeAndLaunch(): void {
    if (this.#fatal === null) this.#saver.turn();
    this.#writeFirst = this.#held;
    this.#pump();
  }

  /** At the end of the present turn: write what has come, and go on. */
  #planTurn(): void {
    if (this.#turnPlanned) return;
    this.#turnPlanned = true;
    this.#turn++;
    this.#waitingSinceMs = this.#parts.clock.monotonic();
    this.#parts.nextTurn(() => {
      this.#turnPlanned = false;
      this.#turnResults = 0;
      this.#writeAndLaunch();
      this.#report(); // with what has just been begun in flight
    });
  }

  #finishIfDone(): void {
    if (this.#inFlight > 0 || this.#queue.isReading || this.#turnPlanned) return;
    const nothingLeft = this.#launched >= this.#toDo || this.#queue.isExhausted;
    const doubt = this.#doubts.first;
    // Nobody is left who could tell.
    if (doubt !== null && (nothingLeft || !this.#doubts.mayAsk(0)))
      this.#stop ??= outsideReason(doubt.unit.item, doubt.outcome.error);
    const over = this.#stop !== null || this.#fatal !== null;
    if (!over && (this.#held || !nothingLeft)) return;
    this.#finished.resolve();
  }

  #report(): void {
    const { clock, pace, session } = this.#parts;
    const down = pace?.outage ?? null;
    const outage = down === null ? null : this.#outageNow(down);
    if (outage !== null && down?.isFromStart === true && !this.#nobodySaid) {
      this.#nobodySaid = true;
      this.#events.nobodyAnswers(outage);
    }
    const progress = this.#meter.at({
      nowMs: clock.monotonic(),
      inFlight: this.inFlight,
      concurrency: pace?.limit ?? this.#options.jobs,
      waiting: this.#waitReason(down !== null),
      ...(outage === null ? null : { outage }),
    });
    session.noteProgress(this.#toDo, progress.ratePerS);
    this.#events.progress(progress);
  }

  #outageNow({ error, sinceMs, maxMs }: PaceOutage): OutageNow {
    const waitedMs = this.#parts.clock.monotonic() - sinceMs;
    return { error, sinceMs: this.#epochMs + sinceMs, waitedMs, maxMs };
  }

  #waitReason(isDown: boolean): WaitReason | null {
    if (this.#held) return "disk full";
    const isLeft = this.#stop === null && this.#launched < this.#toDo;
    if (isLeft && this.#budgetHolds) return "budget";
    return isDown ? "outage" : (this.#parts.pace?.reason ?? null);
  }
}

function outsideReason(item: Item, { kind, message }: ItemError): StopReason {
  return { kind: "outside", item: itemLabel(item.id, item.index), error: message, errorKind: kind };
}

const NO_RETRIES: readonly Retry[] = [];

/** What is kept of an outcome. Objects that never have `usage` or `marks` are the most frequent, and made without spreading. */
function resultOf(outcome: Kept, startedAtMs: number, durationMs: number): Result {
  const { attempts = 1, retries = NO_RETRIES, usage } = outcome;
  const spent = usage === undefined ? null : { usage };
  if (outcome.status === "failed")
    return { status: "failed", error: outcome.error, attempts, retries, startedAtMs, durationMs, ...spent };
  const { outputJson, marks } = outcome;
  const result = { status: "ok" as const, outputJson, attempts, retries, startedAtMs, durationMs };
  if (spent === null && marks === undefined) return result;
  return { ...result, ...spent, ...(marks === undefined ? null : { marks }) };
}
