// Decides whether workers that end before any answer are broken, or whether their items end them. After several such ends a trial worker is started
// without an item. If it also ends within the lifetime of the others, the workers are broken and the run gives up. If it stays alive, the items are
// to blame, but at most a few of them.

/** Number of ends before any answer that trigger a trial. */
const ENDS_MAX = 3;
/** Maximum number of items to blame before any answer; beyond it, the worker is broken. */
const BLAMED_MAX = 2;
/** A trial lasts this many times the longest lifetime seen. */
const TRIAL_TIMES = 1.5;
const TRIAL_MS_MIN = 500;

/** What to do after a worker has ended: judge its items as usual; retry them without a judgement; start a trial; give up. */
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

  /** The trial worker is still alive, so workers can be started. */
  cleared(): void {
    this.#isCleared = true;
  }

  /** How long the trial worker must stay alive. */
  get trialMs(): number {
    return this.#longestMs * TRIAL_TIMES + TRIAL_MS_MIN;
  }

  /** A worker has ended by itself. @param status its exit status @param livedMs its lifetime @param isTrial whether it is the trial worker */
  ended(status: number | null, livedMs: number, isTrial: boolean): AfterEnd {
    if (this.#answered) return "judge-items";
    if (status === 126 || status === 127 || isTrial) return "give-up";
    if (this.#isCleared) return "judge-items";
    this.#longestMs = Math.max(this.#longestMs, livedMs);
    this.#ends++;
    return this.#ends === ENDS_MAX ? "trial" : "retry";
  }

  /** Counts an item that is about to be blamed for ending its worker. @returns false when there are too many before any answer */
  mayBlame(): boolean {
    if (this.#answered) return true;
    this.#blamed++;
    return this.#blamed <= BLAMED_MAX;
  }
}
