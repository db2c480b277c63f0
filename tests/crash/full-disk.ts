// Full disks: no room or no inodes, from the start, in the middle of a run, at its end, for good or for a while. A run waits and goes on, or stops with exit
// code 4 and goes on when there is room; what was reported as saved stays.
import { disksMissing } from "./disks.ts";
import type { Figures, Size } from "./figures.ts";
import {
  type FullDiskCase,
  fullAtTheEnd,
  fullAtTheStart,
  fullInImport,
  fullInRecovery,
  merges,
  onFullDisk,
  otherCommands,
  type Place,
  PLACES,
  stops,
  waitsForRoom,
  waitsInImport,
} from "./full-disk-cases.ts";
import type { FaultyDiskJob } from "./faulty-disk-job.ts";

const CASES: Readonly<Record<string, FullDiskCase>> = {
  "waits for room": waitsForRoom,
  "waits for room in an import": waitsInImport,
  "full at the start": fullAtTheStart,
  "full in recovery": fullInRecovery,
  "full in an import": fullInImport,
  "full at the end": fullAtTheEnd,
  "backup, restore and clear": otherCommands,
  "merge of shards": merges,
  stops,
};
/** Cases that wait until ckpt gives up: not in the quick form. */
const LONG: ReadonlySet<string> = new Set(["stops", "full at the end", "full in an import"]);

/** Why there can be no full disks here; empty when there can. */
export function fullDiskMissing(): string[] {
  return disksMissing(["mkfs.ext4", "mkfs.xfs"]);
}

/** @param size quick: the short cases on tmpfs and without inodes; full: all on all, at the same time, since they mostly wait */
export async function fullDisk(size: Size): Promise<Figures> {
  const method = "full disk";
  const skipped = fullDiskMissing();
  if (skipped.length > 0) return { method, figures: {}, faults: [], skipped };
  const places = size === "full" ? PLACES : PLACES.filter(({ name }) => !/^(ext4|xfs)$/.test(name));
  const names = Object.keys(CASES).filter((name) => size === "full" || !LONG.has(name));
  const jobs: FaultyDiskJob[] = [];
  for (const name of names) jobs.push(...(await Promise.all(places.map((place) => tried(place, name)))));
  const figures = { cases: jobs.length, places: places.length };
  return { method, figures, faults: jobs.flatMap(({ faults }) => faults) };
}

function tried(place: Place, name: string): Promise<FaultyDiskJob> {
  const performMove = CASES[name];
  if (performMove === undefined) throw new Error(`no case ${name}`);
  return onFullDisk(place, name, performMove);
}
