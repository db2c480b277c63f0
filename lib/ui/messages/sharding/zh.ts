// Chinese: what is said of shards.
import type { ReadVariable, ShardProblem } from "../../../core/shard.ts";

const listed = (read: readonly ReadVariable[]): string =>
  read.map(({ name, value }) => `${name}=${value}`).join("，");

/** Why `--shard` is refused: what was found, and what to do. */
export function shardProblem(problem: ShardProblem): { readonly found: string; readonly hint: string } {
  switch (problem.kind) {
    case "range":
      return {
        found: `不存在 ${problem.count} 个分片中的第 ${problem.index} 个`,
        hint: "分片从 1 开始编号：16 个分片依次为 1/16 到 16/16。",
      };
    case "none":
      return {
        found: "没有调度器说明这是第几个任务",
        hint: "请直接写出编号：--shard 3/16，或用 --shard auto 并设置 CKPT_SHARD=3/16。",
      };
    case "absent":
      return {
        found: `未设置 ${problem.variable}，本进程不是由 ${problem.scheduler} 启动的`,
        hint: "请只写 auto，或直接写出编号：--shard 3/16。",
      };
    case "several":
      return {
        found: `${problem.schedulers.join(" 和 ")} 都给出了任务编号`,
        hint: `请指明以哪个为准：${problem.schedulers.map((name) => `auto:${name}`).join(" 或 ")}。`,
      };
    case "no-count":
      return {
        found: `${problem.scheduler} 设置了 ${problem.variable}，但没有给出任务总数`,
        hint: "请加上任务总数：--shard auto/16。",
      };
    case "part":
      return {
        found: `这些任务可能只是数组的一部分：${listed(problem.read)}`,
        hint: `请加上全部任务的总数：--shard auto/16，此时编号从 ${problem.scheduler === "slurm" ? "0" : "1"} 开始。`,
      };
    case "one":
      return {
        found: `这是唯一的任务：${listed(problem.read)}`,
        hint: "请提交含多个任务的数组；若要处理全部条目，请去掉 --shard。",
      };
    case "no-step":
      return {
        found: `申请了多个任务，但只启动了这一个：${listed(problem.read)}`,
        hint: "请用 srun 启动：srun ckpt run … --shard auto，或提交数组。",
      };
    case "inherited":
      return {
        found: `这些变量属于提交本任务的另一个任务：${listed(problem.read)}`,
        hint: "请用 sbatch --export=NONE 提交，或直接写出编号：--shard 3/16。",
      };
    case "ids":
      return {
        found: `${problem.count} 个任务的编号应为 ${problem.first}-${problem.first + problem.count - 1}，此处为：${listed(problem.read)}`,
        hint: `请把任务编号设为 ${problem.first}-${problem.first + problem.count - 1}，或直接写出分片编号：--shard 3/${problem.count}。`,
      };
    case "counts-differ":
      return {
        found: `CKPT_SHARD 为 ${problem.value}，总数不是 ${problem.count}`,
        hint: "请去掉 auto 后面的总数，或更正 CKPT_SHARD。",
      };
    case "bad-variable":
      return {
        found: `${problem.read.name} 的值为“${problem.read.value}”`,
        hint: "请直接写出分片编号：--shard 3/16。",
      };
  }
}
