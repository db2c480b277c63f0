// When results are written and their places filled: at the end of the turn of the event loop in which the results came, or before when the turn takes long.
// Signals and timers are served between two turns, whatever the processor does.
import type { Clock } from "../io/clock.ts";

/** Results handled in one turn at most. */
const TURN_RESULTS_MAX = 64;
/** If a call blocked the thread this long, its result is written before the next call, which may never return. */
const LONG_CALL_MS = 1;
/** In a turn longer than this, new attempts replace finished ones before the end of the turn. */
const LONG_TURN_MS = 0.25;

export type TurnEvents = {
  /** Writes what has come. Returns whether it is written: false while the disk is full. */
  write(): boolean;
  /** Whether an attempt could be begun, but for what has to be written first. */
  isRoom(): boolean;
  /** Fills the places that are free. */
  fill(): void;
  /** The turn is over, its results are written and its places filled. */
  over(): void;
};

export class ResultTurns {
  readonly #clock: Clock;
  readonly #nextTurn: (action: () => void) => void;
  readonly #events: TurnEvents;
  #results = 0;
  #isPlanned = false;
  #writeFirst = false;
  #number = 0;
  /** Time of the first unwritten result of this turn. */
  #waitingSinceMs = 0;

  /** @param nextTurn runs `action` after the present turn of the event loop */
  constructor(clock: Clock, nextTurn: (action: () => void) => void, events: TurnEvents) {
    this.#clock = clock;
    this.#nextTurn = nextTurn;
    this.#events = events;
  }

  /** Number of the current turn with results. */
  get number(): number {
    return this.#number;
  }

  /** The end of a turn is still to come. */
  get isPlanned(): boolean {
    return this.#isPlanned;
  }

  get hasResults(): boolean {
    return this.#results > 0;
  }

  /** No more results are to be handled in this turn. */
  get isFull(): boolean {
    return this.#results >= TURN_RESULTS_MAX;
  }

  /** No attempt may start before the results so far are in the log. */
  get mustWrite(): boolean {
    return this.#writeFirst;
  }

  /** A result has been handled. */
  count(): void {
    this.#results++;
  }

  /** A call has answered at once. @param tookMs for how long it held the thread */
  answered(tookMs: number): void {
    this.#writeFirst ||= tookMs >= LONG_CALL_MS;
  }

  /**
   * The result of an attempt has come that was waited for: writes and fills at the end of the turn, or now when the turn takes long. The place of what was begun
   * in this very turn is filled at its end, or a module that computes, and waits for nothing, would let no turn end.
   */
  came(begunInTurn: number): void {
    this.#writeFirst = true;
    const isLong =
      this.#isPlanned &&
      begunInTurn < this.#number &&
      this.#clock.monotonic() - this.#waitingSinceMs >= LONG_TURN_MS;
    if (!isLong || !this.#events.isRoom()) {
      this.plan();
      return;
    }
    this.#writeAndFill();
    this.#waitingSinceMs = this.#clock.monotonic();
  }

  /** At the end of the present turn: writes what has come, and goes on. */
  plan(): void {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    this.#number++;
    this.#waitingSinceMs = this.#clock.monotonic();
    this.#nextTurn(() => {
      this.#isPlanned = false;
      this.#results = 0;
      this.#writeAndFill();
      this.#events.over();
    });
  }

  #writeAndFill(): void {
    this.#writeFirst = !this.#events.write();
    this.#events.fill();
  }
}
