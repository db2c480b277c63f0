// How a run stops: nothing more is begun, and what is in flight may go on for a time, because it may be paid for. The first reason stands.
import type { Clock } from "../io/clock.ts";
import type { AttemptContext } from "../processors/processor.ts";
import type { StopReason } from "./progress.ts";

export type StopLimits = {
  /** How long attempts in flight may continue after a signal or after the maximum duration, in milliseconds. */
  readonly graceMs: number;
  /** Time limit of an attempt in milliseconds; null: none. When the run stops for another reason, attempts in flight get this time. */
  readonly timeoutMs: number | null;
};

export class StopSwitch {
  readonly #clock: Clock;
  #limits: StopLimits;
  readonly #stopped: () => void;
  readonly #abort = new AbortController();
  readonly #stopping = new AbortController();
  readonly #told = new AbortController();
  readonly #cancels: (() => void)[] = [];
  #reason: StopReason | null = null;
  #failure: { readonly error: unknown } | null = null;

  /** @param stopped called each time when attempts in flight are told something */
  constructor(clock: Clock, limits: StopLimits, stopped: () => void) {
    this.#clock = clock;
    this.#limits = limits;
    this.#stopped = stopped;
  }

  /** Another limit of an attempt holds from now on. */
  setTimeout(timeoutMs: number | null): void {
    this.#limits = { graceMs: this.#limits.graceMs, timeoutMs };
  }

  /** What attempts are told. */
  get signals(): Pick<AttemptContext, "signal" | "stopping" | "told"> {
    return { signal: this.#abort.signal, stopping: this.#stopping.signal, told: this.#told.signal };
  }

  /** Why nothing more is begun; null while it may be, or after a failure. */
  get reason(): StopReason | null {
    return this.#reason;
  }

  /** A bug, or a failure that the run cannot go on from; null without. */
  get failure(): { readonly error: unknown } | null {
    return this.#failure;
  }

  /** Nothing more is begun. */
  get isOff(): boolean {
    return this.#reason !== null || this.#failure !== null;
  }

  stop(reason: StopReason): void {
    const { graceMs, timeoutMs } = this.#limits;
    if (reason.kind === "signal") this.#told.abort();
    const isUrgent = reason.kind === "signal" || reason.kind === "max-time";
    if (this.#reason !== null && !isUrgent) return;
    this.#reason ??= reason;
    this.#stopping.abort();
    const waitMs = isUrgent ? graceMs : Math.max(graceMs, timeoutMs ?? 0);
    this.#cancels.push(this.#clock.after(waitMs, () => this.#abort.abort("stop")));
    this.#stopped();
  }

  /** Stops in so many milliseconds. */
  stopAfter(ms: number, reason: StopReason): void {
    this.#cancels.push(this.#clock.after(ms, () => this.stop(reason)));
  }

  /** The reason of a run in which nothing is in flight any longer. */
  conclude(reason: StopReason): void {
    this.#reason ??= reason;
  }

  /** Aborts all attempts in flight at once. */
  kill(): void {
    this.#stopping.abort();
    this.#abort.abort("kill");
    this.#stopped();
  }

  /** Ends what is in flight because of a bug, or of a failure that the run cannot go on from. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#stopping.abort();
    this.#abort.abort("stop");
    this.#stopped();
  }

  /** Nothing is in flight any longer: no time that was set means anything now. */
  close(): void {
    for (const cancel of this.#cancels) cancel();
  }
}
