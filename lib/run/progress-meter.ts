// From counts and times to what is told of a run: rates over the last half minute, and when it will be over.
import type { Session } from "../checkpoint/status/session.ts";
import type { Plan } from "../core/plan.ts";
import type { Progress } from "./progress.ts";
import { RateMeter } from "./rate.ts";

/** What the run itself knows of the present moment. */
export type Moment = Pick<Progress, "inFlight" | "concurrency" | "waiting" | "outage"> & {
  readonly nowMs: number;
};

export class ProgressMeter {
  readonly #session: Session;
  readonly #plan: Plan;
  readonly #toDo: number;
  readonly #startMs: number;
  readonly #rate = new RateMeter();
  readonly #tokenRate = new RateMeter();

  /** @param toDo items that this run will attempt @param startMs when it began, on the clock of `nowMs` */
  constructor(session: Session, plan: Plan, toDo: number, startMs: number) {
    this.#session = session;
    this.#plan = plan;
    this.#toDo = toDo;
    this.#startMs = startMs;
  }

  at({ nowMs, ...moment }: Moment): Progress {
    const { run, committed, usage } = this.#session;
    const { input_tokens: input, output_tokens: output, cost } = run.usage;
    const { total, done, failed } = this.#plan.counts(true);
    this.#rate.sample(nowMs, run.attempted);
    this.#tokenRate.sample(nowMs, input + output);
    const left = Math.max(0, this.#toDo - run.attempted);
    const ratePerS = this.#rate.perSecond();
    const tokensPerS = this.#tokenRate.perSecond();
    return {
      ...moment,
      total,
      completed: done,
      failed,
      left,
      done: run.attempted,
      saved: committed.results_saved,
      elapsedMs: nowMs - this.#startMs,
      ratePerS,
      // While the endpoint is down, nobody knows.
      etaMs: ratePerS === null || moment.outage !== undefined ? null : (left * 1000) / ratePerS,
      ...(tokensPerS === null ? {} : { tokensPerS }),
      ...(cost > 0 ? { cost: usage.cost } : {}),
    };
  }
}
