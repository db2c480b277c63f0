// A device that really fails: from a moment of our choosing on, every write to it gives EIO (nbdkit's error filter under a loop device). Nothing is
// reported as saved after the first failed sync; what had been is there when the device is well again, and the run goes on to the exact output.
import * as fs from "node:fs";
import { checkpointPaths } from "../../lib/checkpoint/names.ts";
import { newFolder } from "../helpers/ckpt.ts";
import { seededRandom } from "../helpers/kill.ts";
import { Disk, disksMissing } from "./disks.ts";
import { FAULTY_DEVICE_TOOLS, FaultyDevice, LoopDevice } from "./faulty-device.ts";
import type { Figures, Size } from "./figures.ts";
import { expectSaid, type Moment, soonAfter, StruckJob, type StruckProcessor } from "./struck-job.ts";

/**
 * `xfs, log elsewhere`: its log is on a device that is well, so that the file system lives on when data could not be written. The next run meets
 * pages in memory that look right and are not on the device; whoever takes them for saved loses them with the cache.
 */
const SYSTEMS = ["ext4", "xfs", "xfs, log elsewhere"] as const;
type System = (typeof SYSTEMS)[number];

type Work = { readonly processor: StruckProcessor; readonly batch: number };
const WORK: readonly Work[] = [
  { processor: "command", batch: 1 },
  { processor: "worker", batch: 10 },
  { processor: "command", batch: 100 },
];
const ITEMS = 150;
/** A status that cannot be written is waited for, half a minute. */
const END_MS_MAX = 45_000;
/** Items of the run that follows at once, on pages that may not be on the device. */
const NEXT_ITEMS = "10";

/** Why no device can be made to fail here; empty when it can. */
export function failingDeviceMissing(): string[] {
  const missing = disksMissing(["mkfs.ext4", "mkfs.xfs", ...FAULTY_DEVICE_TOOLS]);
  return fs.existsSync("/dev/fuse") ? missing : [...missing, "there is no /dev/fuse"];
}

/** @param size quick: one job, on a file system by chance; full: all of them */
export async function failingDevice(size: Size): Promise<Figures> {
  const method = "failing device";
  const skipped = failingDeviceMissing();
  if (skipped.length > 0) return { method, figures: {}, faults: [], skipped };
  const seed = Number(process.env["CKPT_TEST_SEED"] ?? Date.now() % 1_000_000);
  const random = seededRandom(seed);
  const all = SYSTEMS.flatMap((system) => WORK.map((work) => ({ system, work })));
  const first = size === "full" ? 0 : Math.floor(random() * all.length);
  const jobs: StruckJob[] = [];
  for (const { system, work } of all.slice(first, size === "full" ? all.length : first + 1)) {
    jobs.push(await jobOn(system, work, random));
  }
  const failures = new Map<string, number>();
  for (const { blows } of jobs)
    for (const [doing, count] of blows) failures.set(doing, (failures.get(doing) ?? 0) + count);
  const total = [...failures.values()].reduce((sum, count) => sum + count, 0);
  const figures = { failures: total, ...Object.fromEntries(failures), jobs: jobs.length, seed };
  return { method, figures, faults: jobs.flatMap(({ faults }) => faults) };
}

async function jobOn(system: System, work: Work, random: () => number): Promise<StruckJob> {
  const size = system === "ext4" ? "64M" : "300M";
  await using device = await FaultyDevice.make(size);
  await using log = system === "xfs, log elsewhere" ? await LoopDevice.make("64M") : null;
  await using disk = await Disk.make({
    kind: system === "ext4" ? "ext4" : "xfs",
    size,
    device,
    ...(log === null ? {} : { make: ["-l", `logdev=${log.path}`], mount: [`logdev=${log.path}`] }),
  });
  const renew = async (): Promise<void> => {
    await disk.unmount();
    await device.renew();
    await disk.mount();
  };
  const folder = newFolder();
  const job = new StruckJob({
    name: `${system}, ${work.processor}, batch ${work.batch}`,
    at: disk.at,
    strike: () => device.fail(),
    renew: log === null ? renew : () => Promise.resolve(device.heal()),
    folder,
    items: ITEMS,
    ...work,
  });
  await carryOut(job, random, async () => {
    if (log === null) return;
    await job.finish([...job.runWords.slice(0, 2), "--limit", NEXT_ITEMS, ...job.runWords.slice(2)], [0, 4]);
    await renew();
    job.expectReported();
  });
  fs.rmSync(folder, { recursive: true });
  return job;
}

/** @param afterwards what is done after each failure, when the device is well again */
async function carryOut(
  job: StruckJob,
  random: () => number,
  afterwards: () => Promise<void>,
): Promise<void> {
  const atWork = (): Moment => {
    const marks = job.marks.length;
    return soonAfter(() => job.marks.length > marks, 600 * random());
  };
  await fail(job, (run) => run.over(200 * random()));
  await afterwards();
  for (let i = 0; i < 3; i++) {
    await fail(job, atWork());
    await afterwards();
  }
  const { intent } = checkpointPaths(job.dir);
  await fail(
    job,
    soonAfter(() => job.isStaged, 3 * random()),
  );
  await fail(
    job,
    soonAfter(() => fs.existsSync(intent), 3 * random()),
  );
  await job.finish(job.runWords);
  job.expectOutput();
  await afterwards();
  job.expectOutput();
}

async function fail(job: StruckJob, moment: Moment): Promise<void> {
  const { doing, code, errors } = await job.strike(job.runWords, moment, { exact: true, ms: END_MS_MAX });
  // When it struck behind the last sync, the run ended well; what that promises has been looked at.
  if (code === 0 && (doing === "move" || doing === "after the end")) return;
  if (code !== 1) job.fault(`${doing}: exit ${code} instead of 1: ${errors.slice(-600)}`);
  expectSaid(job, errors, /EIO|EROFS|i\/o error|read-only/i);
}
