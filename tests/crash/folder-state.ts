// What stands in a job's folder, as it lies there: the checkpoint (an interrupted move counts as finished, as for commands that only read), what is
// recorded, the backups, and what does not belong there.
import * as fs from "node:fs";
import * as path from "node:path";
import { listBackups } from "../../lib/checkpoint/backup/backups.ts";
import { manifestProblems } from "../../lib/checkpoint/backup/manifest.ts";
import { type Intent, pathsDuringMove } from "../../lib/checkpoint/backup/move.ts";
import {
  type CheckpointPaths,
  checkpointPaths,
  isLeftover,
  isUnfinishedBackup,
} from "../../lib/checkpoint/names.ts";
import { type Receipt, readReceipt } from "../../lib/checkpoint/backup/receipt.ts";
import { readStatus } from "../../lib/checkpoint/status/status-file.ts";
import { verifyCheckpoint } from "../../lib/checkpoint/log/verify.ts";
import { realFileSystem } from "../../lib/io/fs.ts";
import { WORK } from "./sweep-job.ts";

/** A backup that may be deleted for newer ones (sweep-cases.ts). */
const SURPLUS = "cleared 1";

/** The folder of a job, and that of its checkpoint, below the work folder; default `checkpoints`. */
export type JobPlace = { readonly folder: string; readonly dir?: string | undefined };

function pathsOf({ folder, dir = "checkpoints" }: JobPlace): CheckpointPaths {
  return checkpointPaths(path.join(folder, WORK, dir));
}

/** `none`, `RECORDS of COMMITTED`, or `damaged COMMITTED`. */
export function checkpointState(job: JobPlace): string {
  const report = verifyCheckpoint(realFileSystem, pathsDuringMove(realFileSystem, pathsOf(job)));
  if (report === null) return "none";
  const committed = report.status?.log.records ?? "?";
  return report.problemCount > 0 ? `damaged ${committed}` : `${report.records} of ${committed}`;
}

/** Results that a status vouches for; of a completed session, all. */
export function committedItems(job: JobPlace): number {
  const paths = pathsOf(job);
  const status = readStatus(realFileSystem, pathsDuringMove(realFileSystem, paths).status);
  if (status.kind === "good") return status.status.results_saved;
  return readReceipt(realFileSystem, paths)?.completed ?? 0;
}

/** What is run again: items that count as recorded only with a record behind the first `toSeq`. */
export type Again = { readonly items: readonly number[]; readonly toSeq: number };

/** Items that need not be run again. */
export function recordedItems(job: JobPlace, again: Again = { items: [], toSeq: 0 }): ReadonlySet<number> {
  const paths = pathsOf(job);
  const leaving = leavingReceipt(paths);
  if (leaving !== undefined) return itemsOf(leaving);
  const settled = pathsDuringMove(realFileSystem, paths);
  if (!fs.existsSync(settled.status) && !fs.existsSync(settled.log))
    return itemsOf(readReceipt(realFileSystem, paths));
  // In the middle of an adoption the records that are written anew stand in the copy alone, behind its head.
  const [, ...copied] = wholeLines(paths.recovering);
  const records = [...wholeLines(settled.log), ...copied].map(recordOf);
  const counting = records.filter(({ seq, index }) => seq > again.toSeq || !again.items.includes(index));
  return new Set(counting.map(({ index }) => index));
}

/** The receipt that the checkpoint is going to leave when an interrupted move takes it away; undefined when none does. */
function leavingReceipt({ intent }: CheckpointPaths): Receipt | null | undefined {
  if (!fs.existsSync(intent)) return undefined;
  const { stage, receipt } = JSON.parse(fs.readFileSync(intent, "utf8")) as Intent;
  if (stage !== null) return undefined;
  return receipt === null ? null : (JSON.parse(receipt) as Receipt);
}

/** Items of a completed session that is gone on from. */
function itemsOf(receipt: Receipt | null): ReadonlySet<number> {
  const done = receipt === null || receipt.cleared === true ? 0 : receipt.completed;
  return new Set(Array.from({ length: done }, (_, i) => i));
}

function wholeLines(file: string): string[] {
  return fs.existsSync(file) ? fs.readFileSync(file, "utf8").split("\n").slice(0, -1) : [];
}

type Numbered = { readonly seq: number; readonly index: number };

function recordOf(line: string): Numbered {
  return JSON.parse(line) as Numbered;
}

/**
 * `REASON ITEMS` of each backup, sorted; one that is not byte for byte as its manifest says is named as damaged. Those that were made to become too many
 * are left out: after an interruption they go with the next backup that is made.
 */
export function backupStates(job: JobPlace): string {
  const all = listBackups(realFileSystem, pathsOf(job)).map(({ name, folder: at, manifest }) => {
    if (manifest === null || manifestProblems(realFileSystem, at, manifest, true).length > 0)
      return `damaged ${name}`;
    return `${manifest.reason} ${manifest.results_saved}`;
  });
  return all
    .filter((backup) => backup !== SURPLUS)
    .toSorted()
    .join(", ");
}

/** Files and folders of interrupted work, by their paths in the work folder. */
export function leftovers(job: JobPlace): string[] {
  const { dir, backups, intent, recovering } = pathsOf(job);
  const work = path.join(job.folder, WORK);
  const found = [
    ...namesIn(work).filter((name) => name.endsWith(".ckpt.tmp")),
    // The journal of the backups' lock is SQLite's, which clears it up when that lock is taken again.
    ...namesIn(dir).filter((name) => isLeftover(name) || name === "lock-journal" || name === "owner.json"),
    ...namesIn(backups).filter((name) => isUnfinishedBackup(name)),
    ...[intent, recovering].filter((file) => fs.existsSync(file)),
  ];
  return found.map((name) => path.basename(name));
}

function namesIn(folder: string): string[] {
  return fs.existsSync(folder) ? fs.readdirSync(folder) : [];
}
