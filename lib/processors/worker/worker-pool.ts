// The workers of a run and the items that each holds. The items of a worker that dies are retried one at a time, so that a bad item does not cost
// other items their results (docs/worker.md, "When something goes wrong").
import type { Item } from "../../core/item.ts";
import { mayBeStopped } from "../../core/stop-signals.ts";
import type { NotStarted } from "../../io/child-trouble.ts";
import type { Clock } from "../../io/clock.ts";
import type { ChildStatus, LineChild } from "../../io/line-child.ts";
import { ABORTED, failed, outputTooLarge, outside, timedOut, withReason, withStderr } from "../outcomes.ts";
import type { AttemptContext, Outcome } from "../processor.ts";
import { isStoppedBySignal } from "../stopped-by-signal.ts";
import { WorkerHealth } from "./worker-health.ts";
import { parseAnswer, requestLine } from "./worker-protocol.ts";

export type WorkerEvents = {
  readonly onLine: (line: string) => void;
  readonly onFault: (message: string) => void;
  readonly onEnd: (end: ChildStatus) => void;
};

export type WorkerPoolOptions = {
  /** Maximum number of workers. */
  readonly workers: number;
  /** Maximum number of items per worker at once. */
  readonly inflight: number;
  /** Limit of an output's JSON text, in bytes. */
  readonly maxOutputBytes: number;
  /** Time limit per item; null: none. It may change. */
  readonly limits: { readonly timeoutMs: number | null };
  /** Starts the worker with a number, from 1. */
  readonly start: (number: number, events: WorkerEvents) => LineChild | NotStarted;
  readonly clock: Clock;
};

/** After this many deaths of a worker that held only this item, the item fails. */
const ALONE_DEATHS_MAX = 3;
const RESTART_MS = 100;
const RESTART_MS_MAX = 10_000;
/** How often the time limits of items in flight are checked: a tenth of the limit, within these bounds. */
const SWEEP_MS_MIN = 10;
const SWEEP_MS_MAX = 250;

/** An item in the pool. */
type Task = {
  readonly item: Item;
  readonly context: AttemptContext;
  readonly settle: (outcome: Outcome) => void;
  /** Ends the run: neither the item nor the worker is the cause. */
  readonly reject: (error: unknown) => void;
  /** Must be tried with a worker that holds nothing else. */
  alone: boolean;
  deaths: number;
  sentAtMs: number;
};

/** Why ckpt ends a worker. */
type Fault = { readonly kind: "bad_output" | "timeout"; readonly message: string };

type Slot = {
  readonly number: number;
  child: LineChild | null;
  readonly held: Map<number, Task>;
  /** Whether it holds an item that must be alone. */
  alone: boolean;
  fault: Fault | null;
  /** Its worker has ended, and its items are not decided yet. */
  isHeldBack: boolean;
  /** Consecutive ends without an answer in between. */
  failures: number;
  startedAtMs: number;
  /** Earliest time of the next start, on the monotonic clock. */
  notBeforeMs: number;
};

/** The end of a worker, and the items it held. */
type Death = {
  readonly tasks: readonly Task[];
  readonly isTrial: boolean;
  readonly end: ChildStatus;
  readonly stderr: string;
  readonly fault: Fault | null;
  readonly livedMs: number;
};

function emptySlot(number: number): Slot {
  return {
    number,
    child: null,
    held: new Map(),
    alone: false,
    fault: null,
    isHeldBack: false,
    failures: 0,
    startedAtMs: 0,
    notBeforeMs: 0,
  };
}

export class WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #slots: Slot[];
  readonly #queue: Task[] = [];
  readonly #alone: Task[] = [];
  readonly #heard = new WeakSet<AbortSignal>();
  /** The last signal with a listener, usually that of all attempts. */
  #signal: AbortSignal | null = null;
  /** Aborted when ckpt is told to stop; taken from the latest item. */
  #told: AbortSignal = new AbortController().signal;
  readonly #health = new WorkerHealth();
  /** The trial worker, started without an item to see whether workers work at all. Nothing is sent meanwhile. */
  #trial: Slot | null = null;
  #cancelTrial: (() => void) | null = null;
  #cancelSweep: (() => void) | null = null;
  #cancelRestart: (() => void) | null = null;
  #closing = false;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.#slots = Array.from({ length: options.workers }, (_, at) => emptySlot(at + 1));
  }

  /** Makes room for more workers. Fewer are used where fewer items are given; those that are there stay. */
  resize(workers: number): void {
    while (this.#slots.length < workers) this.#slots.push(emptySlot(this.#slots.length + 1));
    this.#schedule();
  }

  process(item: Item, context: AttemptContext): Promise<Outcome> | Outcome {
    if (context.signal.aborted || this.#closing) return ABORTED;
    if (context.signal !== this.#signal) this.#listen(context.signal);
    this.#told = context.told;
    return new Promise((settle, reject) => {
      this.#queue.push({ item, context, settle, reject, alone: false, deaths: 0, sentAtMs: 0 });
      this.#schedule();
    });
  }

  /** Ends all workers: closes their input, then SIGTERM, then SIGKILL. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#cancelRestart?.();
    this.#cancelSweep?.();
    this.#cancelTrial?.();
    this.#dropQueued(() => true);
    await Promise.all(this.#slots.flatMap((slot) => slot.child?.close() ?? []));
  }

  #schedule(): void {
    if (this.#trial !== null) return;
    for (let task = this.#alone[0]; task !== undefined; task = this.#alone[0]) {
      const slot = this.#freeSlot(1);
      if (slot === null) break;
      this.#alone.shift();
      if (!this.#send(slot, task)) return;
    }
    for (let at = 0, task = this.#queue[0]; task !== undefined; task = this.#queue[at]) {
      const slot = this.#freeSlot(this.#options.inflight, task.item.index);
      if (slot === null) {
        if (task.context.repeat === undefined || this.#freeSlot(this.#options.inflight) === null) break;
        at++; // every worker with room holds another answer of this item; those behind it need not wait
        continue;
      }
      this.#queue.splice(at, 1);
      if (!this.#send(slot, task)) return;
    }
    if (this.#alone.length + this.#queue.length > 0) this.#planRestart();
  }

  /**
   * The worker with the fewest items, fewer than `most`, and without an item that must be alone; null when there is none.
   * @param index of an item that it must not hold: lines say by the index what they are about
   */
  #freeSlot(most: number, index: number | null = null): Slot | null {
    let best: Slot | null = null;
    for (const slot of this.#slots) {
      if (slot.held.size >= most || slot.alone || slot.fault !== null || slot.isHeldBack) continue;
      if (index !== null && slot.held.has(index)) continue;
      if (slot.child === null && slot.notBeforeMs > this.#options.clock.monotonic()) continue;
      if (best === null || slot.held.size < best.held.size) best = slot;
      if (best.held.size === 0) break;
    }
    return best;
  }

  /** Returns false when no worker can be started; the pool then gives up. */
  #send(slot: Slot, task: Task): boolean {
    slot.child ??= this.#start(slot, [task]);
    if (slot.child === null) return false;
    const { limits, clock } = this.#options;
    task.sentAtMs = clock.monotonic();
    slot.held.set(task.item.index, task);
    slot.alone = task.alone;
    slot.child.write(requestLine(task.item, task.context.attempt, task.context.repeat));
    if (limits.timeoutMs !== null && this.#cancelSweep === null) this.#planSweep(limits.timeoutMs);
    return true;
  }

  /** Starts a worker; null when none can be started, and the pool then gives up. @param tasks items that wait for it, already taken from the queue */
  #start(slot: Slot, tasks: readonly Task[]): LineChild | null {
    slot.startedAtMs = this.#options.clock.monotonic();
    try {
      const child = this.#options.start(slot.number, {
        onLine: (line) => this.#take(slot, line),
        onFault: (message) => this.#break(slot, { kind: "bad_output", message }),
        onEnd: (end) => this.#ended(slot, end),
      });
      if (!("end" in child)) return child;
      this.#giveUp(tasks, (task) => task.settle(outside(child.kind, child.message)));
    } catch (error) {
      this.#giveUp(tasks, (task) => task.reject(error)); // the log cannot be opened
    }
    return null;
  }

  #take(slot: Slot, line: string): void {
    if (slot.fault !== null) return;
    const answer = parseAnswer(line);
    if (typeof answer === "string") {
      this.#break(slot, { kind: "bad_output", message: `a worker's line is no answer: ${answer}` });
      return;
    }
    const task = slot.held.get(answer.index);
    if (task === undefined) {
      const message = `a worker's line is about index ${answer.index}, which it does not hold`;
      this.#break(slot, { kind: "bad_output", message });
      return;
    }
    slot.held.delete(answer.index);
    slot.alone = false;
    slot.failures = 0;
    this.#health.answered();
    task.settle(this.#within(answer.outcome));
    if (this.#alone.length + this.#queue.length > 0) this.#schedule();
  }

  /** The outcome, or a failure when its output is too large. */
  #within(outcome: Outcome): Outcome {
    const { maxOutputBytes } = this.#options;
    if (outcome.status !== "ok" || outcome.outputJson.length * 3 <= maxOutputBytes) return outcome;
    return Buffer.byteLength(outcome.outputJson) > maxOutputBytes ? outputTooLarge(maxOutputBytes) : outcome;
  }

  #break(slot: Slot, fault: Fault): void {
    slot.fault ??= fault;
    if (fault.kind === "timeout") slot.child?.terminate();
    else slot.child?.kill();
  }

  #planSweep(timeoutMs: number): void {
    const everyMs = Math.min(SWEEP_MS_MAX, Math.max(SWEEP_MS_MIN, timeoutMs / 10));
    this.#cancelSweep = this.#options.clock.after(everyMs, () => {
      const { timeoutMs: nowMs } = this.#options.limits;
      this.#cancelSweep = null;
      if (nowMs === null) return;
      this.#endSilent(nowMs);
      this.#planSweep(nowMs);
    });
  }

  #endSilent(timeoutMs: number): void {
    const latestMs = this.#options.clock.monotonic() - timeoutMs;
    for (const slot of this.#slots) {
      // Items are in the order in which they were sent.
      const [oldest] = slot.held.values();
      if (oldest !== undefined && oldest.sentAtMs <= latestMs && slot.fault === null) {
        this.#break(slot, { kind: "timeout", message: "" });
      }
    }
  }

  #ended(slot: Slot, end: ChildStatus): void {
    const nowMs = this.#options.clock.monotonic();
    const tasks = [...slot.held.values()];
    const isTrial = this.#trial === slot;
    const stderr = tasks.length === 0 && !isTrial ? "" : (slot.child?.stderrTail() ?? "");
    const death = { tasks, isTrial, end, stderr, fault: slot.fault, livedMs: nowMs - slot.startedAtMs };
    slot.held.clear();
    slot.alone = false;
    slot.child = null;
    slot.fault = null;
    slot.failures++;
    slot.notBeforeMs = nowMs + Math.min(RESTART_MS_MAX, RESTART_MS * 2 ** (slot.failures - 1));
    if (isTrial) this.#cancelTrial?.();
    if (death.fault === null && !this.#closing && mayBeStopped(end)) void this.#holdBack(slot, death);
    else this.#judge(slot, death);
  }

  /** Decides once it is known whether the worker was stopped together with ckpt. Its slot stays empty until then. */
  async #holdBack(slot: Slot, death: Death): Promise<void> {
    slot.isHeldBack = true;
    const isTold = await isStoppedBySignal(this.#told, this.#options.clock);
    slot.isHeldBack = false;
    if (!isTold) {
      this.#judge(slot, death);
      return;
    }
    if (death.isTrial) this.#trial = null;
    for (const task of death.tasks) task.settle(ABORTED);
    this.#dropQueued(() => true);
  }

  #judge(slot: Slot, { tasks, isTrial, end, stderr, fault, livedMs }: Death): void {
    const afterEnd =
      fault === null && !this.#closing ? this.#health.ended(end.status, livedMs, isTrial) : "judge-items";
    if (isTrial) this.#trial = null;
    if (afterEnd === "give-up") {
      this.#giveUp(tasks, notRunning(end, stderr));
      return;
    }
    for (const task of tasks) {
      if (task.context.signal.aborted || this.#closing) task.settle(ABORTED);
      else if (fault !== null) this.#afterFault(task, tasks.length, fault, stderr);
      else this.#afterDeath(task, tasks.length, afterEnd === "judge-items", end, stderr);
    }
    if (afterEnd === "trial") this.#beginTrial(slot);
    else if (!this.#closing) this.#schedule();
  }

  /** Nothing can be processed: waiting items stay pending, and the first reports why. */
  #giveUp(tasks: readonly Task[], tell: (task: Task) => void): void {
    const [first, ...others] = [...tasks, ...this.#alone.splice(0), ...this.#queue.splice(0)];
    if (first !== undefined) tell(first);
    for (const task of others) task.settle(ABORTED);
  }

  #beginTrial(slot: Slot): void {
    slot.child = this.#start(slot, []);
    if (slot.child === null) return;
    this.#trial = slot;
    this.#cancelTrial = this.#options.clock.after(this.#health.trialMs, () => {
      this.#health.cleared();
      this.#trial = null;
      this.#schedule();
    });
  }

  #afterDeath(task: Task, held: number, isSure: boolean, end: ChildStatus, stderr: string): void {
    if (held === 1) task.deaths++;
    if (task.deaths < ALONE_DEATHS_MAX || !isSure) {
      this.#againAlone(task);
      return;
    }
    if (!this.#health.mayBlame()) {
      this.#giveUp([task], notRunning(end, stderr));
      return;
    }
    for (const slot of this.#slots) slot.failures = 0;
    const message = `the worker ended ${task.deaths} times with this item alone: ${howItEnded(end, stderr)}`;
    task.settle(failed("worker_died", message, false, withStderr(stderr)));
  }

  #afterFault(task: Task, held: number, fault: Fault, stderr: string): void {
    const { timeoutMs } = this.#options.limits;
    if (fault.kind === "timeout" && timeoutMs !== null) {
      if (this.#options.clock.monotonic() - task.sentAtMs >= timeoutMs)
        task.settle(timedOut(timeoutMs, withStderr(stderr)));
      else this.#againAlone(task);
    } else if (held === 1) {
      task.settle(failed("bad_output", fault.message, true, withStderr(stderr)));
    } else {
      this.#againAlone(task);
    }
  }

  #againAlone(task: Task): void {
    task.alone = true;
    this.#alone.push(task);
  }

  /** Waits until the first worker may be restarted. */
  #planRestart(): void {
    this.#cancelRestart?.();
    const nowMs = this.#options.clock.monotonic();
    const waits = this.#slots
      .filter((slot) => slot.child === null && slot.notBeforeMs > nowMs)
      .map((slot) => slot.notBeforeMs - nowMs);
    if (waits.length === 0) return;
    this.#cancelRestart = this.#options.clock.after(Math.ceil(Math.min(...waits)), () => this.#schedule());
  }

  #listen(signal: AbortSignal): void {
    this.#signal = signal;
    if (this.#heard.has(signal)) return;
    this.#heard.add(signal);
    signal.addEventListener(
      "abort",
      () => {
        this.#dropQueued((task) => task.context.signal === signal);
        for (const slot of this.#slots) {
          if (signal.reason === "kill") slot.child?.kill();
          else slot.child?.terminate();
        }
      },
      { once: true },
    );
  }

  #dropQueued(which: (task: Task) => boolean): void {
    for (const tasks of [this.#queue, this.#alone]) {
      const dropped = tasks.filter((task) => which(task));
      tasks.splice(0, tasks.length, ...tasks.filter((task) => !which(task)));
      for (const task of dropped) task.settle(ABORTED);
    }
  }
}

/** The outcome of an item when workers end with any item. */
function notRunning(end: ChildStatus, stderr: string): (task: Task) => void {
  return (task) => task.settle(outside("worker_not_running", howItEnded(end, stderr), withStderr(stderr)));
}

/** How a worker ended, with the last line of its standard error. */
function howItEnded({ status, signal }: ChildStatus, stderr: string): string {
  const how = signal === null ? `exit status ${status ?? 0}` : `ended by ${signal}`;
  return withReason(how, stderr);
}
