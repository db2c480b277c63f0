// Runs a job from its loaded state to its end: decides whether to resume or to start over, gets the permission to write the output, and processes the
// items.
import { type Checkpoint, presentRecord } from "../../checkpoint/checkpoint.ts";
import { type LockedCheckpoint, newIdentity, type Recovered } from "../../checkpoint/locked-checkpoint.ts";
import { EXIT } from "../../core/errors.ts";
import type { Status } from "../../core/status.ts";
import type { CommandEnd } from "../../cli/context.ts";
import { prune } from "./prune.ts";
import { confirmImports, type Imports, matchImports, willImport } from "../imports/imports.ts";
import { noteNothingDue, noteReplaced, refuseRerun, rerunScope } from "../plan/rerun-choice.ts";
import type { JobState, RunSetup } from "../run-setup.ts";
import { type SettledDecision, settleDecision } from "./settle-decision.ts";
import { copyOfKept } from "../input/ready-input.ts";
import { type OutputPermit, permitOutput, type PermitRequest } from "../output/output-permit.ts";
import { processItems } from "./process-items.ts";
import { matchShards } from "../shards/reshard.ts";
import { identityJoin, wantedAgain, type Work } from "../plan/join-records.ts";

/**
 * Decides what happens to the current checkpoint, and runs. Every refusal comes before anything is moved.
 * @param permitted the permission to write the output, if already given
 */
export async function resumeOrStart(
  setup: RunSetup,
  checkpoint: LockedCheckpoint,
  found: JobState,
  permitted: OutputPermit | null,
): Promise<CommandEnd> {
  const { settings, context, processor, reporter } = setup;
  const { recovered, work } = found;
  let choice: SettledDecision = { kind: "restart", onRequest: settings.resume === false };
  if (recovered !== null) {
    choice = await settleDecision(setup, recovered.status, recovered.position.records, work);
    if (choice === "cancel") return CANCELLED;
  }
  refuseRerun(setup, choice, found);
  const imports = await matchImports(setup, found.ready.input, found.work.plan);
  if (imports !== null && !(await confirmImports(setup, imports))) return CANCELLED;
  const state = { status: recovered?.status ?? null, work };
  const request = permitRequest(setup, checkpoint, state, choice);
  const permit = settings.shard === null ? (permitted ?? (await permitOutput(request))) : null;
  if (permit === "cancel") return CANCELLED;
  if (choice.note !== undefined) reporter.note(choice.note);
  noteReplaced(setup, state);
  noteNothingDue(setup, work);
  const resumed = choice.kind === "continue" ? recovered : null;
  const identity = resumed?.status.session ?? newIdentity(context.host.clock.now());
  try {
    await processor.open(identity.nonce);
    const begun =
      recovered === null || resumed !== null
        ? raised(checkpoint, found, imports)
        : await startOver(setup, checkpoint, found, recovered);
    if (choice.kind === "continue" && choice.retry === "all") begun.work.plan.retryRejected();
    const options = {
      permit,
      takenOver: await matchShards(setup, begun.ready.input, begun.work),
      imports,
      // At a new start only results that are taken over can have failed.
      retryFailed: choice.kind === "restart" ? settings.failed !== "keep" : choice.retry !== "none",
      acceptFailures: settings.failed === "keep" || (choice.kind === "continue" && choice.acceptFailures),
    };
    return await processItems(setup, checkpoint, begun, options, identity);
  } finally {
    await processor.close();
  }
}

const CANCELLED: CommandEnd = { exitCode: EXIT.interrupted };

/** The facts that decide whether the output may be written: the session that the run resumes, or none. */
export function permitRequest(
  setup: RunSetup,
  checkpoint: Checkpoint,
  { status, work }: { readonly status: Status | null; readonly work: Work },
  choice: Exclude<SettledDecision, "cancel">,
): PermitRequest {
  const present = status === null ? null : presentRecord(status);
  if (choice.kind === "continue" && present !== null) {
    // Without recorded output the session was started by an older version, which would replace the output of the last completed run.
    const output = present.output ?? checkpoint.receipt()?.output ?? null;
    const origin = { session: { ...present, output }, onRequest: false, startedOver: null };
    return { setup, checkpoint, work, origin, present };
  }
  const onRequest = choice.kind === "restart" && choice.onRequest;
  const startedOver = onRequest && work.plan.withResult > 0 ? (present?.nonce ?? null) : null;
  return { setup, checkpoint, work, origin: { session: null, onRequest, startedOver }, present };
}

/** A checkpoint of version 1 cannot say that something is run again, or was imported or chosen, or which of several answers it is. */
function raised(checkpoint: LockedCheckpoint, found: JobState, imports: Imports | null): JobState {
  const { recovered, work } = found;
  if (recovered?.status.v !== 1) return found;
  const isRaised =
    work.repeats > 1 ||
    work.selection !== null ||
    work.shard !== null ||
    rerunScope(work, recovered) !== null ||
    willImport(imports, work.plan);
  return isRaised ? { ...found, recovered: checkpoint.raiseVersion(recovered) } : found;
}

/** Moves the checkpoint into a backup and plans again. An input that was kept with it is kept. */
async function startOver(
  setup: RunSetup,
  checkpoint: LockedCheckpoint,
  found: JobState,
  recovered: Recovered,
): Promise<JobState> {
  const { context, processor, reporter, source } = setup;
  const ready = source.kept && !found.ready.incoming ? copyOfKept(checkpoint, found.ready) : found.ready;
  const name = checkpoint.startOver(isClean(recovered) ? recovered.status : null);
  await prune(context, checkpoint, name, (text) => reporter.warn(text));
  reporter.note(context.catalogue.backups.movedToBackup(name, null));
  const join = await identityJoin(ready.input, null, wantedAgain(found.work, null));
  return { ready, recovered: null, work: await join.finish(processor) };
}

/** Whether the status covers the whole log. If so, its backup is a checkpoint, else raw files. */
function isClean(recovered: Recovered): boolean {
  return recovered.adopted === 0 && recovered.quarantinedBytes === 0;
}
