// Processes the items of a session: starts it, runs the loop with signal handling, and ends it (commit, output, and the move into a backup when it is
// complete).
import type { LockedCheckpoint, Session } from "../../checkpoint/locked-checkpoint.ts";
import { resultsOf } from "../../checkpoint/results.ts";
import { requestUrl } from "../../processors/endpoint/base-url.ts";
import { causeText, EXIT, type ExitCode } from "../../core/errors.ts";
import { percentOf } from "../../core/percent.ts";
import { type PlanCounts, pendingWithoutRetries } from "../../core/plan-counts.ts";
import type { Plan } from "../../core/plan.ts";
import {
  NO_USAGE,
  type OutputFacts,
  type RunEnd,
  scopeOf,
  type SessionIdentity,
  versionFor,
} from "../../core/status.ts";
import { ttftSummary } from "../../core/ttft.ts";
import { LiveTally } from "../../run/live-tally.ts";
import type { Summary } from "../../run/progress.ts";
import { type RunEvents, RunLoop, type RunResult } from "../../run/run-loop.ts";
import { saveWithPatience } from "../../run/saver.ts";
import { safeText } from "../../ui/escape.ts";
import { formatCost, formatNumber } from "../../ui/format.ts";
import { spentText } from "../../ui/spent.ts";
import { troubleText } from "../../ui/trouble.ts";
import { readableItem, renderFirstCommand } from "../../ui/render-plan.ts";
import { type CommandEnd, endBy } from "../../cli/context.ts";
import { type Live, openLive } from "../live/open-live.ts";
import { type ErrorSummary, errorSummary } from "../error-summary.ts";
import { prune } from "../prune.ts";
import { noteKept, rerunScope } from "../rerun-choice.ts";
import { addImports, countImports, type Imports, willImport } from "../imports/imports.ts";
import type { JobState, RunSetup } from "../run-setup.ts";
import { inputFacts } from "../input/recorded-input.ts";
import { attemptsAtOnce, BATCH_SIZE_DEFAULT, itemsTogether } from "../run-settings.ts";
import { writeOutput } from "../job-output.ts";
import type { OutputPermit } from "../output-permit.ts";
import { planLines } from "../plan-lines.ts";
import { shownProcessor } from "../make-processor.ts";
import { type TakenOver, takeOver } from "../reshard.ts";
import { budgetPart, isInVain, shardScope } from "../shard-run.ts";
import { exportCommand, mergeOfShards, resumeCommand, showSummary } from "../summary.ts";

export type SessionOptions = {
  /** Null for a shard, which writes no output. */
  readonly permit: OutputPermit | null;
  /** Results of other shards; null without `--reshard-from`. */
  readonly takenOver: TakenOver | null;
  /** Results of another tool; null without `--import`. */
  readonly imports: Imports | null;
  readonly retryFailed: boolean;
  /** When all items have been attempted, failed ones are accepted and the session is complete. */
  readonly acceptFailures: boolean;
};

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

/** How a run has ended, and what was said of it. */
type Ended = { readonly end: CommandEnd; readonly summary: Summary };

function beginSession(
  setup: RunSetup,
  checkpoint: LockedCheckpoint,
  found: JobState,
  { permit, imports, takenOver }: SessionOptions,
  identity: SessionIdentity,
): Session {
  const { context, settings, source, fingerprint, recordedWords } = setup;
  const { host } = context;
  const { recovered, work, ready } = found;
  if (ready.incoming) ready.input.moved(checkpoint.keepInput());
  const earlier = recovered === null ? null : { ...recovered.status, ...recovered.totals };
  const sameKeys = earlier === null || earlier.input.id_field === source.idField;
  const changes = (earlier?.input.changes ?? 0) + (work.sameInput && sameKeys ? 0 : 1);
  const repeated =
    work.sameInput && earlier !== null
      ? Math.max(earlier.input.repeated, work.plan.repeated)
      : work.plan.repeated;
  const input = inputFacts(source, ready.input, work.bytes, { count: work.count, repeated, changes }, host);
  const hasIdJson = source.idField !== null && (earlier === null || earlier.input.id_json === true);
  const { repeat: _repeat, selection: _selection, shard: _shard, ...before } = scopeOf(earlier ?? {});
  const repeat = work.repeats === 1 ? null : { repeat: work.repeats };
  const selection = work.selection === null ? null : { selection: work.selection };
  const shard = shardScope(work.shard, work.count);
  const scope = { ...repeat, ...selection, ...before, ...rerunScope(work, recovered), ...shard };
  const isImporting = willImport(imports, work.plan);
  const isTakingOver = takenOver !== null && takenOver.units.length > 0;
  const words = withoutSecret(isImporting || isTakingOver ? setup.passingWords : recordedWords, setup);
  const facts = {
    v: earlier?.v ?? (isImporting ? 2 : versionFor(scope)),
    ...scope,
    session: identity,
    input: hasIdJson ? { ...input, id_json: true as const } : input,
    processor: shownProcessor(settings),
    fingerprint: fingerprint.recorded,
    ...(words.length > 0 ? { words, cwd: host.cwd } : {}),
    batch_size: settings.batchSize ?? earlier?.batch_size ?? BATCH_SIZE_DEFAULT,
    output: permit?.intended ?? null,
    earlier,
    plan: work.plan,
  };
  return checkpoint.session(facts, recovered);
}

/** The words to record: none when one of them holds a key. The command that makes a key may do so. */
function withoutSecret(words: readonly string[], { processor }: RunSetup): readonly string[] {
  return words.some((word) => processor.redact !== undefined && processor.redact(word) !== word) ? [] : words;
}

/** All that comes from elsewhere is written: with the next commit, the next run has no need of it. */
function recordLastingWords(setup: RunSetup, session: Session): void {
  const words = withoutSecret(setup.recordedWords, setup);
  session.setWords(words.length > 0 ? words : undefined);
}

/** Makes records of the results of another tool, and commits them, before the first attempt. @returns how many */
async function importResults(
  setup: RunSetup,
  session: Session,
  imports: Imports | null,
  plan: Plan,
): Promise<number> {
  if (imports === null) return 0;
  const { context, reporter } = setup;
  const { clock } = context.host;
  const { imports: texts, common } = context.catalogue;
  const { imported, already } = countImports(imports, plan);
  if (imported > 0) {
    const save = (write: () => Promise<void> | void): Promise<void> =>
      saveWithPatience(session, clock, write, (maxMs) => reporter.note(texts.held(common.duration(maxMs))));
    await addImports(imports, session, plan, clock.now(), save);
    recordLastingWords(setup, session);
    await save(() => session.commit());
  }
  reporter.note(texts.imported(imported, already));
  return imported;
}

/** Copies the results of other shards, and commits them, before the first attempt. */
async function takeOverShards(
  setup: RunSetup,
  session: Session,
  { takenOver: taken, imports: toImport }: SessionOptions,
  plan: Plan,
): Promise<void> {
  if (taken === null) return;
  const { context, reporter } = setup;
  const { sharding, imports, common } = context.catalogue;
  let spent = NO_USAGE;
  if (taken.units.length > 0) {
    const save = (write: () => Promise<void> | void): Promise<void> =>
      saveWithPatience(session, context.host.clock, write, (maxMs) =>
        reporter.note(imports.held(common.duration(maxMs))),
      );
    spent = await takeOver(taken, session, save);
    if (!willImport(toImport, plan)) recordLastingWords(setup, session);
    await save(() => session.commit());
  }
  reporter.note(sharding.takenOver(taken.units.length, spentText(spent, context.catalogue)));
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

async function endSession(
  setup: RunSetup,
  checkpoint: LockedCheckpoint,
  session: Session,
  found: JobState,
  options: SessionOptions,
  result: RunResult,
): Promise<Ended> {
  const counts = found.work.plan.counts(options.retryFailed);
  const pending = pendingWithoutRetries(counts);
  if (result.stop !== null || pending > 0) {
    await session.end("stopped", result.stop?.kind ?? "limit");
    return stopped(setup, session, counts, result);
  }
  return finished(setup, checkpoint, session, found, options, counts, result);
}

/** After a failure: commits everything that can still be committed. The failure itself reports the rest. */
async function lastCommit(session: Session): Promise<void> {
  // A committed end must stay: a move that has started identifies the status by its hash.
  if (session.poisoned || session.committed.runs.at(-1)?.ended !== null) return;
  try {
    await session.end("stopped", "error");
  } catch {
    // The error that ended the run is about to be reported, and only committed results were reported as saved.
  }
}

function stopped(setup: RunSetup, session: Session, counts: PlanCounts, result: RunResult): Ended {
  const { stop } = result;
  // A scheduler that starts a shard again whenever it ends with 4 would do so for ever.
  const isGivenUp = stop?.kind !== "signal" && setup.settings.shard !== null && isInVain(session.committed);
  if (isGivenUp) setup.reporter.warn(setup.context.catalogue.sharding.inVain);
  const ended = { exitCode: isGivenUp ? EXIT.fatal : EXIT.stopped };
  const end = stop?.kind === "signal" ? endBy(stop.signal) : ended;
  const facts = {
    outcome: "stopped",
    exitCode: end.exitCode,
    counts,
    result,
    output: null,
    backup: null,
  } as const;
  const summary = summaryOf(setup, session, facts);
  showSummary(setup, summary);
  return { summary, end };
}

async function finished(
  setup: RunSetup,
  checkpoint: LockedCheckpoint,
  session: Session,
  found: JobState,
  options: SessionOptions,
  counts: PlanCounts,
  result: RunResult,
): Promise<Ended> {
  const { context, settings, reporter } = setup;
  const { host } = context;
  const failed = counts.failed > 0;
  const ended: RunEnd = failed ? "failed" : "complete";
  reporter.clear();
  const { permit } = options;
  let output: OutputFacts | null = null;
  if (permit === null) {
    await session.end("finished", ended);
  } else {
    const source = resultsOf(checkpoint, session.committed);
    const content = { plan: found.work.plan, source, input: found.ready.input, settings };
    output = await writeOutput(permit, content, host, async (facts) => {
      session.setOutput(facts);
      await session.end("finished", ended);
    });
  }
  let backup: string | null = null;
  // That of a shard stays in place, where it is found together with the others.
  if (permit !== null && (!failed || options.acceptFailures)) {
    backup = checkpoint.complete(session.committed);
    await prune(context, checkpoint, backup, (text) => reporter.warn(text));
  }
  const exitCode = failed ? EXIT.someFailed : EXIT.ok;
  const outcome = failed ? "failed" : "complete";
  noteKept(setup, found.work.plan.kept);
  const summary = summaryOf(setup, session, { outcome, exitCode, counts, result, output, backup });
  showSummary(setup, summary);
  if (backup !== null) checkpoint.rerunReported();
  return { summary, end: { exitCode } };
}

type EndFacts = {
  readonly outcome: "complete" | "failed" | "stopped";
  readonly exitCode: ExitCode;
  readonly counts: PlanCounts;
  readonly result: RunResult;
  readonly output: OutputFacts | null;
  readonly backup: string | null;
};

/** The summary of a run that an error has ended. */
function errorSummaryOf(
  setup: RunSetup,
  session: Session,
  counts: PlanCounts,
  elapsedMs: number,
  error: unknown,
): Promise<ErrorSummary> {
  const result = { stop: null, elapsedMs };
  const end = { outcome: "stopped", exitCode: EXIT.fatal, output: null, backup: null } as const;
  const { settings, context } = setup;
  return errorSummary(
    summaryOf(setup, session, { ...end, counts, result }),
    error,
    settings.dir,
    context.catalogue,
  );
}

function summaryOf(setup: RunSetup, session: Session, facts: EndFacts): Summary {
  const { run, committed } = session;
  const { counts, output, outcome } = facts;
  const { path: file, sha256 } = output ?? { path: "", sha256: null };
  return {
    session_id: committed.session.id,
    outcome,
    exit_code: facts.exitCode,
    ...(committed.repeat === undefined ? null : { repeat: committed.repeat }),
    selection: committed.selection ?? null,
    total: counts.total,
    completed: counts.done,
    failed: counts.failed,
    pending: pendingWithoutRetries(counts),
    percent: percentOf(counts.done, counts.total),
    attempted: run.attempted,
    succeeded: run.succeeded,
    failed_now: run.failed,
    usage: { run: run.usage, session: session.usage },
    ...(session.ttftOfRun === null ? {} : { ttft: ttftSummary(session.ttftOfRun) }),
    elapsed_ms: Math.round(facts.result.elapsedMs),
    stop: facts.result.stop,
    errors: committed.errors,
    output: sha256 === null ? null : { path: file, sha256 },
    backup: facts.backup,
    resume_command:
      facts.backup === null && (output !== null || outcome !== "complete")
        ? resumeCommand(setup, outcome)
        : null,
    export_command:
      outcome === "stopped" && setup.settings.shard === null && counts.done + counts.failed > 0
        ? exportCommand(setup, committed.output)
        : null,
    ...(outcome === "stopped" ? null : mergeOfShards(setup)),
  };
}
