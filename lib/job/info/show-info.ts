// Shows a checkpoint, a folder of shards, or the last completed session. Takes no lock, changes nothing, and takes the same time for any size.
import {
  type Checkpoint,
  hasShards,
  noCheckpoint,
  openCheckpoint,
  type Receipt,
} from "../../checkpoint/checkpoint.ts";
import { stdoutColumns } from "../../cli/common-arguments.ts";
import type { CommandEnd, Context } from "../../cli/context.ts";
import { CkptError, EXIT } from "../../core/errors.ts";
import { jsonLine } from "../../core/json-line.ts";
import type { Problem } from "../../core/problem.ts";
import type { Status } from "../../core/status.ts";
import { writeStdout } from "../../io/stdout.ts";
import { renderNoCheckpoint } from "../../ui/last-run.ts";
import { type InfoView, renderInfo } from "../../ui/render-info.ts";
import { wrapColumns } from "../../ui/width.ts";
import { infoJson, lastRun, lastRunJson } from "./info-json.ts";
import { completedView, viewOf } from "./info-view.ts";

/**
 * Shows the checkpoint in `dir`, or the last completed session. Exit code 10 when there is neither, or it was cleared. @throws checkpoint.damaged,
 * checkpoint.newer
 */
export async function showInfo(
  dir: string,
  { json, isMissingWanted }: { readonly json: boolean; readonly isMissingWanted: boolean },
  context: Context,
): Promise<CommandEnd> {
  const { host } = context;
  const checkpoint = await openCheckpoint(host.fs, dir).resting(host.clock);
  if (isMissingWanted || (hasShards(host.fs, dir) && !checkpoint.exists())) {
    const { showShards } = await import("./shards-info.ts");
    return showShards(dir, { json, isMissingWanted }, context);
  }
  if (!checkpoint.exists()) return showCompleted(dir, checkpoint, json, context);
  const read = checkpoint.readStatus();
  const status = read.kind === "good" ? read.status : null;
  const problems = damageOf(checkpoint, status, read.kind === "absent");
  if (status !== null && (!json || problems.length === 0)) {
    const view = viewOf(checkpoint, status, { damaged: problems.length > 0 });
    showView(view, checkpoint.receipt(), json, context);
  }
  if (problems.length === 0) return { exitCode: EXIT.ok };
  const damage = new CkptError("checkpoint.damaged", { path: dir, problems });
  if (json) throw damage;
  await showDamage(damage, context, checkpoint, status === null ? "" : "\n"); // below the block
  return { exitCode: EXIT.integrity };
}

function showView(view: InfoView, receipt: Receipt | null, json: boolean, context: Context): void {
  const { host, catalogue } = context;
  const text = json ? jsonLine(infoJson(view, receipt)) : renderInfo(view, catalogue, stdoutColumns(host));
  writeStdout(host.fs, Buffer.from(text));
}

/** Problems that the status and the end of the log show. */
function damageOf(checkpoint: Checkpoint, status: Status | null, absent: boolean): Problem[] {
  if (status === null) return [{ kind: absent ? "status-missing" : "status-sum" }];
  return checkpoint.endProblems(status);
}

/** Shows the problems, what is provable, and what to do. Only for a damaged checkpoint the whole log is read. */
async function showDamage(
  damage: CkptError,
  context: Context,
  checkpoint: Checkpoint,
  above: string,
): Promise<void> {
  const { catalogue, screen } = context;
  const notes = await context.notes({ quiet: true });
  const { renderError } = await import("../../ui/render-error.ts");
  notes.error(`${above}${renderError(damage, catalogue, screen)}`);
  const report = await checkpoint.verify();
  if (report !== null) notes.error(`      ${catalogue.verify.provable(report.records, report.items)}`);
}

/** Shows the last completed session from its backup; if that is gone, from the receipt. */
async function showCompleted(
  dir: string,
  checkpoint: Checkpoint,
  json: boolean,
  context: Context,
): Promise<CommandEnd> {
  const receipt = checkpoint.receipt();
  const view = completedView(checkpoint);
  const error = noCheckpoint(context.host.fs, dir);
  if (view === null && error.code === "checkpoint.noShardsFile") throw error;
  if (view === null) return showNothing(dir, receipt, json, context);
  showView(view, receipt, json, context);
  return { exitCode: EXIT.ok };
}

async function showNothing(
  dir: string,
  receipt: Receipt | null,
  json: boolean,
  context: Context,
): Promise<CommandEnd> {
  const text = json
    ? jsonLine({ ...(await noneJson(dir, context)), last_run: lastRunJson(receipt) })
    : wrapColumns(renderNoCheckpoint(dir, lastRun(receipt), context.catalogue), stdoutColumns(context.host));
  writeStdout(context.host.fs, Buffer.from(text));
  return { exitCode: EXIT.noCheckpoint };
}

async function noneJson(dir: string, { catalogue }: Context): Promise<object> {
  const { errorJson } = await import("../../ui/render-error.ts");
  return errorJson(new CkptError("checkpoint.none", { dir }), catalogue);
}
