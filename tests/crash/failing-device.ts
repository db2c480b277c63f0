// A device that really fails: from a moment of our choosing on, every write to it gives EIO (nbdkit's error filter under a loop device). Nothing is
// reported as saved after the first failed sync; what had been is there when the device is well again, and the run goes on to the exact output.
import * as fs from "node:fs";
import { checkpointPaths } from "../../lib/checkpoint/names.ts";
import { newFolder } from "../helpers/ckpt.ts";
import { SEED, seededRandom } from "../helpers/seed.ts";
import { Disk, disksMissing } from "./disks.ts";
import { FAULTY_DEVICE_TOOLS, FaultyDevice, LoopDevice } from "./faulty-device.ts";
import type { Figures, Size } from "./figures.ts";
import {
  expectSaid,
  type Moment,
  soonAfter,
  FaultyDiskJob,
  type FaultyDiskJobOptions,
  type FaultyDiskProcessor,
} from "./faulty-disk-job.ts";

/**
 * `xfs, log elsewhere`: its log is on a device that is well, so that the file system lives on when data could not be written, and the device fails only
 * for a while. Who goes on then, and the next run, meet pages in memory that look right and are not on the device: taken for saved, they are lost with the cache.
 */
const SYSTEMS = ["ext4", "xfs", "xfs, log elsewhere"] as const;
type System = (typeof SYSTEMS)[number];

type Work = { readonly processor: FaultyDiskProcessor; readonly batch: number };
const WORK: readonly Work[] = [
  { processor: "command", batch: 1 },
  { processor: "worker", batch: 10 },
  { processor: "command", batch: 100 },
];
const ITEMS = 150;
/** Longer than a run with small batches goes on without a commit. Who did not stop at the first failed sync would commit again afterwards. */
const FAILS_MS = 1200;
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
  const random = seededRandom(SEED);
  const all = SYSTEMS.flatMap((system) => WORK.map((work) => ({ system, work })));
  const only = Math.floor(random() * all.length);
  const chosen = size === "full" ? all : all.slice(only, only + 1);
  const jobs = (
    await Promise.all(
      SYSTEMS.map((system) =>
        jobsOn(
          chosen.filter((one) => one.system === system),
          random,
        ),
      ),
    )
  ).flat();
  const failures = new Map<string, number>();
  for (const { blows } of jobs)
    for (const [doing, count] of blows) failures.set(doing, (failures.get(doing) ?? 0) + count);
  const total = [...failures.values()].reduce((sum, count) => sum + count, 0);
  const figures = { failures: total, ...Object.fromEntries(failures), jobs: jobs.length, seed: SEED };
  return { method, figures, faults: jobs.flatMap(({ faults }) => faults) };
}

type Job = { readonly system: System; readonly work: Work };

async function jobsOn(jobs: readonly Job[], random: () => number): Promise<FaultyDiskJob[]> {
  const ended: FaultyDiskJob[] = [];
  for (const { system, work } of jobs) ended.push(await jobOn(system, work, random));
  return ended;
}

async function jobOn(system: System, work: Work, random: () => number): Promise<FaultyDiskJob> {
  const [kind, size] = system === "ext4" ? (["ext4", "64M"] as const) : (["xfs", "300M"] as const);
  await using device = await FaultyDevice.make(size);
  await using log = system === "xfs, log elsewhere" ? await LoopDevice.make("64M") : null;
  const logOption = `logdev=${log?.path ?? ""}`;
  const elsewhere = log === null ? {} : { make: ["-l", logOption], mount: [logOption] };
  await using disk = await Disk.make({ kind, size, device, ...elsewhere });
  const renew = async (): Promise<void> => {
    await disk.unmount();
    await device.renew();
    await disk.mount();
  };
  const folder = newFolder();
  const name = `${system}, ${work.processor}, batch ${work.batch}`;
  const common = { name, at: disk.at, folder, items: ITEMS, ...work };
  const job = new FaultyDiskJob({
    ...common,
    ...(log === null ? { strike: () => device.fail(), renew } : passing(device)),
  });
  await performMove({ job, random, passes: log !== null, renew });
  fs.rmSync(folder, { recursive: true });
  return job;
}

/** A device that fails for a while only. */
function passing(device: FaultyDevice): Pick<FaultyDiskJobOptions, "strike" | "renew" | "staysInMemory"> {
  let healing: ReturnType<typeof setTimeout> | undefined;
  return {
    staysInMemory: true,
    strike: () => {
      device.fail();
      healing = setTimeout(() => device.heal(), FAILS_MS);
    },
    renew: () => {
      clearTimeout(healing);
      return Promise.resolve(device.heal());
    },
  };
}

type Setting = {
  readonly job: FaultyDiskJob;
  readonly random: () => number;
  /** The device fails for a while only, and the file system is still the same one afterwards. */
  readonly passes: boolean;
  readonly renew: () => Promise<void>;
};

async function performMove(setting: Setting): Promise<void> {
  const { job, random } = setting;
  const atWork = (): Moment => {
    const marks = job.marks.length;
    return soonAfter(() => job.marks.length > marks, 600 * random());
  };
  await fail(setting, (run) => run.over(200 * random()));
  for (let i = 0; i < 3; i++) await fail(setting, atWork());
  const { intent } = checkpointPaths(job.dir);
  const staged = soonAfter(() => job.isStaged, 3 * random());
  await fail(setting, staged);
  const moving = soonAfter(() => fs.existsSync(intent), 3 * random());
  await fail(setting, moving);
  await job.finish(job.runWords);
  await setting.renew();
  job.expectReported();
  job.expectOutput();
}

async function fail({ job, passes, renew }: Setting, moment: Moment): Promise<void> {
  const { doing, code, errors } = await job.strike(job.runWords, moment, { exact: true, ms: END_MS_MAX });
  // When it struck behind the last sync, or passed before the next one, the run ended well; what that promises is looked at.
  if (code !== 0 || !(passes || doing === "move" || doing === "after the end")) {
    if (code !== 1) job.fault(`${doing}: exit ${code} instead of 1: ${errors.slice(-600)}`);
    expectSaid(job, errors, /EIO|EROFS|i\/o error|read-only/i);
  }
  if (!passes) return;
  // 1: a failure that the kernel had met by itself and told nobody yet.
  await job.finish(["run", "q.txt", "--limit", NEXT_ITEMS, ...job.runWords.slice(2)], [0, 1, 4]);
  await renew();
  job.expectReported();
}
