import { expect, test } from "bun:test";
import { taskName } from "../../lib/shards/task-name.ts";

test.each([
  [{}, null],
  [{ SLURM_JOB_ID: "117", SLURM_ARRAY_JOB_ID: "100", SLURM_ARRAY_TASK_ID: "3" }, "Slurm 100_3"],
  [{ SLURM_JOB_ID: "117" }, "Slurm 117"],
  [{ JOB_COMPLETION_INDEX: "3", HOSTNAME: "ckpt-shards-3-x7k2p" }, "Kubernetes ckpt-shards-3-x7k2p"],
  [{ JOB_ID: "9", SGE_TASK_ID: "2" }, "SGE 9.2"],
  [{ LSB_JOBID: "5", LSB_JOBINDEX: "4" }, "LSF 5_4"],
  [{ PBS_JOBID: "12[3].head" }, "PBS 12[3].head"],
  [{ CI_JOB_ID: "77" }, "GitLab 77"],
] as const)("the task of %p is %p", (env, name) => {
  expect(taskName(env)).toBe(name);
});
