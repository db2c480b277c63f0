// `ckpt run`: calls its steps in order.
import type { ItemError } from "../core/record.ts";
import { openCheckpoint } from "../checkpoint/checkpoint.ts";
import { finishPendingMove, type LockedCheckpoint, lockCheckpoint } from "../checkpoint/locked-checkpoint.ts";
import { lockGap } from "../io/lock-reach.ts";
import { isMountedUnsafely } from "../io/mount-options.ts";
import { PLATFORM } from "../io/platform.ts";
import { safePath, safeText } from "../ui/escape.ts";
import { createReporter } from "../ui/reporters/create.ts";
import type { Context, CommandEnd } from "../cli/context.ts";
import { ownerOf } from "./lock-owner.ts";
import type { RunEndReport } from "./session/error-summary.ts";
import { notify } from "./session/notify.ts";
import { keptBackups } from "./session/prune.ts";
import type { RunSetup } from "./run-setup.ts";
import { afterCompletion } from "./session/already-complete.ts";
import { dryRun } from "./plan/dry-run.ts";
import { ensureConnections, withinOpenFiles } from "./endpoint/connections.ts";
import { refuseOtherInput } from "./input/batch-input.ts";
import { endpointNotes } from "./endpoint/make-endpoint.ts";
import { discardIncoming } from "./input/ready-input.ts";
import { inputSource } from "./input/input-source.ts";
import { runSettings } from "./run-settings.ts";
import { type RunArguments, RUN_ARGUMENTS } from "./arguments/run-arguments.ts";
import type { Invocation } from "../cli/declaration.ts";
import { PASSING_OPTIONS, wordsToRecord } from "./recorded-words.ts";
import { loadJobState } from "./session/load-job-state.ts";
import { resumeOrStart } from "./session/resume-or-start.ts";
import { withShardNumber } from "./shards/shard-place.ts";
import { joinShards, refuseMixedFolder, waitForMove } from "./shards/shard-run.ts";
import { outputPlace, withWholeAnswers } from "./output/job-output.ts";
import { makeFingerprint, makeProcessor } from "./make-processor.ts";

const KEYWORDS_SHOWN = 5;
const KEYWORD_LENGTH = 40;

/** Runs `ckpt run`. @throws CkptError for failures that a user can cause */
export async function runJob(invocation: Invocation<RunArguments>, context: Context): Promise<CommandEnd> {
  const { screen, catalogue, host } = context;
  const { settings: given, fewer } = withinOpenFiles(runSettings(invocation, host));
  const connections = ensureConnections(given, host);
  const source = inputSource(given, host);
  await refuseOtherInput(given, source, host);
  const output = outputPlace(given, host);
  const settings = withWholeAnswers(given, output);
  const notes = await context.notes(settings);
  const { progress: mode, quiet } = settings;
  const reporter = await createReporter({ mode, screen, catalogue, notes, quiet });
  const print = (line: string): void => reporter.printed(line);
  const leftOut = (baseUrl: string, error: ItemError): void =>
    reporter.warn(catalogue.endpoint.leftOut(safeText(baseUrl), safeText(error.message)));
  const { processor, pace, checks, attemptLimit } = await makeProcessor(settings, host, { print, leftOut });
  const fingerprint = await makeFingerprint(settings, processor);
  const ended: RunEndReport[] = [];
  const setup: RunSetup = {
    context,
    settings,
    words: withShardNumber(invocation.words, settings),
    recordedWords: withShardNumber(wordsToRecord(invocation.typed, RUN_ARGUMENTS), settings),
    passingWords: withShardNumber(wordsToRecord(invocation.typed, RUN_ARGUMENTS, PASSING_OPTIONS), settings),
    changed: new Map(),
    dropped: invocation.dropped,
    source,
    processor,
    pace,
    attemptLimit,
    connections,
    checks,
    fingerprint,
    output,
    ended: (end) => void ended.push(end),
    notes,
    reporter,
  };
  noteEndpoint(setup);
  if (settings !== given) reporter.note(catalogue.endpoint.wholeAnswers("--answer full"));
  noteIgnored(setup);
  if (fewer !== null) reporter.note(catalogue.endpoint.fewerConnections(fewer.wanted, fewer.possible));
  keptBackups(host); // an invalid value is refused before anything runs
  // What an interrupted command was moving away is not there any more.
  const whole = openCheckpoint(host.fs, settings.shard?.dir ?? settings.dir);
  if (!settings.dryRun) await finishPendingMove(whole, ownerOf(host), host.clock);
  refuseMixedFolder(setup);
  if (settings.dryRun) return dryRun(setup);
  // The checkpoint is free by then, and an error is on the screen: the command may take its time.
  context.afterwards.push(async () => {
    const last = ended.at(-1); // an error may have come behind the summary
    if (last !== undefined) await notify(setup, last);
  });
  return runLocked(setup);
}

/** Takes the checkpoint and runs the job, or says that there is nothing to do. */
async function runLocked(setup: RunSetup): Promise<CommandEnd> {
  const { context, settings, source, reporter } = setup;
  const { host } = context;
  const checkpoint = await lockCheckpoint(openCheckpoint(host.fs, settings.dir), ownerOf(host), host.clock);
  try {
    await waitForMove(setup);
    noteGaps(setup, checkpoint);
    const found = await loadJobState(setup, checkpoint, null);
    await joinShards(setup, found);
    const completed = await afterCompletion(setup, checkpoint, found);
    if (completed === null) return await resumeOrStart(setup, checkpoint, found, null);
    if (completed.kind === "ended") return completed.ending;
    // The session was complete and has been restored. The resume question is skipped, so that a "no" does not require undoing this.
    const going = { ...setup, settings: { ...settings, resume: true } };
    return await resumeOrStart(
      going,
      checkpoint,
      await loadJobState(going, checkpoint, found.ready),
      completed.permit,
    );
  } finally {
    reporter.clear(); // an error must not be printed into the progress line
    if (source.kept) discardIncoming(checkpoint);
    checkpoint.release();
  }
}

function noteEndpoint({ context, settings, reporter }: RunSetup): void {
  const { processor } = settings;
  if (processor.kind !== "endpoint") return;
  for (const note of endpointNotes(processor, context.host, context.catalogue.endpoint)) reporter.note(note);
}

/** A misspelt keyword checks nothing. */
function noteIgnored({ context, checks, reporter }: RunSetup): void {
  const { path, ignored = [] } = checks?.schema ?? {};
  if (path === undefined || ignored.length === 0) return;
  const shown = ignored.slice(0, KEYWORDS_SHOWN).map((keyword) => safeText(keyword, KEYWORD_LENGTH));
  reporter.note(context.catalogue.plan.ignoredKeywords(safePath(path), shown, ignored.length));
}

/** What is not promised here, where somebody may still choose another folder, or has to know it later. `ckpt version --json` has it all. */
function noteGaps({ context, reporter }: RunSetup, { paths, syncsNames, takenFrom }: LockedCheckpoint): void {
  const { host, catalogue } = context;
  const locks = lockGap(host.fs, paths.dir);
  if (locks !== null)
    reporter.warn(catalogue.run.sharedFolder(locks.fileSystem, locks.option, safeText(paths.dir)));
  if (takenFrom !== null) {
    const { pid, host: machine, started_at: since, task = null } = takenFrom;
    reporter.note(
      catalogue.run.takenFrom(pid, safeText(machine), since, task === null ? null : safeText(task)),
    );
  }
  if (isMountedUnsafely(host.fs, paths.dir)) reporter.note(catalogue.run.gap("mount_options"));
  if (!syncsNames) reporter.note(catalogue.run.gap("folder_sync"));
  if (PLATFORM.gaps.includes("survivors")) reporter.note(catalogue.run.gap("survivors"));
}
