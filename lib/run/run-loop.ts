// The run loop: a sliding window over the items, without a barrier between batches. It decides when the next unit starts and when the run is over;
// attempts.ts handles a started unit. When there is a reason to stop (StopReason), it lets attempts in flight finish or aborts them (stop-switch.ts),
// and then resolves. A unit is one wanted answer for one item (item-queue.ts). A turn is one of the event loop: results are written at its end (result-turns.ts).
import { isError } from "../core/errors.ts";
import type { Item } from "../core/item.ts";
import type { VersionChange } from "../core/model-versions.ts";
import type { Plan } from "../core/plan.ts";
import type { Result } from "../core/record.ts";
import type { Session } from "../checkpoint/locked-checkpoint.ts";
import type { Input } from "../input/input.ts";
import type { Clock } from "../io/clock.ts";
import { collectGarbage } from "../io/garbage.ts";
import type { Pace } from "../processors/pace/pace.ts";
import type { Processor, Remark } from "../processors/processor.ts";
import { Attempts } from "./attempts.ts";
import { type Budget, BudgetWatch } from "./budget.ts";
import { ItemQueue, type QueueOptions, type Unit } from "./item-queue.ts";
import { PauseSwitch } from "./pause-switch.ts";
import { ProgressMeter } from "./progress-meter.ts";
import type { OutageNow, Progress, StopReason } from "./progress.ts";
import { ResultTurns } from "./result-turns.ts";
import { Saver } from "./saver.ts";
import { type FailureLimit, FailureWatch } from "./stop-rules.ts";
import { type StopLimits, StopSwitch } from "./stop-switch.ts";

export type RunOptions = StopLimits &
  QueueOptions & {
    /** Number of attempts at once, at least 1; a pace overrides it. */
    readonly jobs: number;
    readonly batchSize: number;
    /** Maximum number of units to attempt in this run; null: all. */
    readonly limit: number | null;
    readonly maxFailures: FailureLimit | null;
    /** Maximum duration of this run in milliseconds; null: no limit. */
    readonly maxTimeMs: number | null;
    readonly budget: Budget;
    /** Successes of the session that were imported from another tool, at least 0. */
    readonly imported: number;
  };

export type RunEvents = {
  progress(progress: Progress): void;
  /** The first item is about to be attempted. Called once, to show how the processor is called. */
  first(item: Item): void;
  /** The endpoint has not answered any request of this run, and is down. Called once. The run goes on waiting. */
  nobodyAnswers(outage: OutageNow): void;
  /** The processor has learned something about the other side that people should know. Called once for each remark. */
  remark(remark: Remark): void;
  /** Another model, or another version of it, has answered than before; called once for each of the two. */
  versionChanged(change: VersionChange): void;
  /** 80 % of a budget are used; called once per budget. */
  budgetWarning(budget: "cost" | "tokens", spent: number, allowed: number): void;
  /** A result has been added to the log. Called for each one, so it must be quick. */
  result(result: Result, unit: Unit): void;
};

/** What may be changed while a run goes on; what is left out stays. */
export type RunChange = {
  /** Number of attempts at once; a pace overrides it. */
  readonly jobs?: number;
  readonly budget?: Budget;
  readonly maxFailures?: FailureLimit;
  readonly timeoutMs?: number | null;
  /** Nothing new is started while it is paused. */
  readonly isPaused?: boolean;
};

export type RunParts = {
  readonly input: Input;
  readonly plan: Plan;
  readonly processor: Processor;
  readonly pace: Pace | null;
  readonly session: Session;
  /** Of the session. The processor gets both (AttemptContext). */
  readonly identity: { readonly id: string; readonly nonce: string };
  readonly clock: Clock;
  /** Runs `action` after the current turn of the event loop (setImmediate). */
  readonly nextTurn: (action: () => void) => void;
};

export type RunResult = {
  /** Why the run stopped early; null when everything was attempted. */
  readonly stop: StopReason | null;
  readonly elapsedMs: number;
};

const TICK_MS = 1000;

export class RunLoop {
  readonly #parts: RunParts;
  readonly #options: RunOptions;
  readonly #events: RunEvents;
  readonly #queue: ItemQueue;
  readonly #attempts: Attempts;
  readonly #turns: ResultTurns;
  readonly #saver: Saver;
  readonly #stop: StopSwitch;
  readonly #pause: PauseSwitch;
  readonly #failures: FailureWatch;
  readonly #budget: BudgetWatch;
  readonly #meter: ProgressMeter;
  /** Number of units that need an attempt. */
  readonly #pending: number;
  /** Number of units that this run will attempt: `#pending`, or less because of `limit`. */
  readonly #toDo: number;
  readonly #finished: PromiseWithResolvers<void> = Promise.withResolvers<void>();
  #jobs: number;
  #isOver = false;
  #toldNobodyAnswers = false;
  #cancelTick: (() => void) | null = null;

  constructor(parts: RunParts, options: RunOptions, events: RunEvents) {
    const { input, plan, processor, pace, session, clock } = parts;
    this.#parts = parts;
    this.#options = options;
    this.#events = events;
    this.#jobs = options.jobs;
    const { pending, done } = plan.counts(options.retryFailed);
    this.#pending = pending;
    this.#toDo = Math.min(pending, options.limit ?? pending);
    // What another tool has done says nothing about this processor.
    const succeeded = Math.max(0, done - options.imported);
    this.#failures = new FailureWatch(options.maxFailures, succeeded);
    this.#budget = new BudgetWatch(options.budget, session, (...warning) => events.budgetWarning(...warning));
    this.#meter = new ProgressMeter({ session, plan, pace, clock }, this.#toDo, pending);
    this.#queue = new ItemQueue(input, plan, options, {
      read: () => this.#pump(),
      failed: (error) => this.#readFailed(error),
    });
    this.#turns = new ResultTurns(clock, parts.nextTurn, {
      write: () => this.#write(),
      isRoom: () => this.#isRoom,
      fill: () => this.#pump(),
      over: () => this.#report(), // only now, to show the attempts that `fill` has started
    });
    this.#stop = new StopSwitch(clock, options, () => this.#turns.plan());
    this.#pause = new PauseSwitch(this.#stop.signals.stopping);
    const context = {
      attempt: 1,
      session: parts.identity.id,
      nonce: parts.identity.nonce,
      remark: (remark: Remark) => events.remark(remark),
      ...this.#stop.signals,
      succeededBefore: succeeded > 0,
      isLast: () => this.#areAllBegun,
      untilResumed: () => this.#pause.untilOff(),
    };
    const [turns, stop] = [this.#turns, this.#stop];
    this.#attempts = new Attempts(
      { plan, session, processor, clock, turns, stop, context },
      {
        first: (item) => events.first(item),
        kept: (result, isFirst, label, unit) => this.#kept(result, isFirst, label, unit),
      },
    );
    this.#saver = new Saver(session, clock, options.batchSize, {
      saved: () => {
        collectGarbage();
        this.#report();
      },
      held: (held) => this.#heldChanged(held),
      failed: (error) => stop.fail(error),
    });
  }

  /**
   * Runs to the end, or until it is stopped. When it resolves, all results have been written to the log; the caller makes the last commit.
   * @throws errors that prevent saving, and bugs; nothing is in flight then
   */
  async run(): Promise<RunResult> {
    const { maxTimeMs } = this.#options;
    if (maxTimeMs !== null) this.#stop.stopAfter(maxTimeMs, { kind: "max-time", ms: maxTimeMs });
    this.#checkBudget();
    this.#report();
    if (this.#parts.pace !== null) this.#tick();
    this.#pump();
    await this.#finished.promise;
    this.#isOver = true;
    this.#attempts.close();
    this.#stop.close();
    this.#cancelTick?.();
    await this.#queue.close();
    await this.#saver.drain();
    const { failure, reason } = this.#stop;
    if (failure !== null) throw failure.error;
    const isLimited = this.#areAllBegun && this.#toDo < this.#pending;
    return { stop: reason ?? (isLimited ? { kind: "limit" } : null), elapsedMs: this.#meter.elapsedMs };
  }

  /** Starts no more units; those in flight may continue for a while. The first reason counts. */
  stop(reason: StopReason): void {
    this.#stop.stop(reason);
  }

  /** Aborts all attempts in flight at once. */
  kill(): void {
    this.#stop.kill();
  }

  /** Changes how the run goes on. A budget or a limit of failures that is reached already stops it. */
  change({ jobs, budget, maxFailures, timeoutMs, isPaused }: RunChange): void {
    if (jobs !== undefined) this.#jobs = jobs;
    if (timeoutMs !== undefined) this.#stop.setTimeout(timeoutMs);
    if (maxFailures !== undefined) this.#stopFor(this.#failures.change(maxFailures, this.#parts.session.run));
    if (budget !== undefined) {
      this.#budget.change(budget);
      this.#checkBudget();
    }
    if (isPaused !== undefined) {
      this.#pause.set(isPaused);
      // With nothing in flight nothing else would keep the process alive.
      if (isPaused && this.#cancelTick === null) this.#tick();
    }
    this.#report();
    this.#pump();
  }

  /** Commits what has been added or set, also without a new result. Resolves when it is durable, or the run is over. */
  saveNow(): Promise<void> {
    return this.#saver.saveNow();
  }

  get isPaused(): boolean {
    return this.#pause.isOn;
  }

  /** Why nothing more is begun; null while it is. */
  get stopReason(): StopReason | null {
    return this.#stop.reason;
  }

  /** Whether no attempt will follow, nor is in flight. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** How far the run is at this moment. */
  get progress(): Progress {
    const { inFlight } = this.#attempts;
    const isLeft = this.#stop.reason === null && !this.#areAllBegun;
    return this.#meter.at({
      inFlight,
      jobs: this.#jobs,
      isPaused: this.#pause.isOn && isLeft,
      isHeld: this.#saver.isHeld,
      isOverBudget: isLeft && this.#budget.holds(inFlight),
    });
  }

  /** Attempts in flight, without those that wait at the gate of the pace. */
  get inFlight(): number {
    return this.#parts.pace?.active ?? this.#attempts.inFlight;
  }

  get #areAllBegun(): boolean {
    return this.#attempts.begun >= this.#toDo;
  }

  /** Whether another unit could start now. Ignores whether results must be written first (`mustWrite`). */
  get #isRoom(): boolean {
    const { begun, inFlight, mayAsk } = this.#attempts;
    return (
      !this.#stop.isOff &&
      !this.#pause.isOn &&
      !this.#saver.isHeld &&
      inFlight < (this.#parts.pace?.concurrency ?? this.#jobs) &&
      begun < this.#toDo &&
      !this.#turns.isFull &&
      mayAsk &&
      !this.#budget.holds(inFlight)
    );
  }

  /** Starts as many units as may start now. Then plans the end of the turn if there are results; else checks whether the run is over. */
  #pump(): void {
    while (!this.#turns.mustWrite && this.#isRoom) {
      const unit = this.#queue.take();
      if (unit === undefined) break;
      this.#attempts.begin(unit);
    }
    if (this.#turns.hasResults) this.#turns.plan();
    else this.#finishIfDone();
  }

  #readFailed(error: unknown): void {
    if (isError(error, "input.changedDuringRun")) this.#stop.stop({ kind: "input-changed", ...error.params });
    else this.#stop.fail(error);
  }

  /** Writes the results so far. Returns false while the disk is full. */
  #write(): boolean {
    if (this.#stop.failure === null) this.#saver.turn();
    return !this.#saver.isHeld;
  }

  /** Saving has to wait (the disk is full), or no longer has to. No unit starts while it waits. */
  #heldChanged(held: boolean): void {
    this.#report();
    if (held && this.#cancelTick === null) this.#tick();
    if (!held) this.#turns.plan();
  }

  #kept(result: Result, isFirst: boolean, label: string, unit: Unit): void {
    const { session } = this.#parts;
    if (session.bufferIsFull) this.#saver.turn();
    this.#stopFor(this.#failures.noted(result, isFirst, label, session.run));
    this.#events.result(result, unit);
    const change = session.versions.takeChange();
    if (change !== null) this.#events.versionChanged(change);
    if (result.usage !== undefined) this.#checkBudget();
  }

  #checkBudget(): void {
    this.#stopFor(this.#budget.noted());
  }

  #stopFor(reason: StopReason | null): void {
    if (reason !== null) this.#stop.stop(reason);
  }

  /**
   * Ends the run if nothing is in flight, being read or planned. A run that has not been stopped must also have nothing left, and not be waiting to save.
   */
  #finishIfDone(): void {
    if (this.#attempts.inFlight > 0 || this.#queue.isReading || this.#turns.isPlanned) return;
    const nothingLeft = this.#areAllBegun || this.#queue.isExhausted;
    const { doubt, mayAsk } = this.#attempts;
    if (doubt !== null && (nothingLeft || !mayAsk)) this.#stop.conclude(doubt);
    if (!this.#stop.isOff && (this.#saver.isHeld || !nothingLeft)) return;
    this.#finished.resolve();
  }

  /**
   * Runs once a second if there is a pace, and from the first time that saving has to wait or the run is paused. Shows progress, and starts attempts if more are allowed, also
   * while no results arrive.
   */
  #tick(): void {
    this.#cancelTick = this.#parts.clock.after(TICK_MS, () => {
      this.#report();
      this.#pump();
      this.#tick();
    });
  }

  #report(): void {
    const { pace, session } = this.#parts;
    const { progress } = this;
    if (progress.outage !== undefined && pace?.outage?.isFromStart === true && !this.#toldNobodyAnswers) {
      this.#toldNobodyAnswers = true;
      this.#events.nobodyAnswers(progress.outage);
    }
    session.noteProgress(this.#toDo, progress.ratePerS);
    this.#events.progress(progress);
  }
}
