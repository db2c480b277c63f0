// What both sweeps share: the cases made ready, the calls that each makes undisturbed, and what must hold when a command that was disturbed is followed by
// the next ones.
import * as fs from "node:fs";
import { eachWide } from "../helpers/each-wide.ts";
import { seededRandom } from "../helpers/seed.ts";
import { hasStrace, withStrace } from "../helpers/strace.ts";
import { until } from "../helpers/until.ts";
import {
  committedItems,
  type JobPlace,
  leftovers,
  recordedItems,
  backupStates,
  checkpointState,
} from "./folder-state.ts";
import { differencesToStrace } from "./strace-check.ts";
import { CASES, type SweepCase } from "./sweep-cases.ts";
import {
  copyJob,
  ITEMS,
  marks,
  newJob,
  outputOf,
  RUN,
  RUN_STDIN,
  runPlain,
  wait,
  writtenOutput,
} from "./sweep-job.ts";
import { runTraced, type TracedCall, UNTOUCHED } from "./traced-run.ts";

/** Runs at once; most of the time of one is spent waiting. */
export const WIDTH = 4;

export type ReadyCase = {
  readonly sweepCase: SweepCase;
  /** The folder of a job in the state in which the command begins. */
  readonly template: string;
  /** What the command does to the watched files, undisturbed. */
  readonly calls: readonly TracedCall[];
  readonly faults: readonly string[];
  readonly remove: () => void;
};

/** A call of a case. */
export type SweepPoint = { readonly ready: ReadyCase; readonly at: TracedCall };

export function pointName({ ready, at }: SweepPoint): string {
  return `${ready.sweepCase.name}, ${at.call} ${at.role} ${at.nth}`;
}

export type ReadyCases = {
  readonly ready: readonly ReadyCase[];
  readonly points: readonly SweepPoint[];
  readonly faults: string[];
  readonly skipped: readonly string[];
};

/** All cases and all their calls; none, and the reason, where programs cannot be traced. */
export async function readyCases(): Promise<ReadyCases> {
  const reason = whyUntraceable();
  if (reason !== null) return { ready: [], points: [], faults: [], skipped: [reason] };
  const ready: ReadyCase[] = [];
  await eachWide(CASES, WIDTH, async (sweepCase) => void ready.push(await makeReady(sweepCase)));
  const points = ready.flatMap((one) => one.calls.map((at) => ({ ready: one, at })));
  return { ready, points, faults: ready.flatMap(({ faults }) => faults), skipped: [] };
}

function whyUntraceable(): string | null {
  if (process.platform !== "linux" || process.arch !== "x64")
    return "system calls are traced on x86-64 Linux only";
  return hasStrace ? null : "strace is not installed";
}

/** So many points, spread over all of them: one of each stretch, by chance. */
export function sampleOf<T>(points: readonly T[], count: number, seed: number): T[] {
  const random = seededRandom(seed);
  const stretch = points.length / count;
  return Array.from({ length: count }, (_, i) => points[Math.floor((i + random()) * stretch)]).filter(
    (point) => point !== undefined,
  );
}

/** Brings a case to where it begins, records its calls, and compares them with what strace sees. */
async function makeReady(sweepCase: SweepCase): Promise<ReadyCase> {
  const template = newJob();
  await sweepCase.prepare(template);
  wait(template, sweepCase.needs);
  // A backup of the same second gets another name, and is looked for once more.
  const madeS = Math.floor(Date.now() / 1000);
  await until(() => Math.floor(Date.now() / 1000) > madeS);
  const undisturbed = await inCopy(template, async (folder) => {
    const { calls, exitCode, errors } = await runTraced(folder, sweepCase.args, null, UNTOUCHED);
    const faults =
      exitCode === 0 ? await afterwards(sweepCase, folder, errors) : [`exit ${exitCode}: ${errors}`];
    return { calls, faults };
  });
  const differences = await withStrace(() =>
    inCopy(template, (folder) => differencesToStrace(folder, sweepCase.args, undisturbed.calls)),
  );
  const faults = [...undisturbed.faults, ...differences].map((fault) => `${sweepCase.name}: ${fault}`);
  const remove = (): void => fs.rmSync(template, { recursive: true, force: true });
  return { sweepCase, template, calls: undisturbed.calls, faults, remove };
}

/** Does something with a copy of a job, and removes the copy. */
export async function inCopy<T>(template: string, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = copyJob(template);
  try {
    return await use(folder);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Lets the next commands follow, undisturbed, and returns what does not hold: what was called saved is there; the checkpoint is the old one or the new
 * one; the next command goes through; nothing recorded is run again; the output is exact; nothing is left behind.
 * @param errors what the disturbed command wrote to standard error
 */
export async function afterwards(sweepCase: SweepCase, folder: string, errors: string): Promise<string[]> {
  const { args, places, dir, items = ITEMS, run = args === RUN_STDIN ? RUN_STDIN : RUN, writes } = sweepCase;
  const job = { folder, dir };
  const next = sweepCase.next ?? { args, codes: [0] };
  wait(folder, {});
  const faults = [...placeFaults(sweepCase, job), ...claimFaults(job, errors)];
  let recorded = recordedItems(job, sweepCase.again);
  let marked = marks(folder).length;
  const follow = async (words: readonly string[], codes: readonly number[]): Promise<void> => {
    const { code, err } = await runPlain(folder, words);
    if (!codes.includes(code)) faults.push(`then ${words.slice(0, 3).join(" ")}: exit ${code}: ${err}`);
  };
  await follow(next.args, next.codes);
  if (places !== null) {
    const place = checkpointState(job);
    if (place !== places.new) faults.push(`the next command left ${place}, not ${places.new}`);
    recorded = recordedItems(job);
    marked = marks(folder).length;
    await follow(run, [0]);
  }
  const again = marks(folder)
    .slice(marked)
    .filter((index) => recorded.has(index));
  if (again.length > 0) faults.push(`run again: ${again.join(", ")}`);
  marked = marks(folder).length;
  await follow(run, [0]);
  if (marks(folder).length !== marked) faults.push("a second opening ran items");
  if (writes !== undefined) await follow(writes, [0]);
  const attempted = marks(folder).filter((index) => sweepCase.imported?.includes(index));
  if (attempted.length > 0) faults.push(`imported and run: ${attempted.join(", ")}`);
  if (writtenOutput(folder) !== outputOf(items)) faults.push("another output");
  return [...faults, ...remainsFaults(sweepCase, job)];
}

function placeFaults({ places }: SweepCase, job: JobPlace): string[] {
  const place = checkpointState(job);
  const good = places === null ? !place.startsWith("damaged") : [places.old, places.new].includes(place);
  return good ? [] : [`it left ${place}`];
}

/** What was shown as saved has to be committed. */
function claimFaults(job: JobPlace, errors: string): string[] {
  const saved = [...errors.matchAll(/^\{"event":"progress".*"saved":(\d+)/gm)].map((match) =>
    Number(match[1]),
  );
  const claimed = Math.max(0, ...saved);
  const committed = committedItems(job);
  return claimed > committed ? [`called ${claimed} items saved, ${committed} are`] : [];
}

function remainsFaults({ backups, litter }: SweepCase, job: JobPlace): string[] {
  const left = leftovers(job).filter((name) => litter?.test(name) !== true);
  const found = backupStates(job);
  return [
    ...(left.length > 0 ? [`left behind: ${left.join(", ")}`] : []),
    ...(found === backups.old || found === backups.new ? [] : [`backups in the end: ${found}`]),
  ];
}
