// What is tried on a full disk. Each case makes a disk and a job of its own; what it finds wrong goes into the job's faults.
import * as fs from "node:fs";
import * as path from "node:path";
import { checkpointPaths } from "../../lib/checkpoint/names.ts";
import { ckpt, newFolder, read, writeLines } from "../helpers/ckpt.ts";
import { PATIENCE_MS } from "../helpers/until.ts";
import { DiskFiller } from "./disk-filler.ts";
import { Disk, type DiskOptions } from "./disks.ts";
import { expectSaid, soonAfter, FaultyDiskJob, type FaultyDiskProcessor } from "./faulty-disk-job.ts";

export type Place = {
  readonly name: string;
  readonly disk: DiskOptions;
  readonly what: "room" | "inodes";
  /** What the file system takes for itself when a few files are made. */
  readonly ownBytes?: number;
};

export const PLACES: readonly Place[] = [
  { name: "tmpfs of 256 KB", disk: { kind: "tmpfs", size: "256k" }, what: "room" },
  { name: "ext4", disk: { kind: "ext4", size: "8M" }, what: "room" },
  { name: "xfs", disk: { kind: "xfs", size: "300M" }, what: "room", ownBytes: 152 << 10 },
  { name: "ext4 without inodes", disk: { kind: "ext4", size: "8M", make: ["-N", "32"] }, what: "inodes" },
];

export type Tried = {
  readonly job: FaultyDiskJob;
  readonly ballast: DiskFiller;
  readonly place: Place;
};
export type FullDiskCase = (tried: Tried) => Promise<void>;

const ITEMS = 120;
/** Items whose results are imported, the last first. */
const IMPORTED = Array.from({ length: ITEMS - 10 }, (_, at) => ITEMS - 1 - at);
/** Items of shards, whose output is smaller than the smallest disk. */
const MERGED = 200;
/** Enough for a checkpoint, not for the results that are imported into it. */
const CHECKPOINT_BYTES = 48 << 10;
/** A full disk is waited for, half a minute. */
const END_MS_MAX = 45_000;

/** @param work by default a command, batch 10 */
export async function onFullDisk(
  place: Place,
  name: string,
  performMove: FullDiskCase,
  work: { readonly processor: FaultyDiskProcessor; readonly batch: number } = {
    processor: "command",
    batch: 10,
  },
): Promise<FaultyDiskJob> {
  await using disk = await Disk.make(place.disk);
  const ballast = new DiskFiller(disk.at);
  const folder = newFolder();
  const job = new FaultyDiskJob({
    name: `${place.name}, ${name}`,
    at: disk.at,
    strike: () => fill({ ballast, place }),
    renew: () => Promise.resolve(ballast.free()),
    folder,
    outputFolder: folder,
    items: ITEMS,
    ...work,
  });
  await performMove({ job, ballast, place });
  fs.rmSync(folder, { recursive: true });
  return job;
}

function fill({ ballast, place }: Pick<Tried, "ballast" | "place">, exceptBytes: number = 0): void {
  if (place.what === "room") ballast.fill(exceptBytes);
  else ballast.fillInodes();
}

/** The disk becomes full in the middle of a run: nothing more is attempted; when there is room again the run goes on, and nothing was done twice. */
export async function waitsForRoom(tried: Tried): Promise<void> {
  const { job, ballast } = tried;
  const run = job.start(job.runWords);
  await run.until(() => job.marks.length >= 10);
  // It takes a while; the run is to be in its middle then.
  run.stop();
  fill(tried);
  run.proceed();
  const isWaiting = (): boolean => {
    const last = run.reports.at(-1);
    return last?.waiting === "disk full" && last.in_flight === 0;
  };
  await run.until(isWaiting, PATIENCE_MS);
  if (!isWaiting()) job.fault(`did not wait: ${run.errors.slice(-600)}`);
  const [marks, reports] = [job.marks.length, run.reports.length];
  await run.until(() => run.reports.length >= reports + 2, PATIENCE_MS);
  if (job.marks.length > marks) job.fault("attempts are begun while nothing can be saved");
  ballast.free();
  await run.over(END_MS_MAX);
  const isOver = run.isOver;
  await run.kill();
  const { code, err } = await run.end();
  if (!isOver || code !== 0) job.fault(`with room again: exit ${code}: ${err.slice(-600)}`);
  if (new Set(job.marks).size < job.marks.length) job.fault("an item was attempted twice");
  job.expectOutput();
}

/** No room comes: it stops after a while, and the same command goes on later. */
export async function stops({ job }: Tried): Promise<void> {
  const begun = job.marks.length;
  const moment = soonAfter(() => job.marks.length >= begun + 10, 0);
  const { code, errors } = await job.strike(job.runWords, moment, { exact: true, ms: END_MS_MAX });
  expectStopped(job, code, errors);
  await job.finish(job.runWords);
  job.expectOutput();
}

/** Full before it begins: refused before the first attempt. */
export async function fullAtTheStart(tried: Tried): Promise<void> {
  const { job, ballast } = tried;
  fill(tried);
  await expectRefused(job);
  ballast.free();
  await job.finish(job.runWords);
  job.expectOutput();
}

/** Full when a run that was killed is taken up: what it had saved and not committed stays. */
export async function fullInRecovery(tried: Tried): Promise<void> {
  const { job, ballast } = tried;
  await job.kill((run) => run.until(() => job.marks.length > 10 && job.hasUncommitted));
  fill(tried);
  await expectRefused(job);
  job.expectReported();
  ballast.free();
  await job.finish(job.runWords);
  job.expectOutput();
}

/** Full while results of another tool are taken over: no item is attempted, and with room again the rest of them is taken over. */
export async function fullInImport(tried: Tried): Promise<void> {
  const { job, ballast, place } = tried;
  const words = job.importWords(IMPORTED);
  fill(tried, CHECKPOINT_BYTES + (place.ownBytes ?? 0));
  await expectRefused(job, words);
  if (place.what === "room" && !job.isInPlace) job.fault("it was full before the import began");
  job.expectReported();
  ballast.free();
  await job.finish(words);
  expectImported(job);
}

/** The same, and room comes while the run waits for it. */
export async function waitsInImport(tried: Tried): Promise<void> {
  const { job, ballast, place } = tried;
  if (place.what === "inodes") return; // it is refused at the start
  const words = job.importWords(IMPORTED);
  fill(tried, CHECKPOINT_BYTES + (place.ownBytes ?? 0));
  const run = job.start(words);
  const isWaiting = (): boolean => run.errors.includes("The disk is full. Waiting");
  await run.until(isWaiting, PATIENCE_MS);
  if (!isWaiting()) job.fault(`did not wait: ${run.errors.slice(-600)}`);
  ballast.free();
  await run.over(END_MS_MAX);
  const isOver = run.isOver;
  await run.kill();
  const { code, err } = await run.end();
  if (!isOver || code !== 0) job.fault(`with room again: exit ${code}: ${err.slice(-600)}`);
  expectImported(job);
}

function expectImported(job: FaultyDiskJob): void {
  const attempted = job.marks.filter((index) => IMPORTED.includes(index));
  if (attempted.length > 0) job.fault(`imported and attempted: ${attempted.join()}`);
  job.expectOutput();
}

/** Full when all has been done, and the checkpoint is to be committed and moved. */
export async function fullAtTheEnd({ job }: Tried): Promise<void> {
  const { code, errors } = await job.strike(
    job.runWords,
    soonAfter(() => job.isStaged || job.everyItemMarked, 0),
    { exact: true, ms: END_MS_MAX },
  );
  if (code !== 0) expectStopped(job, code, errors);
  const marks = job.marks.length;
  await job.finish(job.runWords);
  if (code !== 4 && job.marks.length > marks) job.fault("what was done is done again");
  job.expectOutput();
}

/** Backup, clear and restore with no room: they work, or change nothing and leave nothing behind. */
export async function otherCommands(tried: Tried): Promise<void> {
  const { job, ballast } = tried;
  const limited = ["run", "q.txt", "--limit", "20", ...job.runWords.slice(2)];
  await job.finish(limited, [4]);
  await job.finish(job.words("backup", "kept"));
  for (const words of [
    ["backup", "more"],
    ["restore", "kept", "-y"],
    ["clear", "-y"],
  ]) {
    fill(tried);
    const run = job.start(job.words(...words));
    const { code, err } = await run.end();
    ballast.free();
    if (code !== 0) expectSaid(job, err, "ENOSPC");
    if (code !== 0 && !job.isInPlace) job.fault(`${words[0]}: exit ${code}, and the checkpoint is gone`);
    if (code === 0 && words[0] === "clear") await job.finish(job.words("restore", "latest", "-y"));
    job.expectReported();
  }
  await job.finish(job.words("verify", "kept"));
  const { backups } = checkpointPaths(job.dir);
  await job.finish(job.runWords);
  const left = fs.readdirSync(backups).filter((name) => name.startsWith("."));
  if (left.length > 0) job.fault(`left behind: ${left.join()}`);
  job.expectOutput();
}

/** Shards merged onto a full disk: it says so and leaves no piece of an output, and with room the same command goes through. */
export async function merges(tried: Tried): Promise<void> {
  const { job, ballast } = tried;
  const folder = newFolder();
  const words = ["run", "q.txt", "-b", "1000", "-q", "--module", "answer.ts"];
  writeLines(
    folder,
    "q.txt",
    Array.from({ length: MERGED }, (_, at) => `item ${at}`),
  );
  writeLines(folder, "answer.ts", ["export const process = (item: string) => item.repeat(100);"]);
  for (const shard of ["1/2", "2/2"]) await ckpt(folder, [...words, "--shard", shard]);
  const at = path.dirname(job.dir);
  const file = path.join(at, "merged.jsonl");
  const before = fs.readdirSync(at).length;
  fill(tried);
  const { code, err } = await ckpt(folder, ["merge", "-o", file]);
  const left = fs.readdirSync(at).filter((name) => name.includes("merged"));
  ballast.free();
  expectStopped(job, code, err);
  if (left.length > 0) job.fault(`left behind: ${left.join()}`);
  if (fs.readdirSync(at).length !== before) job.fault("something else lies on the disk");
  const again = await ckpt(folder, ["merge", "-o", file]);
  if (again.code !== 0) job.fault(`with room again: exit ${again.code}: ${again.err}`);
  else if (read(at, "merged.jsonl").split("\n").length !== MERGED + 1) job.fault("another output");
  fs.rmSync(folder, { recursive: true });
}

async function expectRefused(job: FaultyDiskJob, words: readonly string[] = job.runWords): Promise<void> {
  const marks = job.marks.length;
  const run = job.start(words);
  await run.over(END_MS_MAX);
  await run.kill();
  const { code, err } = await run.end();
  expectStopped(job, code, err);
  if (job.marks.length > marks) job.fault("attempts were made");
}

function expectStopped(job: FaultyDiskJob, code: number | null, errors: string): void {
  if (code !== 4) job.fault(`exit ${code} instead of 4: ${errors.slice(-600)}`);
  expectSaid(job, errors, "ENOSPC");
}
