// Items with an outside cause that other items may refute: a 403 before the first success. They are set aside, and a few other items are tried first,
// so that runs do not stop at the same item again and again.
import type { Outcome } from "../processors/processor.ts";
import type { Unit } from "./item-queue.ts";

/** Number of items tried, one after the other, before the outside cause is accepted. Attempts in flight are waited for, too. */
const ASKED_MAX = 3;

type Outside = Outcome & { readonly status: "outside" };

export type Doubt = {
  readonly unit: Unit;
  readonly outcome: Outside;
  readonly startedAtMs: number;
  readonly startMs: number;
};

export class Doubts {
  #doubts: readonly Doubt[] = [];

  get all(): readonly Doubt[] {
    return this.#doubts;
  }

  /** The first one; null without any. */
  get first(): Doubt | null {
    return this.#doubts[0] ?? null;
  }

  add(doubt: Doubt): void {
    this.#doubts = [...this.#doubts, doubt];
  }

  /** Whether another item may be tried. */
  mayAsk(inFlight: number): boolean {
    return this.#doubts.length === 0 || this.#doubts.length + inFlight < ASKED_MAX;
  }

  /** Removes and returns those whose cause is now known to be the item, with their outcomes. */
  settled(): { readonly doubt: Doubt; readonly outcome: Outcome }[] {
    const now = this.#doubts.map((doubt) => ({
      doubt,
      outcome: doubt.outcome.reconsider?.() ?? doubt.outcome,
    }));
    this.#doubts = now.filter(({ outcome }) => outcome.status === "outside").map(({ doubt }) => doubt);
    return now.filter(({ outcome }) => outcome.status !== "outside");
  }
}
