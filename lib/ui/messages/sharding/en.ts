// English: what is said of shards.
import type { ReadVariable, ShardProblem } from "../../../core/shard.ts";

const listed = (read: readonly ReadVariable[]): string =>
  read.map(({ name, value }) => `${name}=${value}`).join(", ");

/** Why `--shard` is refused: what was found, and what to do. */
export function shardProblem(problem: ShardProblem): { readonly found: string; readonly hint: string } {
  switch (problem.kind) {
    case "range":
      return {
        found: `there is no shard ${problem.index} of ${problem.count}`,
        hint: "Shards count from 1: the first of 16 is 1/16, the last 16/16.",
      };
    case "none":
      return {
        found: "no scheduler says which task this is",
        hint: "Write the number yourself: --shard 3/16, or --shard auto with CKPT_SHARD=3/16.",
      };
    case "absent":
      return {
        found: `${problem.variable} is not set, so ${problem.scheduler} has not started this`,
        hint: "Write auto alone, or the number: --shard 3/16.",
      };
    case "several":
      return {
        found: `${problem.schedulers.join(" and ")} each say which task this is`,
        hint: `Name the one that counts: ${problem.schedulers.map((name) => `auto:${name}`).join(" or ")}.`,
      };
    case "no-count":
      return {
        found: `${problem.scheduler} sets ${problem.variable}, but not the number of tasks`,
        hint: "Add the number of tasks: --shard auto/16.",
      };
    case "part":
      return {
        found: `these tasks may be a part of an array: ${listed(problem.read)}`,
        hint: `Add the number of all tasks: --shard auto/16. The ids then count from ${problem.scheduler === "slurm" ? "0" : "1"}.`,
      };
    case "one":
      return {
        found: `this is the only task: ${listed(problem.read)}`,
        hint: "Start an array of several tasks. If all items are meant, leave --shard out.",
      };
    case "no-step":
      return {
        found: `several tasks were asked for, but only this one was started: ${listed(problem.read)}`,
        hint: "Start them with srun: srun ckpt run … --shard auto. Or submit an array.",
      };
    case "inherited":
      return {
        found: `these variables are another job's, which submitted this one: ${listed(problem.read)}`,
        hint: "Submit with sbatch --export=NONE, or write the number: --shard 3/16.",
      };
    case "ids":
      return {
        found: `the ids of ${problem.count} tasks are ${problem.first}-${problem.first + problem.count - 1}, and here: ${listed(problem.read)}`,
        hint: `Number the tasks ${problem.first}-${problem.first + problem.count - 1}, or write the number of the shard: --shard 3/${problem.count}.`,
      };
    case "counts-differ":
      return {
        found: `CKPT_SHARD is ${problem.value}, not one of ${problem.count}`,
        hint: "Leave the number behind auto out, or correct CKPT_SHARD.",
      };
    case "bad-variable":
      return {
        found: `${problem.read.name} is "${problem.read.value}"`,
        hint: "Write the number of the shard yourself: --shard 3/16.",
      };
  }
}
