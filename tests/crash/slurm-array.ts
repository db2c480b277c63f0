// An array of shards on a Slurm of its own, with the script of examples/slurm: tasks that Slurm has given up are submitted again, as `ckpt info --missing` names them.
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, EXECUTABLE, newFolder, type Ran, read, writeLines } from "../helpers/ckpt.ts";
import { until } from "../helpers/until.ts";
import type { RunningTask } from "./slurm-blows.ts";
import type { SlurmCluster } from "./slurm-cluster.ts";

const EXAMPLES = path.join(import.meta.dir, "../../examples/slurm");
const NAME = "shards";
/** Slurm makes a task wait after a controller or a node was lost: so long may nothing be attempted. */
const PATIENCES = 4;
const LOOK_MS = 500;

/** A folder with so many items, and with ckpt in `bin`. */
export function slurmJob(items: number): string {
  const folder = newFolder();
  const lines = Array.from({ length: items }, (_, at) => `{"id":"q${at + 1}","x":${at + 1}}`);
  writeLines(folder, "q.jsonl", lines);
  fs.mkdirSync(path.join(folder, "bin"));
  fs.symlinkSync(EXECUTABLE, path.join(folder, "bin/ckpt"));
  return folder;
}

export const pathOf = (folder: string): string => `${path.join(folder, "bin")}:${process.env["PATH"] ?? ""}`;

/** An attempt, as it said itself when it began: of which process of ckpt, and of which item. */
export type Attempt = { readonly process: string; readonly item: string };

export type ArrayOptions = {
  readonly items: number;
  readonly tasks: number;
  readonly secondsEach: number;
  /** Attempts of a task at once. */
  readonly atOnce: number;
};

export class SlurmArray {
  readonly folder: string;
  readonly tidied = { jobs: 0, nodes: 0 };
  submitted = 0;
  readonly #cluster: SlurmCluster;
  readonly #options: ArrayOptions;
  readonly #command: readonly string[] = ["--", "./work.sh", "{x}"];

  constructor(cluster: SlurmCluster, options: ArrayOptions) {
    this.#cluster = cluster;
    this.#options = options;
    this.folder = slurmJob(options.items);
    const lines = ["#!/bin/sh", 'echo "$SLURM_JOB_ID:$PPID $1" >> ran', 'sleep "$EACH"', 'echo "a$1"'];
    fs.writeFileSync(path.join(this.folder, "work.sh"), `${lines.join("\n")}\n`, { mode: 0o755 });
  }

  /** What one machine makes of it. */
  async oneMachine(): Promise<string> {
    const words = ["--id", "id", "--dir", "w", "-o", "whole.jsonl", "-q", "-j", "16"];
    const ran = await ckpt(this.folder, ["run", "q.jsonl", ...words, ...this.#command], { EACH: "0" });
    if (ran.code !== 0) throw new Error(`the run on one machine ended with ${ran.code}: ${ran.err}`);
    fs.rmSync(path.join(this.folder, "ran"));
    return read(this.folder, "whole.jsonl");
  }

  /** Submits tasks. Each is warned a minute before its limit of a minute: when Slurm next looks at limits, twice a minute. */
  async submit(tasks: string): Promise<void> {
    const { tasks: shards, atOnce, secondsEach } = this.#options;
    const env = { PATH: pathOf(this.folder), SHARDS: String(shards), EACH: String(secondsEach) };
    const how = [`--array=${tasks}`, "-J", NAME, "--time=1", "--output=task-%a.out"];
    const words = ["q.jsonl", "--id", "id", "-j", String(atOnce), "-b", "1", ...this.#command];
    await this.#cluster.submit(this.folder, env, ...how, path.join(EXAMPLES, "job.sh"), ...words);
    this.submitted++;
  }

  checkpointOf(task: number): string {
    const { tasks } = this.#options;
    const [index, count] = [task + 1, tasks].map((number) => String(number).padStart(3, "0"));
    return path.join(this.folder, `checkpoints/shard-${index}-of-${count}`);
  }

  async running(): Promise<readonly RunningTask[]> {
    const lines = await this.#queued("-t", "R");
    return lines.map(([id = "", node = ""]) => ({ id, number: Number(id.split("_")[1]), node }));
  }

  async #queued(...words: readonly string[]): Promise<readonly (readonly string[])[]> {
    const text = await this.#cluster.ask("squeue", "-h", "-r", "-n", NAME, "-o", "%i %N", ...words);
    return text.split("\n").flatMap((line) => (line === "" ? [] : [line.split(" ")]));
  }

  /** Attempts in the order in which they began. */
  attempts(): readonly Attempt[] {
    if (!fs.existsSync(path.join(this.folder, "ran"))) return [];
    return read(this.folder, "ran")
      .split("\n")
      .filter(Boolean)
      .map((line) => {
        const [process = "", item = ""] = line.split(" ");
        return { process, item };
      });
  }

  /** Until `condition` holds, or all is done; mends meanwhile what Slurm does not mend by itself. @returns whether the condition holds */
  async until(condition: () => boolean): Promise<boolean> {
    let [patience, attempts] = [PATIENCES, -1];
    let isDone = false;
    const step = async (): Promise<boolean> => {
      if (condition()) return true;
      isDone = await this.#tend();
      return isDone;
    };
    for (;;) {
      try {
        await until(step, "attempts", LOOK_MS);
        return !isDone;
      } catch (error) {
        patience = this.attempts().length > attempts ? PATIENCES : patience - 1;
        attempts = this.attempts().length;
        if (patience === 0) throw new Error(await this.#standstill(), { cause: error });
      }
    }
  }

  async #standstill(): Promise<string> {
    const jobs = await this.#cluster.ask("squeue", "-r", "-o", "%i %t %r %N");
    const nodes = await this.#cluster.ask("sinfo", "-N", "-o", "%N %T %E");
    return `Slurm starts no task any more:\n${jobs}\n${nodes}`;
  }

  /** @returns whether all is done */
  async #tend(): Promise<boolean> {
    const { jobs, nodes } = await this.#cluster.tidy();
    this.tidied.jobs += jobs;
    this.tidied.nodes += nodes;
    if (!(await this.#cluster.answers())) return false;
    const queued = new Set((await this.#queued()).map(([id = ""]) => Number(id.split("_")[1])));
    const missing = await this.missing();
    const lost = missing.filter((task) => !queued.has(task));
    if (lost.length > 0) await this.submit(lost.join(","));
    return missing.length === 0 && queued.size === 0;
  }

  /** Tasks that are not done, as ckpt names them. */
  async missing(): Promise<readonly number[]> {
    const { tasks } = this.#options;
    // Before the first shard has begun there is nothing to be asked.
    if (!fs.existsSync(path.join(this.folder, "checkpoints/shards.json")))
      return Array.from({ length: tasks }, (_, task) => task);
    const { code, out, err } = await ckpt(this.folder, ["info", "--missing"]);
    if (code !== 0 && code !== 4) throw new Error(`info --missing ended with ${code}: ${err}`);
    return out.trim() === "" ? [] : out.trim().split(",").flatMap(tasksOf);
  }

  merge(): Promise<Ran> {
    return ckpt(this.folder, ["merge", "-o", "o.jsonl"]);
  }

  /** Records of failures, over all shards. */
  failures(): readonly string[] {
    return Array.from({ length: this.#options.tasks }, (_, task) => this.checkpointOf(task))
      .flatMap((folder) => read(folder, "checkpoint_results.jsonl").split("\n"))
      .filter((line) => line.includes('"status":"failed"'));
  }
}

/** `2`, or `6-8`. */
function tasksOf(part: string): readonly number[] {
  const [first = 0, last = first] = part.split("-").map(Number);
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}
