// `--shard auto` over the environments that schedulers make, and over generated ones.
import { expect, test } from "bun:test";
import fc from "fast-check";
import { isError } from "../../lib/core/errors.ts";
import type { ShardProblem } from "../../lib/core/shard.ts";
import { type Environment, readShard, refuseInherited, SCHEDULERS } from "../../lib/shards/scheduler.ts";
import { shardText } from "../../lib/shards/shard-rule.ts";
import { SEED, seeded } from "../helpers/seed.ts";

const RUNS = { numRuns: 500, seed: SEED };

/** The variables of one task of `--array=FIRST-LAST:STEP`, or of a list of ids. */
function slurm(ids: readonly number[], id: number, step = 1): Environment {
  return {
    SLURM_JOB_ID: "117",
    SLURM_ARRAY_JOB_ID: "100",
    SLURM_ARRAY_TASK_ID: String(id),
    SLURM_ARRAY_TASK_COUNT: String(ids.length),
    SLURM_ARRAY_TASK_MIN: String(Math.min(...ids)),
    SLURM_ARRAY_TASK_MAX: String(Math.max(...ids)),
    SLURM_ARRAY_TASK_STEP: String(step),
    // Slurm sets these in every batch script.
    SLURM_PROCID: "0",
    SLURM_NTASKS: "1",
  };
}

function sge(first: number, last: number, step: number, id: number): Environment {
  return {
    SGE_TASK_ID: String(id),
    SGE_TASK_FIRST: String(first),
    SGE_TASK_LAST: String(last),
    SGE_TASK_STEPSIZE: String(step),
  };
}

const range = (first: number, last: number, step = 1): number[] =>
  Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, at) => first + at * step);

/** The shard as text, or the kind of the refusal. */
function outcome(text: string, env: Environment): string {
  try {
    return shardText(readShard(text, env));
  } catch (error) {
    if (isError(error, "usage.shard")) return error.params.problem.kind satisfies ShardProblem["kind"];
    if (isError(error, "usage.badValue")) return error.code;
    throw error;
  }
}

const CASES: readonly (readonly [what: string, text: string, env: Environment, outcome: string])[] = [
  ["a typed number", "3/16", {}, "3/16"],
  ["a typed number wins over everything", "3/16", slurm(range(0, 3), 0), "3/16"],
  ["the last one", "16/16", {}, "16/16"],
  ["0 of N", "0/16", {}, "range"],
  ["more than N", "17/16", {}, "range"],
  ["more shards than a job may have", "3/2000000", {}, "too-many"],
  ["the same by a variable", "auto", { CKPT_SHARD: "3/2000000" }, "too-many"],
  ["the same by ids", "auto/2000000", slurm(range(0, 3), 3), "too-many"],
  ["0 of 0", "0/0", {}, "range"],
  ["no number", "three/16", {}, "usage.badValue"],
  ["an unknown scheduler", "auto:slrm", {}, "usage.badValue"],
  ["auto of none", "auto/0", {}, "usage.badValue"],
  ["nothing is set", "auto", {}, "none"],
  ["nothing is set, and the number of tasks is known", "auto/4", {}, "none"],
  ["CKPT_SHARD", "auto", { CKPT_SHARD: "2/5" }, "2/5"],
  ["CKPT_SHARD comes before a scheduler", "auto", { CKPT_SHARD: "2/5", ...slurm(range(0, 3), 3) }, "2/5"],
  ["CKPT_SHARD of another number", "auto/4", { CKPT_SHARD: "2/5" }, "counts-differ"],
  ["CKPT_SHARD of the same number", "auto/5", { CKPT_SHARD: "2/5" }, "2/5"],
  ["CKPT_SHARD that is none", "auto", { CKPT_SHARD: "two" }, "usage.badValue"],
  ["CKPT_SHARD beyond", "auto", { CKPT_SHARD: "6/5" }, "bad-variable"],
  ["--array=0-3", "auto", slurm(range(0, 3), 2), "3/4"],
  ["--array=1-4", "auto", slurm(range(1, 4), 2), "2/4"],
  ["--array=2-8:2", "auto", slurm(range(2, 8, 2), 8, 2), "4/4"],
  ["--array=0-6:2", "auto", slurm(range(0, 6, 2), 2, 2), "2/4"],
  ["--array=3,7", "auto", slurm([3, 7], 7), "part"],
  ["--array=0,7", "auto", slurm([0, 7], 7), "part"],
  ["--array=5, submitted again", "auto", slurm([5], 5), "part"],
  ["--array=0 alone", "auto", slurm([0], 0), "part"],
  ["--array=4-7, a part of 0-7", "auto", slurm(range(4, 7), 4), "part"],
  ["a part of an array of known size", "auto/8", slurm([3, 7], 7), "8/8"],
  ["one task of an array of known size", "auto/8", slurm([5], 5), "6/8"],
  ["the whole of it", "auto/8", slurm(range(0, 7), 5), "6/8"],
  ["ids from 1 where they count from 0", "auto/4", slurm(range(1, 4), 2), "ids"],
  ["an id beyond the size", "auto/4", slurm([4], 4), "ids"],
  ["sbatch -n 2 without srun", "auto", { SLURM_PROCID: "0", SLURM_NTASKS: "2" }, "no-step"],
  ["the same, by name", "auto:srun", { SLURM_PROCID: "0", SLURM_NTASKS: "2" }, "absent"],
  ["srun -n 2", "auto", { SLURM_PROCID: "1", SLURM_NTASKS: "2", SLURM_STEP_ID: "0" }, "2/2"],
  [
    "srun -n 2 for another number",
    "auto/4",
    { SLURM_PROCID: "1", SLURM_NTASKS: "2", SLURM_STEP_ID: "0" },
    "ids",
  ],
  ["srun -n 1", "auto", { SLURM_PROCID: "0", SLURM_NTASKS: "1", SLURM_STEP_ID: "0" }, "none"],
  [
    "an array whose tasks start several ranks",
    "auto",
    { ...slurm(range(0, 3), 1), SLURM_PROCID: "1", SLURM_NTASKS: "2", SLURM_STEP_ID: "0" },
    "several",
  ],
  [
    "the same, by name",
    "auto:slurm",
    { ...slurm(range(0, 3), 1), SLURM_PROCID: "1", SLURM_NTASKS: "2", SLURM_STEP_ID: "0" },
    "2/4",
  ],
  ["srun -n 1 in an array", "auto", { ...slurm(range(0, 3), 1), SLURM_STEP_ID: "0" }, "2/4"],
  ["OpenMPI", "auto", { OMPI_COMM_WORLD_RANK: "2", OMPI_COMM_WORLD_SIZE: "3" }, "3/3"],
  [
    "OpenMPI by srun",
    "auto",
    {
      OMPI_COMM_WORLD_RANK: "2",
      OMPI_COMM_WORLD_SIZE: "3",
      SLURM_PROCID: "2",
      SLURM_NTASKS: "3",
      SLURM_STEP_ID: "0",
    },
    "3/3",
  ],
  [
    "OpenMPI on two nodes, whose daemons srun has started",
    "auto",
    {
      OMPI_COMM_WORLD_RANK: "2",
      OMPI_COMM_WORLD_SIZE: "8",
      SLURM_PROCID: "1",
      SLURM_NTASKS: "2",
      SLURM_STEP_ID: "0",
    },
    "several",
  ],
  ["Kubernetes", "auto/4", { JOB_COMPLETION_INDEX: "3" }, "4/4"],
  ["Kubernetes does not say how many", "auto", { JOB_COMPLETION_INDEX: "3" }, "no-count"],
  ["Kubernetes, more than there are", "auto/4", { JOB_COMPLETION_INDEX: "4" }, "ids"],
  ["AWS Batch", "auto", { AWS_BATCH_JOB_ARRAY_INDEX: "0", AWS_BATCH_JOB_ARRAY_SIZE: "5" }, "1/5"],
  [
    "AWS Batch for another number",
    "auto/4",
    { AWS_BATCH_JOB_ARRAY_INDEX: "0", AWS_BATCH_JOB_ARRAY_SIZE: "5" },
    "ids",
  ],
  ["AWS Batch without a size", "auto", { AWS_BATCH_JOB_ARRAY_INDEX: "0" }, "bad-variable"],
  ["Cloud Run", "auto", { CLOUD_RUN_TASK_INDEX: "1", CLOUD_RUN_TASK_COUNT: "2" }, "2/2"],
  ["Cloud Run with one task", "auto", { CLOUD_RUN_TASK_INDEX: "0", CLOUD_RUN_TASK_COUNT: "1" }, "one"],
  ["LSF", "auto", { LSB_JOBINDEX: "2", LSB_JOBINDEX_END: "3", LSB_JOBINDEX_STEP: "1" }, "2/3"],
  ["LSF without an array", "auto", { LSB_JOBINDEX: "0", LSB_JOBINDEX_END: "0" }, "none"],
  ["LSF with steps", "auto", { LSB_JOBINDEX: "3", LSB_JOBINDEX_END: "9", LSB_JOBINDEX_STEP: "2" }, "part"],
  ["LSF, one task of an array of known size", "auto/8", { LSB_JOBINDEX: "3", LSB_JOBINDEX_END: "3" }, "3/8"],
  ["SGE", "auto", sge(1, 4, 1, 3), "3/4"],
  ["SGE with steps", "auto", sge(2, 8, 2, 4), "2/4"],
  ["SGE, one task submitted again", "auto", sge(3, 3, 1, 3), "part"],
  ["SGE, one task of an array of known size", "auto/4", sge(3, 3, 1, 3), "3/4"],
  ["SGE without an array", "auto", { SGE_TASK_ID: "undefined", SGE_TASK_FIRST: "undefined" }, "none"],
  ["PBS Pro", "auto/4", { PBS_ARRAY_INDEX: "0" }, "1/4"],
  ["PBS Pro does not say how many", "auto", { PBS_ARRAY_INDEX: "0" }, "no-count"],
  ["Torque", "auto/4", { PBS_ARRAYID: "2" }, "3/4"],
  ["GitLab", "auto", { CI_NODE_INDEX: "1", CI_NODE_TOTAL: "3" }, "1/3"],
  ["GitLab without parallel", "auto", { CI_NODE_TOTAL: "1" }, "none"],
  [
    "an array in a job of GitLab that is one of one",
    "auto",
    { ...slurm(range(0, 3), 1), CI_NODE_INDEX: "1", CI_NODE_TOTAL: "1" },
    "2/4",
  ],
  [
    "two that have several tasks",
    "auto",
    { ...slurm(range(0, 3), 1), CI_NODE_INDEX: "1", CI_NODE_TOTAL: "2" },
    "several",
  ],
  [
    "the one that is named",
    "auto:gitlab",
    { ...slurm(range(0, 3), 1), CI_NODE_INDEX: "1", CI_NODE_TOTAL: "2" },
    "1/2",
  ],
  ["one that is named and not there", "auto:lsf", slurm(range(0, 3), 1), "absent"],
  [
    "one task of an array, in which ranks were started",
    "auto",
    { ...slurm([5], 5), SLURM_STEP_ID: "0", SLURM_NTASKS: "2" },
    "several",
  ],
  [
    "a variable that is no number",
    "auto",
    { ...slurm(range(0, 3), 1), SLURM_ARRAY_TASK_MIN: "-1" },
    "bad-variable",
  ],
  ["an empty variable is not set", "auto", { JOB_COMPLETION_INDEX: "" }, "none"],
];

test.each(CASES)("%s: --shard %s", (_what, text, env, expected) => {
  expect(outcome(text, env)).toBe(expected);
});

test("what was read is named", () => {
  const { read, scheduler } = readShard("auto", slurm(range(0, 3), 2));
  expect(scheduler).toBe("slurm");
  expect(read.map(({ name, value }) => `${name}=${value}`)).toEqual([
    "SLURM_ARRAY_TASK_ID=2",
    "SLURM_ARRAY_TASK_MIN=0",
    "SLURM_ARRAY_TASK_MAX=3",
    "SLURM_ARRAY_TASK_STEP=1",
    "SLURM_ARRAY_TASK_COUNT=4",
  ]);
});

test(
  seeded("the tasks of an array are all its shards, each once, and with auto none of a part is any"),
  () => {
    const array = fc.record({
      first: fc.nat(5),
      step: fc.integer({ min: 1, max: 4 }),
      length: fc.integer({ min: 1, max: 12 }),
      left: fc.array(fc.nat(11), { maxLength: 3 }),
    });
    fc.assert(
      fc.property(array, ({ first, step, length, left }) => {
        const all = range(first, first + (length - 1) * step, step);
        const ids = all.filter((_, at) => !left.includes(at));
        if (ids.length === 0) return;
        // Slurm keeps no step where ids are listed.
        const isRange = ids.length === all.length;
        const shards = ids.map((id) => outcome("auto", slurm(ids, id, isRange ? step : 1)));
        const looksWhole =
          range(Math.min(...ids), Math.max(...ids), isRange ? step : 1).length === ids.length;
        const begins = [0, 1, isRange ? step : 1].includes(Math.min(...ids));
        if (looksWhole && begins && ids.length > 1)
          expect(shards).toEqual(ids.map((_, at) => `${at + 1}/${ids.length}`));
        else expect(new Set(shards)).toEqual(new Set(["part"]));
      }),
      RUNS,
    );
  },
);

test(seeded("with auto/N a part of an array has the shards that it has in the whole"), () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 20 }),
      fc.uniqueArray(fc.nat(19), { minLength: 1 }),
      (size, chosen) => {
        const ids = chosen.filter((id) => id < size).toSorted((a, b) => a - b);
        for (const id of ids) {
          const found = outcome(`auto/${size}`, slurm(ids, id));
          // `1-N`, of N tasks, is no part of `0-(N - 1)`; nor can it be: 1-N has the id N.
          expect(found).toBe(`${id + 1}/${size}`);
        }
      },
    ),
    RUNS,
  );
});

test("variables of another job are refused where Slurm says so", () => {
  const env = slurm(range(0, 3), 2);
  const check = (said: { array: string; task: string } | null, variables = env): string => {
    try {
      refuseInherited(readShard("auto", variables), variables, () => said);
      return "accepted";
    } catch (error) {
      return isError(error, "usage.shard") ? error.params.problem.kind : String(error);
    }
  };
  expect(check({ array: "100", task: "2" })).toBe("accepted");
  expect(check({ array: "", task: "" })).toBe("inherited");
  expect(check({ array: "116", task: "2" })).toBe("inherited");
  expect(check({ array: "100", task: "1" })).toBe("inherited");
  expect(check(null)).toBe("accepted");
  // The task that has the number of its array needs no question; a typed number none either.
  expect(check({ array: "", task: "" }, { ...env, SLURM_JOB_ID: "100" })).toBe("accepted");
  expect(() => refuseInherited(readShard("1/2", env), env, () => ({ array: "", task: "" }))).not.toThrow();
});

const VARIABLES = [
  "CKPT_SHARD",
  "SLURM_ARRAY_TASK_ID",
  "SLURM_ARRAY_TASK_COUNT",
  "SLURM_ARRAY_TASK_MIN",
  "SLURM_ARRAY_TASK_MAX",
  "SLURM_ARRAY_TASK_STEP",
  "SLURM_PROCID",
  "SLURM_NTASKS",
  "SLURM_STEP_ID",
  "JOB_COMPLETION_INDEX",
  "AWS_BATCH_JOB_ARRAY_INDEX",
  "AWS_BATCH_JOB_ARRAY_SIZE",
  "CLOUD_RUN_TASK_INDEX",
  "CLOUD_RUN_TASK_COUNT",
  "LSB_JOBINDEX",
  "LSB_JOBINDEX_END",
  "SGE_TASK_ID",
  "SGE_TASK_FIRST",
  "SGE_TASK_LAST",
  "SGE_TASK_STEPSIZE",
  "PBS_ARRAY_INDEX",
  "PBS_ARRAYID",
  "CI_NODE_INDEX",
  "CI_NODE_TOTAL",
  "OMPI_COMM_WORLD_RANK",
  "OMPI_COMM_WORLD_SIZE",
];

test(seeded("in any environment auto is a shard of several, or is refused in words"), () => {
  const value = fc.oneof(
    fc.nat(4).map(String),
    fc.constantFrom("", "undefined", "-1", "2/3", "99999999999", "x"),
  );
  const env = fc.dictionary(fc.constantFrom(...VARIABLES), value, { maxKeys: 12 });
  const text = fc.oneof(
    fc.constant("auto"),
    fc.integer({ min: 2, max: 5 }).map((size) => `auto/${size}`),
    fc.constantFrom(...SCHEDULERS).map((name) => `auto:${name}`),
  );
  fc.assert(
    fc.property(text, env, (typed, variables) => {
      const found = outcome(typed, variables);
      const [index, count] = found.split("/").map(Number);
      if (count === undefined || index === undefined) return;
      expect(count).toBeGreaterThan(1);
      expect(index).toBeGreaterThanOrEqual(1);
      expect(index).toBeLessThanOrEqual(count);
      if (typed.startsWith("auto/")) expect(count).toBe(Number(typed.slice(5)));
    }),
    RUNS,
  );
});
