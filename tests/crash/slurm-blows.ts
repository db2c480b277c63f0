// What befalls the tasks of an array on a cluster: each blow strikes one task that runs, or all tasks of its node, or all there are.
import * as fs from "node:fs";
import * as path from "node:path";
import { until } from "../helpers/until.ts";
import type { SlurmCluster } from "./slurm-cluster.ts";

/** A task that runs: as Slurm names it (`12_3`), its number in the array, and its node. */
export type RunningTask = { readonly id: string; readonly number: number; readonly node: string };

export type Struck = {
  readonly cluster: SlurmCluster;
  /** The folder of each task's checkpoint. */
  readonly checkpointOf: (task: number) => string;
  readonly random: () => number;
};

/** Strikes. @returns whether it has hit: a task may have ended meanwhile */
export type Blow = (struck: Struck, task: RunningTask) => Promise<boolean>;

/** Signals to the script alone, and to all processes of the task at once; without one the task is cancelled. */
const CANCELS: readonly (readonly string[])[] = [
  ["-s", "TERM", "-b"],
  ["-s", "TERM", "-f"],
  ["-s", "INT", "-f"],
  ["-s", "HUP", "-f"],
  ["-s", "KILL", "-b"],
  ["-s", "KILL", "-f"],
  [],
];

function killCkpt({ checkpointOf }: Struck, { number }: RunningTask): boolean {
  const file = path.join(checkpointOf(number), "owner.json");
  if (!fs.existsSync(file)) return false;
  const { pid } = JSON.parse(fs.readFileSync(file, "utf8")) as { readonly pid: number };
  try {
    return process.kill(pid, "SIGKILL");
  } catch {
    return false; // it has ended meanwhile
  }
}

/** Whether Slurm has given a node up. Its state is not always `down` then, but this is said of it. */
async function isLost(cluster: SlurmCluster, node: string): Promise<boolean> {
  const reason = await cluster.ask("sinfo", "-h", "-n", node, "-p", "low", "-o", "%E");
  return reason === "Not responding";
}

export type BlowName = "requeue" | "scancel" | "preemption" | "ckpt" | "slurmd" | "lost node" | "slurmctld";

export const BLOWS: Readonly<Record<BlowName, Blow>> = {
  requeue: ({ cluster }, { id }) => cluster.tell("scontrol", "requeue", id),
  scancel: ({ cluster, random }, { id }) => {
    const words = CANCELS[Math.floor(random() * CANCELS.length)] ?? [];
    return cluster.tell("scancel", ...words, id);
  },
  /** A job of a higher partition takes the whole node. */
  preemption: async ({ cluster }, { node }) => {
    const words = ["-p", "high", "-w", node, "--exclusive", "--output=/dev/null", "--wrap", "sleep 1"];
    return cluster.tell("sbatch", ...words);
  },
  ckpt: (struck, task) => Promise.resolve(killCkpt(struck, task)),
  /** Its tasks go on, and the new one finds them. */
  slurmd: async ({ cluster }, { node }) => {
    await cluster.killDaemon(node);
    cluster.startNode(node);
    return true;
  },
  /** Its tasks go on, and are started again elsewhere: there are two of each. */
  "lost node": async ({ cluster }, { node }) => {
    await cluster.killDaemon(node);
    await until(() => isLost(cluster, node), `the loss of ${node}`, 200);
    cluster.startNode(node);
    return true;
  },
  slurmctld: async ({ cluster }) => {
    await cluster.renewController();
    return true;
  },
};
