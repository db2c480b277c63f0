// A running job as the live channel shows and changes it. A change is judged as a whole before any part of it is applied. It is reported in the run's own output, and
// recorded before it is confirmed. Rates and budgets are those of the whole job, as on the command line: a shard gets its part of them.
import type { Session } from "../../checkpoint/locked-checkpoint.ts";
import type { Budget } from "../../run/budget.ts";
import type { LiveTally } from "../../run/live-tally.ts";
import type { RunLoop } from "../../run/run-loop.ts";
import type { FailureLimit } from "../../run/stop-rules.ts";
import type { LiveJob } from "../../view/channel/channel.ts";
import type {
  ChangeAnswer,
  Changes,
  LiveSettings,
  LiveState,
  LiveStatus,
  Refusal,
  SettingName,
} from "../../view/channel/contract.ts";
import { concurrencyOf } from "../make-processor.ts";
import { wantedJobs } from "../endpoint/connections.ts";
import { type ChangedOptions, lastingOf, withOptions } from "../recorded-words.ts";
import { attemptsAtOnce, parseFailureLimit, type RunSettings } from "../run-settings.ts";
import type { RunSetup } from "../run-setup.ts";
import type { Work } from "../plan/join-records.ts";
import { budgetPart } from "../shards/shard-run.ts";
import { liveStatus } from "./live-status.ts";
import { optionName, optionValue, shownChanges } from "./set-options.ts";

export type RunningJobParts = {
  readonly setup: RunSetup;
  readonly session: Session;
  readonly loop: RunLoop;
  readonly tally: LiveTally;
  readonly work: Work;
};

export class RunningJob implements LiveJob {
  readonly #parts: RunningJobParts;
  /** Those of the command line, with all changes since. */
  #settings: RunSettings;

  constructor(parts: RunningJobParts) {
    this.#parts = parts;
    this.#settings = parts.setup.settings;
  }

  status(): LiveStatus {
    return liveStatus(this.#parts, {
      state: this.#state,
      settings: this.#shown,
      budget: budgetPart(this.#settings, this.#parts.work),
    });
  }

  /** How many shards share the rates. */
  get #parallel(): number {
    return this.#settings.shard?.parallel ?? 1;
  }

  get #state(): LiveState {
    const { loop } = this.#parts;
    if (loop.isOver) return "ending";
    if (loop.stopReason !== null) return "stopping";
    return loop.isPaused ? "paused" : "running";
  }

  get #shown(): LiveSettings {
    const { jobs, rpm, tpm, budget, maxFailures, timeoutMs } = this.#settings;
    return {
      jobs,
      rpm: wholeOf(rpm, this.#parallel),
      tpm: wholeOf(tpm, this.#parallel),
      max_cost: budget.cost,
      max_tokens: budget.tokens,
      max_failures: maxFailures === null ? null : failureText(maxFailures),
      timeout_ms: timeoutMs,
    };
  }

  async change(changes: Changes): Promise<ChangeAnswer | Refusal> {
    const refusal = this.#refusal(changes);
    if (refusal !== null) return refusal;
    const { setup, session, loop } = this.#parts;
    const { reporter, context } = setup;
    const { live } = context.catalogue;
    const before = this.#shown;
    const options = shownChanges(changes, before, context.catalogue);
    if (options.length > 0) reporter.note(live.changed(options)); // above what follows from it, as the warning of a budget
    this.#apply(changes);
    const { words } = session;
    const changed = optionsOf(changes);
    for (const [name, value] of changed) setup.changed.set(name, value);
    const lasting = lastingOf(changed);
    const isRecorded = words !== undefined;
    if (lasting.size > 0 && isRecorded) session.setWords(withOptions(words, lasting));
    if (lasting.size > 0 && !isRecorded) reporter.note(live.notRecorded);
    this.#steer(changes);
    if (lasting.size > 0 && isRecorded) await loop.saveNow();
    return { state: this.#state, settings: this.#shown, recorded: isRecorded };
  }

  /** Why a change is impossible; null when all of it is possible. */
  #refusal(changes: Changes): Refusal | null {
    const { setup, loop } = this.#parts;
    const { pace, processor, connections } = setup;
    const { kind } = processor;
    const wanted = { ...this.#settings, jobs: changes.jobs ?? this.#settings.jobs };
    const isEnding = loop.isOver || loop.stopReason !== null;
    const isAuto = changes.jobs === "auto" && this.#settings.jobs !== "auto";
    for (const setting of Object.keys(changes) as (keyof Changes)[]) {
      if (setting === "stop") continue;
      if (isEnding) return { setting, reason: "stopping", kind };
      const needsPace = setting === "rpm" || setting === "tpm" || (setting === "jobs" && isAuto);
      if (needsPace && pace === null) return { setting, reason: "not-paced", kind };
      const own = setting === "jobs" ? "concurrency" : setting;
      if ((own === "concurrency" || own === "rpm" || own === "tpm") && pace?.isOwn(own) === true)
        return { setting: setting as SettingName, reason: "own", kind };
      if (setting === "jobs" && wantedJobs(wanted) > connections)
        return { setting, reason: "connections", kind, most: mostJobs(wanted, connections) };
      if (setting === "max_cost" && kind === "endpoint" && wanted.priceIn === null)
        return { setting, reason: "no-prices", kind };
    }
    return null;
  }

  #apply(changes: Changes): void {
    const { setup, loop } = this.#parts;
    const { pace, processor, attemptLimit } = setup;
    const { jobs } = changes;
    const [rpm, tpm] = [changes.rpm, changes.tpm].map((rate) =>
      rate === undefined ? undefined : rate / this.#parallel,
    );
    const timeoutMs = changes.timeout_ms === 0 ? null : changes.timeout_ms;
    const maxFailures =
      changes.max_failures === undefined ? undefined : parseFailureLimit(changes.max_failures);
    const budget = this.#budgetOf(changes);
    this.#settings = {
      ...this.#settings,
      ...(jobs === undefined ? null : { jobs }),
      ...(rpm === undefined ? null : { rpm }),
      ...(tpm === undefined ? null : { tpm }),
      ...(timeoutMs === undefined ? null : { timeoutMs }),
      ...(maxFailures === undefined ? null : { maxFailures }),
      ...(budget === undefined ? null : { budget }),
    };
    const atOnce = concurrencyOf(this.#settings);
    if (timeoutMs !== undefined) attemptLimit.timeoutMs = timeoutMs;
    if (jobs !== undefined) processor.resize?.(atOnce.max);
    pace?.change({
      ...(jobs === undefined ? null : { concurrency: atOnce }),
      ...(rpm === undefined ? null : { rpm }),
      ...(tpm === undefined ? null : { tpm }),
    });
    loop.change({
      ...(jobs === undefined ? null : { jobs: attemptsAtOnce(this.#settings) ?? 1 }),
      ...(timeoutMs === undefined ? null : { timeoutMs }),
      ...(maxFailures === undefined ? null : { maxFailures }),
      ...(budget === undefined ? null : { budget: budgetPart(this.#settings, this.#parts.work) }),
    });
  }

  #budgetOf({ max_cost: cost, max_tokens: tokens }: Changes): Budget | undefined {
    if (cost === undefined && tokens === undefined) return undefined;
    const { budget } = this.#settings;
    return { cost: cost ?? budget.cost, tokens: tokens ?? budget.tokens };
  }

  /** Pauses, resumes, stops. */
  #steer({ paused, stop }: Changes): void {
    const { setup, loop } = this.#parts;
    const { reporter, pace, settings, context } = setup;
    const { live, common } = context.catalogue;
    if (paused !== undefined && paused !== loop.isPaused) {
      pace?.change({ isPaused: paused });
      loop.change({ isPaused: paused });
      reporter.note(paused ? live.paused(loop.inFlight) : live.resumed);
    }
    if (stop !== true || loop.isOver || loop.stopReason !== null) return;
    reporter.note(live.stopping(loop.inFlight, common.duration(settings.graceMs)));
    loop.stop({ kind: "signal", signal: "SIGINT" });
  }
}

/** The rate of the whole job. Rounding removes what the division has left after the decimal point. */
function wholeOf(part: number | null, parallel: number): number | null {
  return part === null ? null : Number((part * parallel).toPrecision(12));
}

function failureText(limit: FailureLimit): string {
  return limit.kind === "count" ? String(limit.count) : `${limit.percent}%`;
}

/** The most requests that each endpoint can be sent at once. */
function mostJobs({ processor }: RunSettings, connections: number): number {
  const servers = processor.kind === "endpoint" ? processor.servers.length : 1;
  return Math.max(1, Math.floor(connections / servers));
}

/** The changes as options of `ckpt run`. */
function optionsOf(changes: Changes): ChangedOptions {
  const { paused: _paused, stop: _stop, ...settings } = changes;
  return new Map(
    (Object.entries(settings) as [SettingName, number | string][])
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [optionName(name), optionValue(name, value)]),
  );
}
