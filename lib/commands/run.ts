// `ckpt run`: from the words of the command line to an exit code. Each step is a file of its own beside this one.
import { recover, type Recovered } from "../checkpoint/recovery.ts";
import { type LockedFolder, lockFolder } from "../checkpoint/folder.ts";
import { checkpointPaths, localStamp } from "../checkpoint/names.ts";
import { moveToBackup } from "../checkpoint/backups.ts";
import { readStatus } from "../checkpoint/status-file.ts";
import { CkptError, EXIT } from "../core/errors.ts";
import { changedParts, type Fingerprint, type PartChange } from "../core/fingerprint.ts";
import type { Status } from "../core/status.ts";
import { endSurvivors } from "../io/survivors.ts";
import type { Processor } from "../processors/processor.ts";
import { createReporter } from "../ui/reporters/create.ts";
import { renderPlan } from "../ui/plan.ts";
import type { Reporter } from "../run/progress.ts";
import type { Arguments } from "./arguments.ts";
import type { Context, Ending } from "./context.ts";
import { dryRun } from "./run-dry.ts";
import { settleDecision } from "./run-decision.ts";
import { type InputSource, inputSource, type ReadyInput, readyInput } from "./run-input.ts";
import { type RunSettings, runSettings } from "./run-options.ts";
import { checkRunOutput, type OutputPlace, outputPlace } from "./run-output.ts";
import { makeFingerprint, makeProcessor } from "./run-processor.ts";
import { fromReceipt } from "./run-receipt.ts";
import { processItems } from "./run-session.ts";
import { indexJoinFor, joinWork, visitorOf, type Work } from "./run-work.ts";

/** What all steps of a run need. */
export type RunCase = {
  readonly context: Context;
  readonly settings: RunSettings;
  /** The words behind `ckpt run`, for the command that goes on. */
  readonly words: readonly string[];
  readonly source: InputSource;
  readonly processor: Processor;
  readonly fingerprint: Fingerprint;
  readonly output: OutputPlace;
  readonly reporter: Reporter;
};

/** What was found, joined to the input. */
export type FoundWork = {
  readonly ready: ReadyInput;
  readonly recovered: Recovered | null;
  readonly work: Work;
};

/** Performs `ckpt run`. @throws CkptError for what a user can cause */
export async function run(args: Arguments, words: readonly string[], context: Context): Promise<Ending> {
  const settings = runSettings(args, context.host);
  const source = inputSource(settings, context.host);
  const output = outputPlace(settings, source, context.host);
  const processor = await makeProcessor(settings, context.host);
  const fingerprint = await makeFingerprint(settings, processor);
  const { screen, catalogue, host } = context;
  const reporter = await createReporter({ mode: settings.progress, screen, catalogue, quiet: settings.quiet });
  const runCase: RunCase = { context, settings, words, source, processor, fingerprint, output, reporter };
  if (settings.dryRun) return dryRun(runCase);
  const owner = { pid: host.pid, host: host.hostname, started_at: new Date(host.clock.now()).toISOString() };
  const folder = await lockFolder(host.fs, settings.dir, owner, host.clock);
  try {
    return await runLocked(runCase, folder);
  } finally {
    folder.release();
  }
}

async function runLocked(runCase: RunCase, folder: LockedFolder): Promise<Ending> {
  const { settings, context } = runCase;
  const { host } = context;
  const { paths } = folder;
  const found = await findWork(runCase, folder, null);
  if (found.recovered === null && settings.resume !== false) {
    const ending = await fromReceipt(runCase, folder, found);
    if (ending === "restored") return goOn(runCase, folder, await findWork(runCase, folder, found.ready));
    if (ending !== null) return ending;
  }
  void host;
  void paths;
  return goOn(runCase, folder, found);
}

/** Recovers, opens the input and joins the two. @param again an input that is open already */
export async function findWork(runCase: RunCase, folder: LockedFolder, again: ReadyInput | null): Promise<FoundWork> {
  const { context, source, processor, fingerprint, reporter } = runCase;
  const { fs } = context.host;
  const { paths } = folder;
  const ready = again ?? (await readyInput(source, processor.usesIndex, context.host, paths, null));
  const before = readStatus(fs, paths.status);
  const join = before.kind === "good" ? indexJoinFor(before.status, fingerprint, ready.input) : null;
  const recovered = recover(fs, paths, visitorOf(join));
  if (recovered !== null) {
    const texts = context.catalogue.states;
    const { status, quarantinedBytes, adopted } = recovered;
    const ended = status.state === "running" ? await endSurvivors(status.session.nonce, context.host.clock) : 0;
    if (quarantinedBytes > 0) reporter.note(texts.tornTail(`${quarantinedBytes} B`));
    if (adopted > 0) reporter.note(texts.recovered(adopted));
    if (ended > 0) reporter.note(texts.survivorsEnded(ended));
  }
  const log = recovered === null ? null : { status: recovered.status, log: paths.log, position: recovered.position };
  return { ready, recovered, work: await joinWork(fs, ready.input, processor, log, join) };
}

/** Decides what becomes of the checkpoint that was found, and runs. */
async function goOn(runCase: RunCase, folder: LockedFolder, found: FoundWork): Promise<Ending> {
  const { settings, context, reporter, processor, fingerprint } = runCase;
  const { host } = context;
  const { fs } = host;
  let { recovered, work } = found;
  let retryFailed = settings.failed !== "keep";
  let acceptFailures = settings.failed === "keep";
  if (recovered !== null) {
    const changes: PartChange[] =
      recovered.status.fingerprint.id === fingerprint.id ? [] : changedParts(recovered.status.fingerprint, fingerprint);
    const choice = await settleDecision(runCase, recovered, work, changes);
    if (choice === "cancel") return { exitCode: EXIT.interrupted };
    if (choice.kind === "restart") {
      checkRunOutput(runCase, knownOutputs(recovered.status));
      const name = moveToBackup(fs, folder.paths, {
        reason: "start_over",
        nowMs: host.clock.now(),
        status: null,
      });
      reporter.note(context.catalogue.states.movedToBackup(name));
      recovered = null;
      work = await joinWork(fs, found.ready.input, processor, null, null);
    } else {
      retryFailed = choice.retryFailed;
      acceptFailures ||= choice.acceptFailures;
    }
  }
  checkRunOutput(runCase, recovered === null ? [] : knownOutputs(recovered.status));
  reporter.note(renderPlan(work.plan.counts(retryFailed), context.catalogue, settings.limit));
  return processItems(runCase, folder, { ...found, recovered, work }, { retryFailed, acceptFailures });
}

function knownOutputs(status: Status): string[] {
  const sha256 = status.output?.sha256;
  return sha256 === undefined || sha256 === null ? [] : [sha256];
}

/** The identity of a new session. */
export function newSession(nowMs: number, nonce: string): Status["session"] {
  return { id: localStamp(nowMs), nonce, started_at: new Date(nowMs).toISOString() };
}

/** For a message that names the folder before it is locked. */
export function hasCheckpoint(runCase: RunCase): boolean {
  const paths = checkpointPaths(runCase.settings.dir);
  return readStatus(runCase.context.host.fs, paths.status).kind !== "absent";
}

export { CkptError };
