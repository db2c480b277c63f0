// One call of a module's `process`: its context, and the wait for an asynchronous answer.
import { TIMER_MS_MAX } from "../../core/durations.ts";
import { TERM_MS } from "../../io/process-group.ts";
import type { Item } from "../../core/item.ts";
import type { ModuleContext } from "./module-load.ts";
import { ABORTED, timedOut } from "../outcomes.ts";
import type { AttemptContext, Outcome } from "../processor.ts";

/** How long a call may continue after the run has asked it to stop: the same time as a command has from SIGTERM to SIGKILL. */
const STOP_MS = TERM_MS;

/** The context of one call. Without a timeout, its signal is that of the run; otherwise it is created on first use. */
export class Call implements ModuleContext {
  readonly index: number;
  readonly id: string | null;
  readonly attempt: number;
  readonly repeat: number;
  readonly session: string;
  readonly #runSignal: AbortSignal;
  readonly #timed: boolean;
  #controller: AbortController | null = null;
  #abortedWith: unknown = null;

  constructor(item: Item, context: AttemptContext, timed: boolean) {
    this.index = item.index;
    this.id = item.id;
    this.attempt = context.attempt;
    this.repeat = context.repeat ?? 1;
    this.session = context.session;
    this.#runSignal = context.signal;
    this.#timed = timed;
  }

  get signal(): AbortSignal {
    if (!this.#timed) return this.#runSignal;
    this.#controller ??= new AbortController();
    if (this.#abortedWith !== null) this.#controller.abort(this.#abortedWith);
    return this.#controller.signal;
  }

  abort(reason: unknown): void {
    this.#abortedWith ??= reason;
    this.#controller?.abort(this.#abortedWith);
  }
}

/** A call whose answer is pending. It settles once; later answers are dropped. */
export class Waiting {
  readonly signal: AbortSignal;
  readonly #call: Call;
  readonly #settled: (outcome: Outcome) => void;
  #timer: Timer | undefined;
  /** Whether the run has asked it to stop. */
  stopping = false;

  constructor(call: Call, signal: AbortSignal, settled: (outcome: Outcome) => void) {
    this.#call = call;
    this.signal = signal;
    this.#settled = settled;
  }

  limit(timeoutMs: number): void {
    this.#timer = setTimeout(
      () => {
        this.#call.abort(new DOMException("The attempt has timed out", "TimeoutError"));
        this.settle(timedOut(timeoutMs));
      },
      Math.min(timeoutMs, TIMER_MS_MAX),
    );
  }

  /** It has thrown and is not decided yet: it can no longer time out. */
  ended(): void {
    if (!this.stopping) clearTimeout(this.#timer);
  }

  /** Signals the module to stop. After "kill" ckpt does not wait for it, otherwise only for a short time. */
  stop(reason: unknown): void {
    this.stopping = true;
    this.#call.abort(reason);
    clearTimeout(this.#timer);
    if (reason === "kill") this.settle(ABORTED);
    else this.#timer = setTimeout(() => this.settle(ABORTED), STOP_MS);
  }

  settle(outcome: Outcome): void {
    clearTimeout(this.#timer);
    this.#settled(outcome);
  }
}
