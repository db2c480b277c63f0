// What Slurm itself says of a job: whether it is a task of an array. Variables may be those of another job, from which it was submitted.
import { programFile } from "./system-program.ts";

/** The array's job and the id of the task; empty texts for a job without an array. */
export type SlurmTask = { readonly array: string; readonly task: string };

/** A controller that is busy answers within seconds. */
const ANSWER_MS = 10_000;

/** What squeue says of a running job; null where there is no such program, or it does not answer. @param env with the search path */
export function slurmTask(job: string, env: Readonly<Record<string, string | undefined>>): SlurmTask | null {
  const program = programFile("squeue", env);
  if (program === null) return null;
  const { success, stdout } = Bun.spawnSync([program, "--noheader", "--jobs", job, "--format", "%F %K"], {
    stdio: ["ignore", "pipe", "ignore"],
    timeout: ANSWER_MS,
  });
  const [, array, task] = /^\s*(\d+)\s+(\S+)\s*$/.exec(stdout.toString("latin1")) ?? [];
  if (!success || array === undefined || task === undefined) return null;
  return /^\d+$/.test(task) ? { array, task } : { array: "", task: "" };
}
