// `ckpt run`: from the words of the command line to an exit code. Each step is a file of its own beside this one (run-….ts).
import { moveToBackup } from "../checkpoint/backup/backups.ts";
import { newIdentity } from "../checkpoint/identity.ts";
import { type LockedFolder, lockFolder } from "../checkpoint/folder.ts";
import { recover, type Recovered } from "../checkpoint/log/recovery.ts";
import { readReceipt } from "../checkpoint/backup/receipt.ts";
import { presentRecord } from "../checkpoint/backup/sessions.ts";
import { readStatus } from "../checkpoint/status/status-file.ts";
import { EXIT } from "../core/errors.ts";
import { changesSince } from "../core/fingerprint.ts";
import { networkFileSystem } from "../io/network-folder.ts";
import { endSurvivors } from "../io/survivors.ts";
import { safeText } from "../ui/escape.ts";
import { renderPlan, renderRemark } from "../ui/plan.ts";
import { createReporter } from "../ui/reporters/create.ts";
import { parseArguments } from "../cli/strict-reading.ts";
import type { Context, Ending } from "../cli/context.ts";
import { ownerOf } from "../job/owner.ts";
import { keptBackups, prune } from "../job/prune.ts";
import type { FoundWork, RunCase } from "../job/job.ts";
import { afterCompletion } from "../job/already-complete.ts";
import { type Choice, settleDecision } from "../job/settle-decision.ts";
import { dryRun } from "../job/dry-run.ts";
import { endpointNotes } from "../job/make-endpoint.ts";
import { copyOfKept, discardIncoming, inputSource, type ReadyInput, readyInput } from "../job/job-input.ts";
import { RUN_OPTIONS, runSettings } from "../job/run-settings.ts";
import { earlierInputs } from "../job/input-reading.ts";
import { outputPlace } from "../job/job-output.ts";
import { type OutputPermit, permitOutput } from "../job/output-permit.ts";
import { makeFingerprint, makeProcessor } from "../job/make-processor.ts";
import { processItems } from "../job/work-on-session.ts";
import { identityJoin, joinFor } from "../job/join-records.ts";

/** Performs `ckpt run`. @param words those of the command line but `run`; also for the command that goes on @throws CkptError for what a user can cause */
export async function run(words: readonly string[], context: Context): Promise<Ending> {
  const { screen, catalogue, host } = context;
  const settings = runSettings(parseArguments(words, RUN_OPTIONS), host);
  const source = inputSource(settings, host);
  const output = outputPlace(settings, host);
  const reporter = await createReporter({
    mode: settings.progress,
    screen,
    catalogue,
    quiet: settings.quiet,
  });
  const print = (line: string): void => reporter.printed(line);
  const { processor, pace } = await makeProcessor(settings, host, print);
  const fingerprint = await makeFingerprint(settings, processor);
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
  noteEndpoint(runCase);
  if (settings.dryRun) return dryRun(runCase);
  keptBackups(host); // a value that makes no sense is refused before anything is run
  const folder = await lockFolder(host.fs, settings.dir, ownerOf(host), host.clock);
  try {
    warnOfNetwork(runCase, folder);
    const found = await findWork(runCase, folder, null);
    const completed = await afterCompletion(runCase, folder, found);
    if (completed === null) return await goOn(runCase, folder, found, null);
    if (completed.kind === "ended") return completed.ending;
    // It was complete: there is nothing to ask about, and nothing has to be put back when the answer is no.
    const going = { ...runCase, settings: { ...settings, resume: true } };
    return await goOn(going, folder, await findWork(going, folder, found.ready), completed.permit);
  } finally {
    if (source.kept) discardIncoming(host.fs, folder.paths);
    folder.release();
  }
}

function noteEndpoint({ context, settings, reporter }: RunCase): void {
  const { processor } = settings;
  if (processor.kind !== "endpoint") return;
  for (const note of endpointNotes(processor, context.host, context.catalogue.states)) reporter.note(note);
}

function warnOfNetwork({ context, reporter }: RunCase, { paths }: LockedFolder): void {
  const name = networkFileSystem(context.host.fs, paths.dir);
  if (name !== null) reporter.note(context.catalogue.states.networkFolder(name, safeText(paths.dir)));
}

/** Recovers, opens the input and joins the two. @param again the input, when it is open already */
async function findWork(
  runCase: RunCase,
  folder: LockedFolder,
  again: ReadyInput | null,
): Promise<FoundWork> {
  const { context, processor, fingerprint, reporter } = runCase;
  const { fs } = context.host;
  const { paths } = folder;
  const ready = again ?? (await openedInput(runCase, folder));
  const before = readStatus(fs, paths.status);
  const join =
    before.kind === "good"
      ? await joinFor(before.status, fingerprint, ready.input)
      : identityJoin(ready.input, null);
  const recovered = recover(fs, paths, join.visit);
  if (recovered !== null) {
    const texts = context.catalogue.states;
    const { quarantinedBytes, adopted } = recovered;
    if (quarantinedBytes > 0) reporter.note(texts.tornTail(`${quarantinedBytes} B`));
    if (adopted > 0) reporter.note(texts.recovered(adopted));
  }
  await endWhatIsLeft(runCase, folder, recovered);
  return { ready, recovered, work: await join.finish(processor) };
}

async function openedInput(runCase: RunCase, { paths }: LockedFolder): Promise<ReadyInput> {
  const { context, settings, source, processor, fingerprint, reporter } = runCase;
  const { host } = context;
  const earlier = earlierInputs(host.fs, paths, fingerprint, settings.resume);
  const ready = await readyInput(source, processor.usesIndex, host, paths, earlier, null);
  if (ready.remark !== null) reporter.note(renderRemark(ready.remark, source.shownPath, context.catalogue));
  return ready;
}

/** A run may have been killed after its last commit, too, even after its checkpoint was moved: the state tells nothing here. */
async function endWhatIsLeft(
  { context, reporter }: RunCase,
  { paths }: LockedFolder,
  recovered: Recovered | null,
): Promise<void> {
  const { fs, clock } = context.host;
  const nonce = recovered?.status.session.nonce ?? readReceipt(fs, paths)?.nonce ?? "";
  const ended = await endSurvivors(nonce, clock);
  if (ended > 0) reporter.note(context.catalogue.states.survivorsEnded(ended));
}

/**
 * Decides what becomes of the checkpoint that was found, and runs. What would be refused is refused before anything is moved.
 * @param permitted to write the output, where that has been settled
 */
async function goOn(
  runCase: RunCase,
  folder: LockedFolder,
  found: FoundWork,
  permitted: OutputPermit | null,
): Promise<Ending> {
  const { settings, context, processor, fingerprint, reporter } = runCase;
  const { recovered, work } = found;
  let choice: Choice = { kind: "restart", anew: settings.resume === false };
  if (recovered !== null) {
    const { status, position } = recovered;
    const changes = changesSince(status.fingerprint, fingerprint);
    choice = await settleDecision(runCase, status, position.records, work, changes);
    if (choice === "cancel") return CANCELLED;
  }
  const permit = permitted ?? (await permitFor(runCase, folder, found, choice));
  if (permit === "cancel") return CANCELLED;
  if (choice.note !== undefined) reporter.note(choice.note);
  const resumed = choice.kind === "continue" ? recovered : null;
  const identity = resumed?.status.session ?? newIdentity(context.host.clock.now());
  try {
    await processor.open(identity.nonce);
    const begun =
      recovered === null || resumed !== null ? found : await startOver(runCase, folder, found, recovered);
    if (choice.kind === "continue" && choice.retry === "all") begun.work.plan.retryRejected();
    const how = {
      permit,
      retryFailed: choice.kind === "restart" || choice.retry !== "none",
      acceptFailures: settings.failed === "keep" || (choice.kind === "continue" && choice.acceptFailures),
    };
    const counts = begun.work.plan.counts(how.retryFailed);
    reporter.note(renderPlan(counts, context.catalogue, settings.limit));
    return await processItems(runCase, folder, begun, how, identity);
  } finally {
    await processor.close();
  }
}

const CANCELLED: Ending = { exitCode: EXIT.interrupted };

/** Whether the output may be written where it is to go, by what the run begins with. */
function permitFor(
  runCase: RunCase,
  { paths }: LockedFolder,
  { recovered, work }: FoundWork,
  choice: Exclude<Choice, "cancel">,
): Promise<OutputPermit | "cancel"> {
  const { fs } = runCase.context.host;
  const present = recovered === null ? null : presentRecord(recovered.status);
  if (choice.kind === "continue" && present !== null) {
    // Where nothing is on record an older version began it, which was to replace what the last completed run had written.
    const output = present.output ?? readReceipt(fs, paths)?.output ?? null;
    const origin = { session: { ...present, output }, anew: false, startedOver: null };
    return permitOutput({ runCase, paths, work, origin, present });
  }
  const { done, failed, changed } = work.plan.counts(true);
  const anew = choice.kind === "restart" && choice.anew;
  const startedOver = anew && done + failed + changed > 0 ? (present?.nonce ?? null) : null;
  return permitOutput({ runCase, paths, work, origin: { session: null, anew, startedOver }, present });
}

/** Moves the checkpoint into a backup and plans anew. An input that was kept with it is kept on. */
async function startOver(
  runCase: RunCase,
  folder: LockedFolder,
  found: FoundWork,
  recovered: Recovered,
): Promise<FoundWork> {
  const { context, processor, reporter, source } = runCase;
  const { fs, clock } = context.host;
  const { paths } = folder;
  const ready = source.kept && !found.ready.incoming ? copyOfKept(fs, paths, found.ready) : found.ready;
  const status = isClean(recovered) ? recovered.status : null;
  const name = moveToBackup(fs, paths, { reason: "start_over", nowMs: clock.now(), status });
  await prune(context, paths, name, (text) => reporter.note(text));
  reporter.note(context.catalogue.states.movedToBackup(name));
  const work = await identityJoin(ready.input, null).finish(processor);
  return { ready, recovered: null, work };
}

/** Whether the status found says all of the log: its backup is then a checkpoint, else raw. */
function isClean(recovered: Recovered): boolean {
  return recovered.adopted === 0 && recovered.quarantinedBytes === 0;
}
