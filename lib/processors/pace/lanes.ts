// The ways by which attempts reach the other side: one lane an endpoint, each with its own gate. With several, attempts wait in one queue and go where there is
// room. A lane that is down is asked by single attempts only, and its work goes by the others; one that can serve nobody (its key is refused) is taken out.
import type { Clock } from "../../io/clock.ts";
import type { ItemError } from "../../core/record.ts";
import type { Processor } from "../processor.ts";
import {
  type Admitted,
  type AttemptFacts,
  CHECK_MS_MAX,
  type Gate,
  type GateReason,
  type WantedRoom,
} from "./gate.ts";

/** A limit that one of several endpoints may have of its own. */
export type OwnLimit = "concurrency" | "rpm" | "tpm";

export type Lane = {
  /** The endpoint, where there are several. */
  readonly name: string | null;
  readonly processor: Processor;
  readonly gate: Gate;
  /** Limits that were given for it alone. */
  readonly own: readonly OwnLimit[];
  /** The error of the last attempt that showed trouble. */
  lastTrouble: ItemError | null;
  /** Whether anybody has answered. */
  wasAnswered: boolean;
  /** Why it can serve nobody; null while it may. */
  outBy: ItemError | null;
};

export type Passed = { readonly lane: Lane; readonly admitted: Admitted };

type Waiter = {
  readonly wanted: WantedRoom;
  readonly applicant: AttemptFacts;
  readonly stopping: AbortSignal;
  readonly resolve: (passed: Passed) => void;
};

export class Lanes {
  readonly all: readonly [Lane, ...Lane[]];
  readonly #clock: Clock;
  readonly #queue: Waiter[] = [];
  readonly #watched = new WeakSet<AbortSignal>();
  #cancelTimer: (() => void) | null = null;
  /** Every waiting attempt is held back by this. */
  #reason: GateReason | null = null;

  constructor(all: readonly [Lane, ...Lane[]], clock: Clock) {
    this.all = all;
    this.#clock = clock;
  }

  get areSeveral(): boolean {
    return this.all.length > 1;
  }

  /** Those that may serve somebody. */
  get open(): readonly Lane[] {
    return this.all.filter(({ outBy }) => outBy === null);
  }

  /** Whether no other lane could do the work of this one now. */
  isAlone(lane: Lane): boolean {
    return this.open.every((other) => other === lane || other.gate.downSinceMs !== null);
  }

  get reason(): GateReason | null {
    if (!this.areSeveral) return this.all[0].gate.reason;
    return this.#queue.length > 0 ? this.#reason : null;
  }

  /** Waits for the permission for an attempt, by any lane. */
  admit(wanted: WantedRoom, applicant: AttemptFacts, stopping: AbortSignal): Promise<Passed> {
    const [first] = this.all;
    if (!this.areSeveral) return passing(first, wanted, applicant, stopping);
    return new Promise((resolve) => {
      if (stopping.aborted) {
        resolve({ lane: first, admitted: "stopped" });
        return;
      }
      this.#watch(stopping);
      this.#queue.push({ wanted, applicant, stopping, resolve });
      this.#pump();
    });
  }

  /** An attempt is over: there may be room. */
  freed(): void {
    if (this.areSeveral) this.#pump();
  }

  #pump(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    for (let waiter = this.#queue[0]; waiter !== undefined; waiter = this.#queue[0]) {
      const lanes = this.open.filter(({ gate }) => gate.over === null);
      const { lane, waitMs } = soonest(lanes.length > 0 ? lanes : this.open, waiter.wanted);
      if (waitMs > 0 && lanes.length > 0) {
        this.#reason = lanes.every(({ gate }) => gate.heldBy !== null) ? lane.gate.heldBy : null;
        if (Number.isFinite(waitMs))
          this.#cancelTimer = this.#clock.after(Math.min(CHECK_MS_MAX, Math.ceil(waitMs)), () =>
            this.#pump(),
          );
        return;
      }
      this.#letIn(lane, waiter);
    }
  }

  /** By a lane that is down, an item goes first that has not failed yet. */
  #letIn(lane: Lane, next: Waiter): void {
    const fresh = this.#queue.find(({ applicant }) => applicant.isFirst);
    const waiter = lane.gate.downSinceMs === null ? next : (fresh ?? next);
    this.#queue.splice(this.#queue.indexOf(waiter), 1);
    const { wanted, applicant, stopping, resolve } = waiter;
    void passing(lane, wanted, applicant, stopping).then(resolve);
  }

  /** Ends the waiting attempts of a signal when it is aborted. */
  #watch(stopping: AbortSignal): void {
    if (this.#watched.has(stopping)) return;
    this.#watched.add(stopping);
    const end = (): void => {
      for (const waiter of this.#queue.filter((one) => one.stopping === stopping)) {
        this.#queue.splice(this.#queue.indexOf(waiter), 1);
        waiter.resolve({ lane: this.all[0], admitted: "stopped" });
      }
    };
    stopping.addEventListener("abort", end, { once: true });
  }
}

async function passing(
  lane: Lane,
  wanted: WantedRoom,
  applicant: AttemptFacts,
  stopping: AbortSignal,
): Promise<Passed> {
  return { lane, admitted: await lane.gate.admit(wanted, applicant, stopping) };
}

/** The lane by which an attempt may go first; of several that have room: one that is to be asked whether it is up again, else the one with the most room left. */
function soonest(
  lanes: readonly Lane[],
  wanted: WantedRoom,
): { readonly lane: Lane; readonly waitMs: number } {
  const waits = lanes.map((lane) => ({ lane, waitMs: lane.gate.roomInMs(wanted), load: load(lane) }));
  return waits.reduce((best, one) =>
    one.waitMs < best.waitMs || (one.waitMs === best.waitMs && one.load < best.load) ? one : best,
  );
}

/** Part of its room that is taken; less than 0 for one that is down. */
function load({ gate }: Lane): number {
  return gate.downSinceMs === null ? gate.active / gate.limit : -1;
}
