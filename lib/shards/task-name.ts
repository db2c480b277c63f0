// How a scheduler names what it has started, for messages: whoever finds a shard in use looks there.
import type { Environment } from "./scheduler.ts";

/** A scheduler, the variable with the number of its job, and the one with the id of a task in it. */
const JOBS: readonly (readonly [name: string, job: string, task: string | null])[] = [
  ["LSF", "LSB_JOBID", "LSB_JOBINDEX"],
  ["PBS", "PBS_JOBID", null],
  ["AWS Batch", "AWS_BATCH_JOB_ID", null],
  ["Cloud Run", "CLOUD_RUN_EXECUTION", "CLOUD_RUN_TASK_INDEX"],
  ["GitLab", "CI_JOB_ID", null],
];

/** `Slurm 100_3`; null where no scheduler has started this. */
export function taskName(env: Environment): string | null {
  const value = (name: string | null): string => (name === null ? "" : (env[name] ?? ""));
  const array = value("SLURM_ARRAY_JOB_ID");
  if (array !== "") return `Slurm ${array}_${value("SLURM_ARRAY_TASK_ID")}`;
  if (value("SLURM_JOB_ID") !== "") return `Slurm ${value("SLURM_JOB_ID")}`;
  if (value("JOB_COMPLETION_INDEX") !== "") return `Kubernetes ${value("HOSTNAME")}`.trimEnd();
  if (value("SGE_TASK_ID") !== "") return `SGE ${value("JOB_ID")}.${value("SGE_TASK_ID")}`;
  const found = JOBS.find(([, job]) => value(job) !== "");
  if (found === undefined) return null;
  const [name, job, task] = found;
  return [`${name} ${value(job)}`, value(task)].filter((text) => text !== "").join("_");
}
