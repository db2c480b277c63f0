// Power cuts on real file systems: ext4 and XFS on loop devices are shut down at random moments while commands and workers run, and while ckpt
// recovers, writes the output, completes, backs up, clears and restores. What the device had taken by then stays; what was only in memory is lost.
import * as fs from "node:fs";
import * as path from "node:path";
import { newFolder } from "../helpers/ckpt.ts";
import { checkpointPaths } from "../../lib/checkpoint/names.ts";
import { SEED, seededRandom } from "../helpers/seed.ts";
import { soonAfter, FaultyDiskJob, type FaultyDiskProcessor } from "./faulty-disk-job.ts";
import { Disk, disksMissing } from "./disks.ts";
import type { Figures, Size } from "./figures.ts";

const KINDS = ["ext4", "xfs"] as const;
type Kind = (typeof KINDS)[number];
const IMAGE = { ext4: "64M", xfs: "300M" } as const;

/** Four attempts of some 20 ms go on at once: enough for all cuts that fall into a run's work. */
const ITEMS = 240;

type Case = { readonly processor: FaultyDiskProcessor; readonly batch: number };
const CASES: readonly Case[] = [1, 10, 100].flatMap((batch) =>
  (["command", "worker"] as const).map((processor) => ({ processor, batch })),
);

/** Why there can be no cuts here; empty when there can. */
export function powerCutsMissing(): string[] {
  return disksMissing(["mkfs.ext4", "mkfs.xfs", "xfs_io"]);
}

/** @param size quick: one job on ext4, its processor and batch by chance; full: all jobs on both */
export async function powerCuts(size: Size): Promise<Figures> {
  const method = "power cuts";
  const skipped = powerCutsMissing();
  if (skipped.length > 0) return { method, figures: {}, faults: [], skipped };
  const random = seededRandom(SEED);
  const kinds = size === "full" ? KINDS : (["ext4"] as const);
  const cases = size === "full" ? CASES : [pick(CASES, random)];
  const jobs = (
    await Promise.all(kinds.map((kind, at) => allOn(kind, cases, seededRandom(SEED + at))))
  ).flat();
  const cuts = new Map<string, number>();
  for (const job of jobs)
    for (const [doing, count] of job.blows) cuts.set(doing, (cuts.get(doing) ?? 0) + count);
  const total = [...cuts.values()].reduce((sum, count) => sum + count, 0);
  const figures = { cuts: total, ...Object.fromEntries(cuts), jobs: jobs.length, seed: SEED };
  return { method, figures, faults: jobs.flatMap(({ faults }) => faults) };
}

async function allOn(kind: Kind, cases: readonly Case[], random: () => number): Promise<FaultyDiskJob[]> {
  const jobs: FaultyDiskJob[] = [];
  for (const { processor, batch } of cases) {
    await using disk = await Disk.make({ kind, size: IMAGE[kind] });
    const folder = newFolder();
    const name = `${kind}, ${processor}, batch ${batch}`;
    const job = new FaultyDiskJob({
      name,
      at: disk.at,
      strike: () => disk.cutPower(),
      renew: () => disk.remount(),
      folder,
      processor,
      batch,
      items: ITEMS,
    });
    await performMove(job, random);
    jobs.push(job);
    fs.rmSync(folder, { recursive: true });
  }
  return jobs;
}

/** Fourteen cuts; between them the same command goes on. */
async function performMove(job: FaultyDiskJob, random: () => number): Promise<void> {
  const afterMs = (): number => Math.floor(random() * 60);
  const cutAtWork = async (): Promise<void> => {
    const marks = job.marks.length;
    const moment = soonAfter(() => job.marks.length > marks, 400 * random());
    await job.strike(job.runWords, moment, { ms: afterMs() });
  };
  await job.strike(job.runWords, (run) => run.over(150 * random()), { ms: afterMs() });
  for (let i = 0; i < 4; i++) await cutAtWork();
  await cutInRecovery(job, random);
  await cutBackup(job, random);
  await cutAtWork();
  await cutCommand(job, job.words("clear", "-y"), random);
  // Where the clear was decided before the cut, it is finished first, and then there is nothing to clear.
  if (job.isInPlace) await job.finish(job.words("clear", "-y"), [0, 10]);
  await cutCommand(job, job.words("restore", "latest", "-y"), random);
  if (!job.isInPlace) await job.finish(job.words("restore", "latest", "-y"));
  await cutInRecovery(job, random);
  await cutAtTheEnd(job, random);
}

/** Kills a run that has saved what it has not committed, and cuts the power while the next one takes that over. */
async function cutInRecovery(job: FaultyDiskJob, random: () => number): Promise<void> {
  const marks = job.marks.length;
  await job.kill((run) => run.until(() => job.marks.length > marks && job.hasUncommitted));
  const { recovering } = checkpointPaths(job.dir);
  const begun = (): boolean => fs.existsSync(`${recovering}.tmp`) || fs.existsSync(recovering);
  await job.strike(job.runWords, soonAfter(begun, 6 * random()), { exact: true, ms: 0 });
}

/** Cuts a short command somewhere between its first change to the folder and its end. Returns its exit code, null when it had not ended. */
async function cutCommand(
  job: FaultyDiskJob,
  words: readonly string[],
  random: () => number,
): Promise<number | null> {
  const { backups } = checkpointPaths(job.dir);
  const names = (): string =>
    [job.dir, backups].flatMap((folder) => (fs.existsSync(folder) ? fs.readdirSync(folder) : [])).join();
  const before = names();
  const moment = soonAfter(() => names() !== before, 12 * random());
  return (await job.strike(words, moment, { exact: true, ms: 0 })).code;
}

/** A backup is there whole or not at all, and it is there when ckpt has said so. */
async function cutBackup(job: FaultyDiskJob, random: () => number): Promise<void> {
  const code = await cutCommand(job, job.words("backup", "mine"), random);
  const exists = fs.existsSync(path.join(checkpointPaths(job.dir).backups, "mine"));
  if (exists) await job.finish(job.words("verify", "mine"));
  else if (code === 0) job.faults.push("a backup that was made is gone");
}

async function cutAtTheEnd(job: FaultyDiskJob, random: () => number): Promise<void> {
  const { intent, receipt } = checkpointPaths(job.dir);
  const staged = soonAfter(() => job.isStaged, 3 * random());
  await job.strike(job.runWords, staged, { exact: true, ms: 0 });
  const moving = soonAfter(() => fs.existsSync(intent), 5 * random());
  await job.strike(job.runWords, moving, { exact: true, ms: 0 });
  await job.strike(job.runWords, (run) => run.over(), { ms: 0 });
  job.expectOutput();
  if (!fs.existsSync(receipt)) job.faults.push("the receipt of a completed run is gone");
  const marks = job.marks.length;
  await job.finish(job.runWords);
  if (job.marks.length > marks) job.faults.push("a completed job was run again");
}

function pick<T>(values: readonly T[], random: () => number): T {
  const value = values[Math.floor(random() * values.length)];
  if (value === undefined) throw new Error("nothing to pick from");
  return value;
}
