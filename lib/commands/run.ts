// `ckpt run`: from the words of the command line to an exit code. Each step is a file of its own beside this one (run-….ts).
import { moveToBackup } from "../checkpoint/backups.ts";
import { type LockedFolder, lockFolder } from "../checkpoint/folder.ts";
import { recover } from "../checkpoint/recovery.ts";
import { readReceipt } from "../checkpoint/receipt.ts";
import { readStatus } from "../checkpoint/status-file.ts";
import { EXIT } from "../core/errors.ts";
import { changedParts } from "../core/fingerprint.ts";
import { endSurvivors } from "../io/survivors.ts";
import { renderPlan } from "../ui/plan.ts";
import { createReporter } from "../ui/reporters/create.ts";
import type { Arguments } from "./arguments.ts";
import type { Context, Ending } from "./context.ts";
import type { FoundWork, RunCase } from "./run-case.ts";
import { settleDecision } from "./run-decision.ts";
import { dryRun } from "./run-dry.ts";
import { inputSource, type ReadyInput, readyInput } from "./run-input.ts";
import { runSettings } from "./run-options.ts";
import { checkRunOutput, outputPlace } from "./run-output.ts";
import { makeFingerprint, makeProcessor } from "./run-processor.ts";
import { fromReceipt } from "./run-receipt.ts";
import { processItems } from "./run-session.ts";
import { indexJoinFor, joinWork, visitorOf } from "./run-work.ts";

/** Performs `ckpt run`. @param words those behind `run`, for the command that goes on @throws CkptError for what a user can cause */
export async function run(args: Arguments, words: readonly string[], context: Context): Promise<Ending> {
  const { screen, catalogue, host } = context;
  const settings = runSettings(args, host);
  const source = inputSource(settings, host);
  const output = outputPlace(settings, host);
  const { processor, pace } = await makeProcessor(settings, host);
  const fingerprint = await makeFingerprint(settings, processor);
  const reporter = await createReporter({
    mode: settings.progress,
    screen,
    catalogue,
    quiet: settings.quiet,
  });
  const runCase: RunCase = {
    context,
    settings,
    words,
    source,
    processor,
    pace,
    fingerprint,
    output,
    reporter,
  };
  if (settings.dryRun) return dryRun(runCase);
  const owner = { pid: host.pid, host: host.hostname, started_at: new Date(host.clock.now()).toISOString() };
  const folder = await lockFolder(host.fs, settings.dir, owner, host.clock);
  try {
    const found = await findWork(runCase, folder, null);
    if (found.recovered !== null || settings.resume === false) return await goOn(runCase, folder, found);
    const ending = await fromReceipt(runCase, folder, found);
    if (ending === "restored")
      return await goOn(runCase, folder, await findWork(runCase, folder, found.ready));
    return ending ?? (await goOn(runCase, folder, found));
  } finally {
    folder.release();
  }
}

/** Recovers, opens the input and joins the two. @param again the input, when it is open already */
async function findWork(
  runCase: RunCase,
  folder: LockedFolder,
  again: ReadyInput | null,
): Promise<FoundWork> {
  const { context, source, processor, fingerprint, reporter } = runCase;
  const { fs, clock } = context.host;
  const { paths } = folder;
  const ready = again ?? (await readyInput(source, processor.usesIndex, context.host, paths, null));
  const before = readStatus(fs, paths.status);
  const join = before.kind === "good" ? indexJoinFor(before.status, fingerprint, ready.input) : null;
  const recovered = recover(fs, paths, visitorOf(join));
  if (recovered !== null) {
    const texts = context.catalogue.states;
    const { status, quarantinedBytes, adopted } = recovered;
    const ended = status.state === "running" ? await endSurvivors(status.session.nonce, clock) : 0;
    if (quarantinedBytes > 0) reporter.note(texts.tornTail(`${quarantinedBytes} B`));
    if (adopted > 0) reporter.note(texts.recovered(adopted));
    if (ended > 0) reporter.note(texts.survivorsEnded(ended));
  }
  const log =
    recovered === null ? null : { status: recovered.status, log: paths.log, position: recovered.position };
  return { ready, recovered, work: await joinWork(fs, ready.input, processor, log, join) };
}

/** Decides what becomes of the checkpoint that was found, and runs. */
async function goOn(runCase: RunCase, folder: LockedFolder, found: FoundWork): Promise<Ending> {
  const { settings, context, reporter, processor, fingerprint, output, source } = runCase;
  const { host, catalogue } = context;
  const receipt = readReceipt(host.fs, folder.paths);
  const known = [found.recovered?.status.output?.sha256, receipt?.output?.sha256];
  let { recovered, work } = found;
  let how = { retryFailed: settings.failed !== "keep", acceptFailures: settings.failed === "keep" };
  if (recovered !== null) {
    const { status, position } = recovered;
    const changes =
      status.fingerprint.id === fingerprint.id ? [] : changedParts(status.fingerprint, fingerprint);
    const choice = await settleDecision(runCase, status, position.records, work, changes);
    if (choice === "cancel") return { exitCode: EXIT.interrupted };
    // What would be refused is refused before anything is moved.
    checkRunOutput(output, source, settings, host, known);
    if (choice.kind === "restart") {
      const name = moveToBackup(host.fs, folder.paths, {
        reason: "start_over",
        nowMs: host.clock.now(),
        status: null,
      });
      reporter.note(catalogue.states.movedToBackup(name));
      recovered = null;
      work = await joinWork(host.fs, found.ready.input, processor, null, null);
    } else {
      how = { retryFailed: choice.retryFailed, acceptFailures: how.acceptFailures || choice.acceptFailures };
    }
  }
  checkRunOutput(output, source, settings, host, known);
  reporter.note(renderPlan(work.plan.counts(how.retryFailed), catalogue, settings.limit));
  return processItems(runCase, folder, { ...found, recovered, work }, how);
}
