// One call of a module's `process`: what it is told, and the wait for an answer that is not there at once.
import { TIMER_MS_MAX } from "../../core/durations.ts";
import { TERM_MS } from "../../io/process-group.ts";
import type { Item } from "../../core/item.ts";
import type { ModuleContext } from "./module-load.ts";
import { ABORTED, timedOut } from "../outcomes.ts";
import type { AttemptContext, Outcome } from "../processor.ts";

/** How long a call may go on after the run has asked it to stop; as long as a command has from SIGTERM to SIGKILL. */
const STOP_MS = TERM_MS;

/** The context of one call. Its signal is the run's own while there is no timeout, and is made only when it is asked for. */
export class Call implements ModuleContext {
  readonly index: number;
  readonly id: string | null;
  readonly attempt: number;
  readonly session: string;
  readonly #runSignal: AbortSignal;
  readonly #timed: boolean;
  #controller: AbortController | null = null;
  #abortedWith: unknown = null;

  constructor(item: Item, context: AttemptContext, timed: boolean) {
    this.index = item.index;
    this.id = item.id;
    this.attempt = context.attempt;
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

/** A call whose answer is not there yet. It is settled once; what comes later is dropped. */
export class Waiting {
  readonly signal: AbortSignal;
  readonly #call: Call;
  readonly #settled: (outcome: Outcome) => void;
  #timer: Timer | undefined;
  /** The run has asked it to stop. */
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

  /** It has thrown, and what becomes of it is not decided yet: it cannot time out any more. */
  ended(): void {
    if (!this.stopping) clearTimeout(this.#timer);
  }

  /** Tells the module; after "kill" it is not waited for, otherwise for a short while. */
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
