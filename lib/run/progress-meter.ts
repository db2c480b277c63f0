// Makes the progress of a run from counts and times: rates over the last 30 s, the ETA, and what attempts wait for.
import type { Session } from "../checkpoint/locked-checkpoint.ts";
import type { Plan } from "../core/plan.ts";
import type { Clock } from "../io/clock.ts";
import type { EndpointPace, Pace, PaceOutage } from "../processors/pace/pace.ts";
import type { EndpointNow, OutageNow, Progress, WaitReason } from "./progress.ts";
import { RateMeter } from "./rate.ts";

export type MeterParts = {
  readonly session: Session;
  readonly plan: Plan;
  readonly pace: Pace | null;
  readonly clock: Clock;
};

/** The current facts that only the run loop knows. */
export type Moment = {
  /** Attempts in flight, if there is no pace. */
  readonly inFlight: number;
  /** Number of attempts at once, if there is no pace. */
  readonly jobs: number;
  /** Whether somebody has paused the run. */
  readonly isPaused: boolean;
  /** Whether writing is blocked. */
  readonly isHeld: boolean;
  /** Whether attempts wait because those in flight may use up the budget. */
  readonly isOverBudget: boolean;
};

/** The mean cost of fewer results says little. */
const PROJECTED_FROM = 20;

export class ProgressMeter {
  readonly #parts: MeterParts;
  readonly #toDo: number;
  readonly #pending: number;
  readonly #startMs: number;
  /** The wall-clock time at `monotonic` 0, so that a past moment always has the same time. */
  readonly #epochMs: number;
  readonly #rate = new RateMeter();
  readonly #tokenRate = new RateMeter();

  /** Starts the run. @param toDo number of units that it will attempt @param pending of all that need an attempt */
  constructor(parts: MeterParts, toDo: number, pending: number) {
    this.#parts = parts;
    this.#pending = pending;
    this.#toDo = toDo;
    this.#startMs = parts.clock.monotonic();
    this.#epochMs = parts.clock.now() - this.#startMs;
  }

  /** Milliseconds since the start of the run. */
  get elapsedMs(): number {
    return this.#parts.clock.monotonic() - this.#startMs;
  }

  at(moment: Moment): Progress {
    const { session, plan, pace, clock } = this.#parts;
    const { run, committed, usage } = session;
    const { input_tokens: input, output_tokens: output, cost } = run.usage;
    const { total, done, failed } = plan.counts(true);
    const nowMs = clock.monotonic();
    this.#rate.sample(nowMs, run.attempted);
    this.#tokenRate.sample(nowMs, input + output);
    const left = Math.max(0, this.#toDo - run.attempted);
    const ratePerS = this.#rate.perSecond();
    const tokensPerS = this.#tokenRate.perSecond();
    const outage = pace?.outage ?? null;
    const endpoints = pace?.endpoints.map(endpointNow) ?? [];
    return {
      total,
      completed: done,
      failed,
      left,
      done: run.attempted,
      inFlight: pace?.active ?? moment.inFlight,
      saved: committed.results_saved,
      elapsedMs: nowMs - this.#startMs,
      ratePerS,
      // Unknown while the endpoint is down, or the run is paused.
      etaMs: ratePerS === null || outage !== null || moment.isPaused ? null : (left * 1000) / ratePerS,
      concurrency: pace?.limit ?? moment.jobs,
      waiting: waitReason(moment, pace),
      ...(outage === null ? null : { outage: this.#outageNow(outage, nowMs) }),
      ...(endpoints.length === 0 ? null : { endpoints }),
      ...(tokensPerS === null ? {} : { tokensPerS }),
      ...(cost > 0 ? { cost: usage.cost, ...this.#projected(usage.cost, cost, run.attempted) } : {}),
    };
  }

  /** @param spent by the session @param cost of this run @param results of this run */
  #projected(spent: number, cost: number, results: number): Pick<Progress, "projectedCost"> {
    if (results < PROJECTED_FROM) return {};
    const left = Math.max(0, this.#pending - results);
    return { projectedCost: spent + (left * cost) / results };
  }

  #outageNow({ error, sinceMs, maxMs }: PaceOutage, nowMs: number): OutageNow {
    return { error, sinceMs: this.#epochMs + sinceMs, waitedMs: nowMs - sinceMs, maxMs };
  }
}

function endpointNow({ name, active, limit, isOut, error }: EndpointPace): EndpointNow {
  const state = isOut ? "out" : error === null ? "up" : "down";
  return { name, inFlight: active, concurrency: limit, state, error };
}

function waitReason({ isHeld, isPaused, isOverBudget }: Moment, pace: Pace | null): WaitReason | null {
  if (isHeld) return "disk full";
  if (isPaused) return "paused";
  if (isOverBudget) return "budget";
  if (pace === null) return null;
  return pace.outage === null ? pace.reason : "outage";
}
