// Workers that end before any has answered: are they broken, or did their item end them? A trial tells: one is started without an item, and
// given as long as those lived. If it ends, too, all is over; if it stays, the items are to blame, a few of them at most.

/** Ends before any answer that call for a trial. */
const ENDS_MAX = 3;
/** Items that may be to blame, before any answer; more, and it is the worker after all. */
const BLAMED_MAX = 2;
/** A trial takes so much longer than the longest life seen. */
const TRIAL_TIMES = 1.5;
const TRIAL_MS_MIN = 500;

/** What to do after an end: judge the items as always; try them again, undecided; make a trial; give up. */
export type AfterEnd = "judge-items" | "retry" | "trial" | "give-up";

export class WorkerHealth {
  #answered = false;
  #isCleared = false;
  #ends = 0;
  #blamed = 0;
  #longestMs = 0;

  answered(): void {
    this.#answered = true;
  }

  /** A trial is still alive: workers can be started. */
  cleared(): void {
    this.#isCleared = true;
  }

  /** How long a trial has to live. */
  get trialMs(): number {
    return this.#longestMs * TRIAL_TIMES + TRIAL_MS_MIN;
  }

  /** A worker has ended by itself. @param status its exit status @param livedMs how long it ran @param isTrial it had no item */
  ended(status: number | null, livedMs: number, isTrial: boolean): AfterEnd {
    if (this.#answered) return "judge-items";
    if (status === 126 || status === 127 || isTrial) return "give-up";
    if (this.#isCleared) return "judge-items";
    this.#longestMs = Math.max(this.#longestMs, livedMs);
    this.#ends++;
    return this.#ends === ENDS_MAX ? "trial" : "retry";
  }

  /** An item is about to be set aside for having ended its worker. @returns false when there have been too many without any answer */
  mayBlame(): boolean {
    if (this.#answered) return true;
    this.#blamed++;
    return this.#blamed <= BLAMED_MAX;
  }
}
