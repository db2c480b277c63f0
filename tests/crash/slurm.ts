// An array on a real Slurm under blows of all kinds (slurm-blows.ts), with a time limit that every task meets. It ends with the output of one machine; nothing is attempted
// again but what was in flight when its process was ended; and no signal of Slurm has become a failed item.
import * as fs from "node:fs";
import { read } from "../helpers/ckpt.ts";
import { SEED, seededRandom } from "../helpers/seed.ts";
import { until } from "../helpers/until.ts";
import type { Figures, Size } from "./figures.ts";
import { type Attempt, SlurmArray } from "./slurm-array.ts";
import { type BlowName, BLOWS } from "./slurm-blows.ts";
import { type ClusterSize, SlurmCluster, slurmMissing } from "./slurm-cluster.ts";

const METHOD = "Slurm";
const AT_ONCE = 2;

type Form = {
  readonly cluster: ClusterSize;
  readonly tasks: number;
  readonly items: number;
  readonly secondsEach: number;
  readonly blows: number;
  /** Attempts between two blows. */
  readonly apart: number;
  /** Come by turns: first in this order, then each turn in another one. */
  readonly kinds: readonly BlowName[];
};

/** A new controller first: half a minute later it looks at time limits. */
const KINDS = ["slurmctld", "requeue", "scancel", "preemption", "ckpt", "slurmd"] as const;

const FORMS: Readonly<Record<Size, Form>> = {
  quick: {
    cluster: { nodes: 4, cpus: 2 },
    tasks: 8,
    items: 360,
    secondsEach: 1,
    blows: 8,
    apart: 24,
    kinds: [...KINDS, "scancel", "ckpt"],
  },
  full: {
    cluster: { nodes: 4, cpus: 4 },
    tasks: 16,
    items: 3200,
    secondsEach: 3,
    blows: 60,
    apart: 16,
    kinds: [...KINDS, "scancel", "scancel", "ckpt", "lost node"],
  },
};

export async function slurm(size: Size): Promise<Figures> {
  const skipped = slurmMissing();
  if (skipped.length > 0) return { method: METHOD, figures: {}, faults: [], skipped };
  const form = FORMS[size];
  await using cluster = await SlurmCluster.start(form.cluster);
  const array = new SlurmArray(cluster, { ...form, atOnce: AT_ONCE });
  const whole = await array.oneMachine();
  await array.submit(`0-${form.tasks - 1}`);
  const hits = await strikeAll(cluster, array, form);
  await array.until(() => false);
  const faults = await endFaults(array, whole);
  if (hits.length < form.blows) faults.push(`it was done after ${hits.length} of ${form.blows} blows`);
  if (cluster.warnings === 0) faults.push("no task has met its time limit");
  await cluster.idle();
  await until(() => cluster.left.length === 0, "the end of all processes of tasks");
  const figures = figuresOf(form, { cluster, array, hits });
  if (faults.length === 0) fs.rmSync(array.folder, { recursive: true });
  return { method: METHOD, figures, faults };
}

/** Blow after blow, while there is something to strike. */
async function strikeAll(
  cluster: SlurmCluster,
  array: SlurmArray,
  { kinds, blows, apart }: Form,
): Promise<readonly BlowName[]> {
  const random = seededRandom(SEED);
  const checkpointOf = (task: number): string => array.checkpointOf(task);
  const hits: BlowName[] = [];
  let turn = [...kinds];
  while (hits.length < blows) {
    const wanted = array.attempts().length + apart;
    if (!(await array.until(() => array.attempts().length >= wanted))) break;
    if (turn.length === 0) turn = shuffled(kinds, random);
    const running = await array.running();
    const task = running[Math.floor(random() * running.length)];
    const [kind] = turn;
    if (task === undefined || kind === undefined) continue;
    if (!(await BLOWS[kind]({ cluster, checkpointOf, random }, task))) continue;
    hits.push(kind);
    turn.shift();
  }
  return hits;
}

function shuffled<T>(values: readonly T[], random: () => number): T[] {
  return values
    .map((value) => ({ value, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ value }) => value);
}

/** What does not hold when all shards are done. */
async function endFaults(array: SlurmArray, whole: string): Promise<string[]> {
  const faults: string[] = [];
  const { code, err } = await array.merge();
  if (code !== 0) faults.push(`the merge ended with ${code}: ${err}`);
  else if (read(array.folder, "o.jsonl") !== whole) faults.push("another output than that of one machine");
  for (const record of array.failures()) faults.push(`a signal became a failure: ${record}`);
  for (const [process, items] of lostBy(array.attempts()))
    if (items.length > AT_ONCE)
      faults.push(`${process} had ${AT_ONCE} attempts in flight; begun again: ${items.join(", ")}`);
  return faults;
}

/** Items of each process that were attempted again later. */
function lostBy(attempts: readonly Attempt[]): ReadonlyMap<string, readonly string[]> {
  const last = new Map(attempts.map(({ item }, at) => [item, at]));
  const lost = new Map<string, string[]>();
  for (const [at, { process, item }] of attempts.entries())
    if (last.get(item) !== at) lost.set(process, [...(lost.get(process) ?? []), item]);
  return lost;
}

type Done = {
  readonly cluster: SlurmCluster;
  readonly array: SlurmArray;
  readonly hits: readonly BlowName[];
};

function figuresOf({ tasks, items, kinds }: Form, { cluster, array, hits }: Done): Figures["figures"] {
  const lost = lostBy(array.attempts());
  const counted = [...new Set(kinds)].map(
    (kind) => [kind, hits.filter((hit) => hit === kind).length] as const,
  );
  return {
    tasks,
    items,
    blows: hits.length,
    ...Object.fromEntries(counted),
    "time limits": cluster.warnings,
    "processes of ckpt": new Set(array.attempts().map(({ process }) => process)).size,
    "of those with attempts begun again": lost.size,
    "attempts begun again": array.attempts().length - items,
    "signals taken for failures": array.failures().length,
    "tasks submitted again": array.submitted - 1,
    "jobs held by Slurm": array.tidied.jobs,
    "nodes drained": array.tidied.nodes,
    seed: SEED,
  };
}
