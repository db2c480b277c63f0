// From what a run found to its end: decides whether it resumes or begins anew, asks for what it may replace, and works.
import { moveToBackup } from "../checkpoint/backup/backups.ts";
import { newIdentity } from "../checkpoint/identity.ts";
import type { LockedFolder } from "../checkpoint/folder.ts";
import type { CheckpointPaths } from "../checkpoint/names.ts";
import type { Recovered } from "../checkpoint/log/recovery.ts";
import { readReceipt } from "../checkpoint/backup/receipt.ts";
import { presentRecord } from "../checkpoint/backup/sessions.ts";
import { EXIT } from "../core/errors.ts";
import type { Status } from "../core/status.ts";
import { renderPlan } from "../ui/render-plan.ts";
import type { Ending } from "../cli/context.ts";
import { prune } from "./prune.ts";
import type { JobState, RunSetup } from "./run-setup.ts";
import { type SettledDecision, settleDecision } from "./settle-decision.ts";
import { copyOfKept } from "./job-input.ts";
import { type OutputPermit, permitOutput, type PermitRequest } from "./output-permit.ts";
import { processItems } from "./process-items.ts";
import { identityJoin, type Work } from "./join-records.ts";

/**
 * Decides what becomes of the checkpoint that was found, and runs. What would be refused is refused before anything is moved.
 * @param permitted to write the output, where that has been settled
 */
export async function resumeOrStart(
  setup: RunSetup,
  folder: LockedFolder,
  found: JobState,
  permitted: OutputPermit | null,
): Promise<Ending> {
  const { settings, context, processor, reporter } = setup;
  const { recovered, work } = found;
  let choice: SettledDecision = { kind: "restart", anew: settings.resume === false };
  if (recovered !== null) {
    choice = await settleDecision(setup, recovered.status, recovered.position.records, work);
    if (choice === "cancel") return CANCELLED;
  }
  const state = { status: recovered?.status ?? null, work };
  const permit = permitted ?? (await permitOutput(permitRequest(setup, folder.paths, state, choice)));
  if (permit === "cancel") return CANCELLED;
  if (choice.note !== undefined) reporter.note(choice.note);
  const resumed = choice.kind === "continue" ? recovered : null;
  const identity = resumed?.status.session ?? newIdentity(context.host.clock.now());
  try {
    await processor.open(identity.nonce);
    const begun =
      recovered === null || resumed !== null ? found : await startOver(setup, folder, found, recovered);
    if (choice.kind === "continue" && choice.retry === "all") begun.work.plan.retryRejected();
    const options = {
      permit,
      retryFailed: choice.kind === "restart" || choice.retry !== "none",
      acceptFailures: settings.failed === "keep" || (choice.kind === "continue" && choice.acceptFailures),
    };
    const counts = begun.work.plan.counts(options.retryFailed);
    reporter.note(renderPlan(counts, context.catalogue, settings.limit));
    return await processItems(setup, folder, begun, options, identity);
  } finally {
    await processor.close();
  }
}

const CANCELLED: Ending = { exitCode: EXIT.interrupted };

/** What decides whether the output may be written: the session that the run resumes, or none. */
export function permitRequest(
  setup: RunSetup,
  paths: CheckpointPaths,
  { status, work }: { readonly status: Status | null; readonly work: Work },
  choice: Exclude<SettledDecision, "cancel">,
): PermitRequest {
  const { fs } = setup.context.host;
  const present = status === null ? null : presentRecord(status);
  if (choice.kind === "continue" && present !== null) {
    // Where nothing is on record an older version began it, which was to replace what the last completed run had written.
    const output = present.output ?? readReceipt(fs, paths)?.output ?? null;
    const origin = { session: { ...present, output }, anew: false, startedOver: null };
    return { setup, paths, work, origin, present };
  }
  const anew = choice.kind === "restart" && choice.anew;
  const startedOver = anew && work.plan.withResult > 0 ? (present?.nonce ?? null) : null;
  return { setup, paths, work, origin: { session: null, anew, startedOver }, present };
}

/** Moves the checkpoint into a backup and plans anew. An input that was kept with it is kept on. */
async function startOver(
  setup: RunSetup,
  folder: LockedFolder,
  found: JobState,
  recovered: Recovered,
): Promise<JobState> {
  const { context, processor, reporter, source } = setup;
  const { fs, clock } = context.host;
  const { paths } = folder;
  const ready = source.kept && !found.ready.incoming ? copyOfKept(fs, paths, found.ready) : found.ready;
  const status = isClean(recovered) ? recovered.status : null;
  const name = moveToBackup(fs, paths, { reason: "start_over", nowMs: clock.now(), status });
  await prune(context, paths, name, (text) => reporter.warn(text));
  reporter.note(context.catalogue.backups.movedToBackup(name));
  const work = await identityJoin(ready.input, null).finish(processor);
  return { ready, recovered: null, work };
}

/** Whether the status found says all of the log: its backup is then a checkpoint, else raw. */
function isClean(recovered: Recovered): boolean {
  return recovered.adopted === 0 && recovered.quarantinedBytes === 0;
}
