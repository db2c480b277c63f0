// Attempts at units of work: starts the attempt at a unit from the queue, and handles its outcome. The plan holds the states of units
// (core/unit-state.ts). During an attempt a unit keeps its state; this is what the outcomes lead to:
//
//   attempted ──► ok, failed   a result: its record is added to the log, and the plan is told (`Session.add`)
//             ├─► outside      the cause is not the item (command not found, endpoint down): the run stops; the unit stays pending
//             ├─► in doubt     outside, but the item may be the cause after all: set aside until other units show which (doubts.ts)
//             └─► aborted      the unit stays pending
import type { Session } from "../checkpoint/locked-checkpoint.ts";
import { type Item, itemLabel } from "../core/item.ts";
import type { Plan } from "../core/plan.ts";
import type { ItemError, RecordKey, Result, Retry } from "../core/record.ts";
import { STATE } from "../core/unit-state.ts";
import type { Clock } from "../io/clock.ts";
import type { AttemptContext, Outcome, Processor } from "../processors/processor.ts";
import { Doubts } from "./doubts.ts";
import type { Unit } from "./item-queue.ts";
import type { StopReason } from "./progress.ts";
import type { ResultTurns } from "./result-turns.ts";
import type { StopSwitch } from "./stop-switch.ts";

export type AttemptParts = {
  readonly plan: Plan;
  readonly session: Session;
  readonly processor: Processor;
  readonly clock: Clock;
  readonly turns: ResultTurns;
  readonly stop: StopSwitch;
  /** The context of the first attempt of every item. */
  readonly context: AttemptContext;
};

export type AttemptEvents = {
  /** The first item is about to be attempted. */
  first(item: Item): void;
  /**
   * A result has been added to the log.
   * @param isFirst the unit had no result before in this session @param label name of the item; empty for a success
   */
  kept(result: Result, isFirst: boolean, label: string, unit: Unit): void;
};

/** An outcome that becomes a record. */
type Kept = Outcome & { readonly status: "ok" | "failed" };

export class Attempts {
  readonly #parts: AttemptParts;
  readonly #events: AttemptEvents;
  readonly #doubts: Doubts = new Doubts();
  #begun = 0;
  #inFlight = 0;
  #firstShown = false;

  constructor(parts: AttemptParts, events: AttemptEvents) {
    this.#parts = parts;
    this.#events = events;
  }

  /** Number of units that have been started in this run. */
  get begun(): number {
    return this.#begun;
  }

  /** Number of those without an outcome yet. Attempts that wait at the gate of the pace count, too. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Whether another unit may be started. While units are in doubt, only a few others are tried. */
  get mayAsk(): boolean {
    return this.#doubts.mayAsk(this.#inFlight);
  }

  /** The reason to stop if no other unit can show that the item in doubt was the cause; null while no unit is in doubt. */
  get doubt(): StopReason | null {
    const doubt = this.#doubts.first;
    return doubt === null ? null : outsideReason(doubt.unit.item, doubt.outcome.error);
  }

  /** Starts an attempt at a unit. An item with a defect fails without an attempt. */
  begin(unit: Unit): void {
    const { processor, clock, turns, stop } = this.#parts;
    const { item } = unit;
    const startedAtMs = clock.now();
    const startMs = clock.monotonic();
    this.#begun++;
    if (item.defect !== undefined) {
      const error = { kind: "input", message: item.defect };
      this.#settle(unit, { status: "failed", error, retryable: false, attempts: 0 }, startedAtMs, startMs);
      return;
    }
    if (!this.#firstShown) {
      this.#firstShown = true;
      this.#events.first(item);
    }
    let outcome: Outcome | Promise<Outcome>;
    try {
      outcome = processor.process(item, this.#contextOf(unit));
    } catch (error) {
      stop.fail(error);
      return;
    }
    if (!(outcome instanceof Promise)) {
      this.#settle(unit, outcome, startedAtMs, startMs);
      turns.answered(clock.monotonic() - startMs);
      return;
    }
    this.#inFlight++;
    const turn = turns.number; // `came` needs to know in which turn the attempt began
    void outcome.then(
      (settled) => {
        this.#inFlight--;
        this.#settle(unit, settled, startedAtMs, startMs);
        turns.came(turn);
      },
      (error: unknown) => {
        this.#inFlight--;
        stop.fail(error);
      },
    );
  }

  /** The run is over. Units that are still in doubt stay pending, so only their usage is counted. */
  close(): void {
    for (const { outcome } of this.#doubts.all) this.#parts.session.spend(outcome.usage);
  }

  /** The context of the unit's attempt; without `repeat` when one answer per item is wanted. */
  #contextOf({ repeat }: Unit): AttemptContext {
    const { plan, context } = this.#parts;
    return plan.repeats === 1 ? context : { ...context, repeat };
  }

  /**
   * Handles an outcome, and those of units in doubt that it has decided. `spend` counts the usage of outcomes without a record. After a failure of the run
   * outcomes are ignored.
   */
  #settle(unit: Unit, outcome: Outcome, startedAtMs: number, startMs: number): void {
    const { session, turns, stop } = this.#parts;
    if (stop.failure !== null) return;
    turns.count();
    switch (outcome.status) {
      case "aborted":
        session.spend(outcome.usage);
        break;
      case "outside":
        if (outcome.reconsider === undefined) {
          session.spend(outcome.usage);
          stop.stop(outsideReason(unit.item, outcome.error));
        } else {
          this.#doubts.add({ unit, outcome, startedAtMs, startMs });
        }
        break;
      case "ok":
      case "failed":
        this.#keep(unit, outcome, startedAtMs, startMs);
    }
    if (this.#doubts.first === null) return;
    for (const { doubt, outcome: now } of this.#doubts.settled())
      this.#settle(doubt.unit, now, doubt.startedAtMs, doubt.startMs);
  }

  /** Adds the result to the log. */
  #keep(unit: Unit, outcome: Kept, startedAtMs: number, startMs: number): void {
    const { plan, session, clock, stop } = this.#parts;
    const { item, number } = unit;
    const result = resultOf(outcome, startedAtMs, clock.monotonic() - startMs);
    const isFirst = plan.state(number) === STATE.fresh;
    try {
      session.add(keyOf(unit, plan.occurrence(number)), result);
    } catch (error) {
      stop.fail(error);
      return;
    }
    this.#events.kept(result, isFirst, result.status === "ok" ? "" : itemLabel(item.id, item.index), unit);
  }
}

function keyOf({ item, repeat }: Unit, occurrence: number): RecordKey {
  const { index, line, id, idIsJson, hash } = item;
  return { index, line, id, idIsJson, hash, occurrence, repeat };
}

function outsideReason(item: Item, { kind, message }: ItemError): StopReason {
  return { kind: "outside", item: itemLabel(item.id, item.index), error: message, errorKind: kind };
}

const NO_RETRIES: readonly Retry[] = [];

/** What a processor tells of an attempt, as far as it does; null: nothing. */
function toldBy({
  usage,
  requestId,
  answeredBy,
  endpoint,
}: Kept): Pick<Result, "usage" | "requestId" | "answeredBy" | "endpoint"> | null {
  const isSilent = usage === undefined && requestId === undefined && answeredBy === undefined;
  if (isSilent && endpoint === undefined) return null;
  return {
    ...(usage === undefined ? null : { usage }),
    ...(requestId === undefined ? null : { requestId }),
    ...(answeredBy === undefined ? null : { answeredBy }),
    ...(endpoint === undefined ? null : { endpoint }),
  };
}

/** The result for an outcome. The most frequent form, with nothing but an output, is built without object spread. */
function resultOf(outcome: Kept, startedAtMs: number, durationMs: number): Result {
  const { attempts = 1, retries = NO_RETRIES } = outcome;
  const told = toldBy(outcome);
  if (outcome.status === "failed")
    return { status: "failed", error: outcome.error, attempts, retries, startedAtMs, durationMs, ...told };
  const { outputJson, marks, ttftMs, stderr } = outcome;
  const result = { status: "ok" as const, outputJson, attempts, retries, startedAtMs, durationMs };
  if (told === null && marks === undefined && ttftMs === undefined && stderr === undefined) return result;
  return {
    ...result,
    ...told,
    ...(marks === undefined ? null : { marks }),
    ...(ttftMs === undefined ? null : { ttftMs }),
    ...(stderr === undefined ? null : { stderr }),
  };
}
