// Items whose attempt met a cause that lies outside of them, unless others tell otherwise: a 403 while nothing has succeeded yet. They are set aside, and a
// few others are asked first, so that no run stops at the same item again and again.
import type { Outcome } from "../processors/processor.ts";
import type { Unit } from "./item-queue.ts";

/** Items asked, one of them after the other, before the cause is taken for what it seems to be; what is in flight already is waited for, too. */
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

  /** Whether another item may be asked. */
  mayAsk(inFlight: number): boolean {
    return this.#doubts.length === 0 || this.#doubts.length + inFlight < ASKED_MAX;
  }

  /** Takes out those that are known to lie with their items by now, with what has become of them. */
  settled(): { readonly doubt: Doubt; readonly outcome: Outcome }[] {
    const now = this.#doubts.map((doubt) => ({
      doubt,
      outcome: doubt.outcome.reconsider?.() ?? doubt.outcome,
    }));
    this.#doubts = now.filter(({ outcome }) => outcome.status === "outside").map(({ doubt }) => doubt);
    return now.filter(({ outcome }) => outcome.status !== "outside");
  }
}
