// `ckpt run`, from its settings to its end, step by step.
import { type LockedFolder, lockFolder } from "../checkpoint/folder.ts";
import { networkFileSystem } from "../io/network-folder.ts";
import { safeText } from "../ui/escape.ts";
import { createReporter } from "../ui/reporters/create.ts";
import type { Context, Ending } from "../cli/context.ts";
import { ownerOf } from "./owner.ts";
import { keptBackups } from "./prune.ts";
import type { RunCase } from "./job.ts";
import { afterCompletion } from "./already-complete.ts";
import { dryRun } from "./dry-run.ts";
import { endpointNotes } from "./make-endpoint.ts";
import { discardIncoming, inputSource } from "./job-input.ts";
import { runSettings } from "./run-settings.ts";
import { type RunArguments, RUN_ARGUMENTS } from "./arguments/run-arguments.ts";
import type { Invocation } from "../cli/declaration.ts";
import { wordsToRecord } from "./recorded-words.ts";
import { findWork } from "./find-work.ts";
import { resumeOrBegin } from "./resume-or-begin.ts";
import { outputPlace } from "./job-output.ts";
import { makeFingerprint, makeProcessor } from "./make-processor.ts";

/** Performs `ckpt run`. @throws CkptError for what a user can cause */
export async function runJob(invocation: Invocation<RunArguments>, context: Context): Promise<Ending> {
  const { screen, catalogue, host } = context;
  const settings = runSettings(invocation, host);
  const source = inputSource(settings, host);
  const output = outputPlace(settings, host);
  const notes = await context.notes(settings);
  const { progress: mode, quiet } = settings;
  const reporter = await createReporter({ mode, screen, catalogue, notes, quiet });
  const print = (line: string): void => reporter.printed(line);
  const { processor, pace } = await makeProcessor(settings, host, print);
  const fingerprint = await makeFingerprint(settings, processor);
  const runCase: RunCase = {
    context,
    settings,
    words: invocation.words,
    recordedWords: wordsToRecord(invocation.typed, RUN_ARGUMENTS),
    dropped: invocation.dropped,
    source,
    processor,
    pace,
    fingerprint,
    output,
    notes,
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
    if (completed === null) return await resumeOrBegin(runCase, folder, found, null);
    if (completed.kind === "ended") return completed.ending;
    // It was complete: there is nothing to ask about, and nothing has to be put back when the answer is no.
    const going = { ...runCase, settings: { ...settings, resume: true } };
    return await resumeOrBegin(going, folder, await findWork(going, folder, found.ready), completed.permit);
  } finally {
    reporter.clear(); // an error is said where no line is moving
    if (source.kept) discardIncoming(host.fs, folder.paths);
    folder.release();
  }
}

function noteEndpoint({ context, settings, reporter }: RunCase): void {
  const { processor } = settings;
  if (processor.kind !== "endpoint") return;
  for (const note of endpointNotes(processor, context.host, context.catalogue.endpoint)) reporter.note(note);
}

function warnOfNetwork({ context, reporter }: RunCase, { paths }: LockedFolder): void {
  const name = networkFileSystem(context.host.fs, paths.dir);
  if (name !== null) reporter.note(context.catalogue.run.networkFolder(name, safeText(paths.dir)));
}
