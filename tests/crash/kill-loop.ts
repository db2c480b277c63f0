// The long kill loop: SIGKILL at random moments, a thousand times, over jobs of all kinds of processors at several windows and batch sizes, some of
// them with two processes that try at once (killed-job.ts has what must hold). A seed repeats the choices, not the moments.
import { SEED, seededRandom } from "../helpers/seed.ts";
import type { Figures, Size } from "./figures.ts";
import { KilledJob, PHASES, type Setting } from "./killed-job.ts";
import { KINDS, type Kind } from "./kill-subjects.ts";

const KILLS: Readonly<Record<Size, number>> = { quick: 40, full: 1000 };
const KILLS_A_JOB: Readonly<Record<Size, number>> = { quick: 5, full: 12 };
const LANES = 4;
const JOBS = [1, 2, 4, 8, 16] as const;
const BATCHES = [1, 3, 10, 50, 1000] as const;
const REPEATS = [1, 1, 2, 3] as const;
const ITEMS: Readonly<Record<Kind, number>> = { command: 120, module: 400, worker: 300, endpoint: 300 };

export async function killLoop(size: Size): Promise<Figures> {
  const done: KilledJob[] = [];
  const kills: Record<Kind, number> = { command: 0, module: 0, worker: 0, endpoint: 0 };
  let begun = 0;
  const lane = async (): Promise<void> => {
    while (sum(Object.values(kills)) < KILLS[size]) {
      const number = begun++;
      const random = seededRandom(SEED + number);
      const setting = settingOf(number, KILLS_A_JOB[size], random);
      const job = new KilledJob(setting, random);
      await job.performMove();
      kills[setting.kind] += job.kills;
      done.push(job);
      if (job.faults.length > 0) return;
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  const faults = done.flatMap((job) => job.faults);
  const rounds = sum(done.map(({ two }) => two.rounds));
  const refused = sum(done.map(({ two }) => two.refused));
  if (refused === 0 && size === "full")
    faults.push("no process was refused because another one had the checkpoint");
  return {
    method: "kill loop",
    figures: {
      kills: sum(Object.values(kills)),
      ...Object.fromEntries(KINDS.map((kind) => [`on ${kind}s`, kills[kind]])),
      ...Object.fromEntries(
        PHASES.map((phase) => [`in ${phase}`, sum(done.map((job) => job.counts[phase]))]),
      ),
      jobs: done.length,
      "of those with several answers an item": done.filter(({ repeats }) => repeats).length,
      "of those with an import": done.filter(({ imports }) => imports).length,
      "rounds of two processes": rounds,
      "of those refused": refused,
      "of those taken over": sum(done.map(({ two }) => two.tookOver)),
      attempts: sum(done.map((job) => job.attempts)),
      "recorded and run again": sum(done.map((job) => job.again)),
      faults: faults.length,
      seed: SEED,
    },
    faults,
  };
}

function settingOf(number: number, kills: number, random: () => number): Setting {
  const kind = KINDS[number % KINDS.length] ?? "command";
  const pick = <T>(values: readonly [T, ...T[]]): T =>
    values[Math.floor(random() * values.length)] ?? values[0];
  const jobs = pick(JOBS);
  const repeats = pick(REPEATS);
  // An even number, with about as many answers whatever the number of each item.
  const items = 2 * Math.round(ITEMS[kind] / repeats / 2);
  return {
    kind,
    items,
    repeats,
    jobs: kind === "worker" ? Math.min(jobs, 4) : jobs,
    batch: pick(BATCHES),
    inflight: kind === "worker" ? pick([1, 4]) : 1,
    imported: pick([0, 0, 2 * Math.round(items / 4)]),
    kills,
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
