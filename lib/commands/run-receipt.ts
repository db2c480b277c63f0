// No checkpoint, but perhaps a receipt: the same job again is complete already; a grown input, or failures to be tried again, go on from the
// completed session's backup.
import * as path from "node:path";
import { type BackupEntry, readBackup } from "../checkpoint/backups.ts";
import { exportedHashes } from "../checkpoint/exports.ts";
import type { LockedFolder } from "../checkpoint/folder.ts";
import { scanLog } from "../checkpoint/log-reader.ts";
import { emptyPosition } from "../checkpoint/recovery.ts";
import { type Receipt, readReceipt } from "../checkpoint/receipt.ts";
import { restoreBackup } from "../checkpoint/restore.ts";
import { LOG, STATUS } from "../checkpoint/names.ts";
import { readStatus } from "../checkpoint/status-file.ts";
import { CkptError, EXIT } from "../core/errors.ts";
import { isSameFingerprint } from "../core/fingerprint.ts";
import { percentOf } from "../core/percent.ts";
import type { OutputFacts } from "../core/status.ts";
import { fileSize, hashFile } from "../io/file.ts";
import type { Summary } from "../run/progress.ts";
import type { Ending } from "./context.ts";
import type { FoundWork, RunCase } from "./run-case.ts";
import { isReadAlike } from "./run-reading.ts";
import { checkRunOutput, writeOutput } from "./run-output.ts";
import { showSummary } from "./run-summary.ts";
import { joinFor, type Work } from "./run-work.ts";

/**
 * @returns how the command ends when there is nothing to do; "restored" when the completed session was put back in place to go on from; null
 * when this is a new job
 */
export async function fromReceipt(
  runCase: RunCase,
  folder: LockedFolder,
  found: FoundWork,
): Promise<Ending | "restored" | null> {
  const { context, settings, fingerprint, reporter } = runCase;
  const { fs, clock } = context.host;
  const receipt = readReceipt(fs, folder.paths);
  if (receipt === null || receipt.cleared === true) return null;
  if (!isSameFingerprint(receipt.fingerprint, fingerprint)) return null;
  const backup =
    receipt.backup === null ? null : readBackup(fs, path.join(folder.paths.backups, receipt.backup));
  if (backup !== null) refuseUnreadable(backup);
  const intact =
    backup?.manifest?.form === "checkpoint" &&
    backup.problems.length === 0 &&
    backup.manifest.nonce === receipt.nonce;
  const sameInput =
    receipt.input.sha256 === found.work.bytes.sha256 &&
    receipt.input.id_field === settings.idField &&
    isReadAlike(receipt.input, found.ready.input);
  const outputStands = standing(runCase, receipt);
  if (!intact || backup === null || backup.manifest === null)
    return sameInput && outputStands ? alreadyComplete(runCase, receipt, receipt.output) : null;
  const work = await backupWork(runCase, found, backup.folder);
  // Failures of a completed session have been accepted: only `--failed retry` takes that back.
  const counts = work.plan.counts(settings.failed === "retry");
  if (counts.done + counts.failed + counts.changed === 0) return null;
  const complete = counts.pending === 0 && sameInput;
  if (!complete) {
    restoreBackup(fs, folder.paths, backup.folder, backup.manifest, clock.now());
    reporter.note(context.catalogue.states.goesOnFrom(backup.name));
    return "restored";
  }
  if (outputStands) return alreadyComplete(runCase, receipt, receipt.output);
  const exported = exportedHashes(fs, folder.paths, receipt.nonce, runCase.output.path);
  checkRunOutput(runCase.output, runCase.source, settings, context.host, [
    receipt.output?.sha256,
    ...exported,
  ]);
  const content = {
    plan: work.plan,
    log: path.join(backup.folder, LOG),
    input: found.ready.input,
    facts: receipt.input,
    settings,
    nonce: receipt.nonce,
  };
  const output = await writeOutput(runCase.output, content, context.host, () => Promise.resolve());
  return alreadyComplete(runCase, receipt, output);
}

/** A backup that cannot be read at this moment may hold all results: they are not made again for that. @throws system.failed */
function refuseUnreadable({ folder, problems }: BackupEntry): void {
  const unreadable = problems.find((problem) => problem.kind === "unreadable");
  if (unreadable === undefined) return;
  const { file, cause } = unreadable;
  throw new CkptError("system.failed", { what: "read", path: path.join(folder, file), cause });
}

async function backupWork(runCase: RunCase, found: FoundWork, backupFolder: string): Promise<Work> {
  const { fs } = runCase.context.host;
  const read = readStatus(fs, path.join(backupFolder, STATUS));
  if (read.kind !== "good") return found.work;
  const { session } = read.status;
  const join = await joinFor(read.status, runCase.fingerprint, found.ready.input);
  scanLog(fs, path.join(backupFolder, LOG), emptyPosition(session.nonce), join.visit);
  return join.finish(runCase.processor);
}

/** Whether the output of the receipt lies where this run would put it, unchanged. */
function standing(runCase: RunCase, receipt: Receipt): boolean {
  const { fs } = runCase.context.host;
  const { output } = receipt;
  if (output === null || output.sha256 === null || output.path !== runCase.output.path) return false;
  return fileSize(fs, output.path) !== null && hashFile(fs, output.path).sha256 === output.sha256;
}

function alreadyComplete(runCase: RunCase, receipt: Receipt, output: OutputFacts | null): Ending {
  const exitCode = receipt.failed > 0 ? EXIT.someFailed : EXIT.ok;
  const summary: Summary = {
    session_id: receipt.session_id,
    outcome: "already_complete",
    exit_code: exitCode,
    total: receipt.total,
    completed: receipt.completed,
    failed: receipt.failed,
    pending: 0,
    percent: percentOf(receipt.completed, receipt.total),
    attempted: 0,
    succeeded: 0,
    failed_now: 0,
    elapsed_ms: 0,
    stop: null,
    errors: [],
    output: output === null || output.sha256 === null ? null : { path: output.path, sha256: output.sha256 },
    backup: receipt.backup,
    resume_command: null,
    export_command: null,
  };
  showSummary(runCase, summary);
  return { exitCode };
}
