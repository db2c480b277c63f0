// Processes the items of a session: begins it, runs the loop with signal handling, and ends it.
import type { LockedCheckpoint, Session } from "../../checkpoint/locked-checkpoint.ts";
import { requestUrl } from "../../processors/endpoint/base-url.ts";
import { causeText } from "../../core/errors.ts";
import type { SessionIdentity } from "../../core/status.ts";
import { LiveTally } from "../../run/live-tally.ts";
import { type RunEvents, RunLoop, type RunResult } from "../../run/run-loop.ts";
import { safeText } from "../../ui/escape.ts";
import { formatCost, formatNumber } from "../../ui/format.ts";
import { troubleText } from "../../ui/trouble.ts";
import { readableItem, renderFirstCommand } from "../../ui/render-plan.ts";
import type { CommandEnd } from "../../cli/context.ts";
import { type Live, openLive } from "../live/open-live.ts";
import type { JobState, RunSetup } from "../run-setup.ts";
import { attemptsAtOnce, itemsTogether } from "../run-settings.ts";
import { planLines } from "../plan/plan-lines.ts";
import { budgetPart } from "../shards/shard-run.ts";
import { beginSession, type SessionOptions } from "./begin-session.ts";
import { type Ended, endSession, errorSummaryOf, lastCommit } from "./end-session.ts";
import { importResults, takeOverShards } from "./taken-results.ts";

/** One ^C can arrive twice: from the terminal, and from a parent such as `bun run`. Signals within this time count as one. */
const SAME_SIGNAL_MS = 300;

/** Runs the pending items and ends the session. The processor must be open. */
export async function processItems(
  setup: RunSetup,
  checkpoint: LockedCheckpoint,
  found: JobState,
  options: SessionOptions,
  identity: SessionIdentity,
): Promise<CommandEnd> {
  const session = beginSession(setup, checkpoint, found, options, identity);
  try {
    await session.begin();
    return await runToEnd(setup, checkpoint, session, found, options);
  } finally {
    session.close();
  }
}

/** If the loop or the end fails, recorded results are committed before the error is reported. */
async function runToEnd(
  setup: RunSetup,
  checkpoint: LockedCheckpoint,
  session: Session,
  found: JobState,
  options: SessionOptions,
): Promise<CommandEnd> {
  let live: Live | null = null;
  let ended: Ended | null = null;
  const startMs = setup.context.host.clock.monotonic();
  try {
    await takeOverShards(setup, session, options, found.work.plan);
    const imported = await importResults(setup, session, options.imports, found.work.plan);
    const counts = found.work.plan.counts(options.retryFailed);
    for (const line of planLines(found.work, counts, setup)) setup.reporter.note(line);
    const [loop, tally] = makeLoop(setup, session, found, options, found.work.imported + imported);
    live = openLive({ setup, session, loop, tally, work: found.work }, checkpoint);
    const result = await runLoop(setup, loop);
    ended = await endSession(setup, checkpoint, session, found, options, result);
    return ended.end;
  } catch (error) {
    await lastCommit(session);
    const elapsedMs = setup.context.host.clock.monotonic() - startMs;
    const counts = found.work.plan.counts(options.retryFailed);
    setup.ended(await errorSummaryOf(setup, session, counts, elapsedMs, error));
    throw error;
  } finally {
    await live?.close(ended?.summary ?? null);
  }
}

/** What the person is told while the loop runs. */
function runEvents({ context, settings, processor, reporter }: RunSetup, tally: LiveTally): RunEvents {
  const { catalogue } = context;
  return {
    progress: (progress) => reporter.update(progress),
    result: (result, unit) => tally.add(result, unit),
    budgetWarning: (budget, spent, allowed) => {
      const shown = budget === "cost" ? formatCost : formatNumber;
      reporter.note(catalogue.run.budgetWarning(budget, shown(spent), shown(allowed)));
    },
    versionChanged: ({ what, before, now }) => {
      const shown = [safeText(before), safeText(now)] as const;
      reporter.warn(catalogue.endpoint.changed[what](...shown, catalogue.call));
    },
    nobodyAnswers: ({ error, maxMs }) => {
      if (settings.processor.kind !== "endpoint") return;
      const { servers, api } = settings.processor;
      const url = safeText(servers.map(({ baseUrl }) => requestUrl(baseUrl, api.path)).join(", "));
      const reason = troubleText(error, catalogue);
      reporter.note(catalogue.endpoint.nobodyAnswers(url, reason, catalogue.common.duration(maxMs)));
    },
    remark: (remark) => reporter.note(catalogue.endpoint.remarks[remark]),
    first: (item) => reporter.note(renderFirstCommand(processor.preview(readableItem(item)), catalogue)),
  };
}

/** @param imported successes of the session that other tools have made */
function makeLoop(
  setup: RunSetup,
  session: Session,
  found: JobState,
  options: SessionOptions,
  imported: number,
): readonly [RunLoop, LiveTally] {
  const { context, settings, processor, pace } = setup;
  const { host } = context;
  const tally = new LiveTally(host.clock.now());
  const { id, nonce } = session.committed.session;
  const loop = new RunLoop(
    {
      input: found.ready.input,
      plan: found.work.plan,
      processor,
      pace,
      session,
      identity: { id, nonce },
      clock: host.clock,
      nextTurn: (action) => host.nextTurn(action),
    },
    {
      ...settings,
      budget: budgetPart(settings, found.work),
      jobs: attemptsAtOnce(settings) ?? 1,
      itemsTogether: itemsTogether(settings),
      batchSize: session.committed.batch_size,
      retryFailed: options.retryFailed,
      imported,
    },
    runEvents(setup, tally),
  );
  return [loop, tally];
}

/** Runs the loop with signal handling. @throws errors that prevent saving, and bugs */
async function runLoop({ context, settings, reporter }: RunSetup, loop: RunLoop): Promise<RunResult> {
  const { host, catalogue } = context;
  let firstSignalMs: number | null = null;
  const stopSignals = host.onSignal((signal) => {
    const nowMs = host.clock.monotonic();
    if (firstSignalMs === null) {
      firstSignalMs = nowMs;
      reporter.note(
        catalogue.run.stopping(signal, loop.inFlight, catalogue.common.duration(settings.graceMs)),
      );
      loop.stop({ kind: "signal", signal });
    } else if (nowMs - firstSignalMs > SAME_SIGNAL_MS) {
      loop.kill();
    }
  });
  const stopStray = host.onStray((error) => {
    loop.stop({ kind: "outside", item: null, error: causeText(error), errorKind: "stray_exception" });
  });
  try {
    return await loop.run();
  } finally {
    stopStray();
    stopSignals();
  }
}
