// The states of a unit of work, and the rules by which one follows another. Nothing else decides what a record makes of its unit. Plan (plan.ts) holds the
// state of each unit and counts them; what happens to a unit during a run is lib/run/attempts.ts. A unit that is attempted just now keeps the state it had:
// if the run is killed, nothing has happened to it.
import type { ItemError } from "./record.ts";

export const STATE = {
  /** Never attempted, or without a record. */
  fresh: 0,
  /** Its id has a record of other content. */
  changed: 1,
  /** It failed in an earlier run. */
  failed: 2,
  /** It is no item (kind `input`): failed, and never tried again. */
  rejected: 3,
  done: 4,
  /** It failed in this run, which does not try it again. */
  failedNow: 5,
  /** It failed, and is run again (`--rerun`). */
  again: 6,
  /** The same, of a unit with a good result, which it keeps if it fails. */
  againDone: 7,
} as const;

export type State = (typeof STATE)[keyof typeof STATE];

/** Whether the unit's record says that it failed. */
export function isFailure(state: State): boolean {
  return state === STATE.failed || state === STATE.rejected || state === STATE.failedNow;
}

/** Whether the unit has no record of the item's present content. */
export function lacksRecord(state: State): boolean {
  return state === STATE.fresh || state === STATE.changed;
}

/** Whether the unit waits to be attempted, whatever becomes of failures. */
export function isPending(state: State): boolean {
  return lacksRecord(state) || state === STATE.again || state === STATE.againDone;
}

/** Whether the unit has a good result, which a failure does not replace. */
export function hasGoodResult(state: State): boolean {
  return state === STATE.done || state === STATE.againDone;
}

/** Whether a record becomes a unit's own. A failure does not replace a success: a unit that was run again and failed still has its good result. */
export function replaces(before: State, error: ItemError | null): boolean {
  return error === null || !hasGoodResult(before);
}

/** What a record of an earlier run makes of its unit. @param error null for a success */
export function recordedState(error: ItemError | null): State {
  if (error === null) return STATE.done;
  return error.kind === "input" ? STATE.rejected : STATE.failed;
}

/** What a result of this run makes of its unit. @param error null for a success */
export function settledState(error: ItemError | null): State {
  const state = recordedState(error);
  return state === STATE.failed ? STATE.failedNow : state;
}
