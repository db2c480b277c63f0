// Chinese: what is said of shards.
import { formatCost, formatNumber, formatRate } from "../../format.ts";
import { few, partName } from "../common/zh.ts";
import type { Catalogue } from "../en.ts";
import type { ReadVariable, ShardProblem, ShardsDifference } from "../../../core/shard.ts";

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
    case "too-many":
      return {
        found: `一个任务最多分为 ${formatNumber(problem.max)} 个分片，不能是 ${formatNumber(problem.count)} 个`,
        hint: "请减少分片总数。",
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

const WHAT = {
  count: "分片总数",
  rule: "分片规则",
  input: "输入",
  id: "--id",
  fingerprint: "结果所依赖的内容",
  repeat: "--repeat",
  selection: "条目范围",
} as const;

export function shardsDifference({ what, before, now, parts: changed }: ShardsDifference): string {
  if (changed !== undefined) return `${WHAT[what]}已改变：${few(changed.map(partName))}`;
  return `${WHAT[what]}原为 ${before}，现为 ${now}`;
}

/** The parts of a budget or of a pace, null where there is no limit. */
const parts = (texts: readonly (string | null)[]): string => texts.filter((text) => text !== null).join("，");

export const sharding: Catalogue["sharding"] = {
  shard: (shard, read, items, of) =>
    `第 ${formatNumber(shard.index)}/${formatNumber(shard.count)} 个分片${read.length === 0 ? "" : `（${listed(read)}）`}：共 ${formatNumber(of)} 个条目，本分片 ${formatNumber(items)} 个`,
  budget: (part, whole) =>
    `本分片的预算：${parts([
      part.cost === null ? null : `费用 ${formatCost(part.cost)}（总计 ${formatCost(whole.cost ?? 0)}）`,
      part.tokens === null
        ? null
        : `${formatNumber(part.tokens)} 个 token（总计 ${formatNumber(whole.tokens ?? 0)}）`,
    ])}`,
  pace: (rates, parallel) =>
    `本分片的速率，按同时运行 ${formatNumber(parallel)} 个分片计（--parallel-shards）：${parts([
      rates.rpm === null ? null : `每分钟 ${formatRate(rates.rpm)} 次请求`,
      rates.tpm === null ? null : `每分钟 ${formatRate(rates.tpm)} 个 token`,
    ])}`,
  inVain: "连续两次运行都没有得到任何结果：以退出码 1 结束，以免调度器反复启动本分片。原因见下。",
  proof: (p) =>
    `分片：共 ${formatNumber(p.count)} 个，已完成 ${formatNumber(p.done)} 个；条目共 ${formatNumber(p.total)} 个，成功 ${formatNumber(p.completed)} 个，失败 ${formatNumber(p.failed)} 个`,
  missing: (shards, tasks) =>
    `未完成：${shards === tasks ? `分片 ${shards}` : `分片 ${shards}，任务 ${tasks}`}（--array=${tasks}）`,
  inShards: (shards, tasks) => `所在${shards === tasks ? `分片 ${shards}` : `分片 ${shards}，任务 ${tasks}`}`,
  startAgain: (shards, tasks) =>
    `请重新启动：${shards === tasks ? `分片 ${shards}` : `分片 ${shards}，任务 ${tasks}`}（--array=${tasks}）。各分片会重试失败的条目。`,
  ofShards: (shards, text) => `分片 ${shards}：${text}`,
  runHere: (shards, rate) => `本机正在运行 ${formatNumber(shards)} 个分片，${rate}/秒`,
  silent: (shards) => `${formatNumber(shards)} 个分片被占用，但没有应答；以下为磁盘上的内容。`,
  merged: (rows, file) => `${formatNumber(rows)} 行 → ${file}`,
  mergeWhenDone: (command) => `全部分片完成后：${command}`,
  labels: { shards: "分片", shard: "分片" },
  ofAll: (shard) =>
    `第 ${formatNumber(shard.index)} 个，共 ${formatNumber(shard.count)} 个；全部条目 ${formatNumber(shard.input_count)} 个`,
  doneOf: (done, count) => `共 ${formatNumber(count)} 个，已完成 ${formatNumber(done)} 个`,
  headers: { shard: "分片", state: "状态", done: "完成", failed: "失败", pending: "待处理" },
  inStates: (states) => states.map(([state, shards]) => `${state} ${formatNumber(shards)}`).join("；"),
  notBegun: "未开始",
  shardsHere: (count, states) => `此处共 ${formatNumber(count)} 个分片：${states}`,
  states: {
    complete: "已完成",
    failed: "已结束，有失败",
    held: "运行中",
    interrupted: "已中断",
    stopped: "已停止",
  },
  takenOver: (results, spent) =>
    `已从其他分片接收结果 ${formatNumber(results)} 个${spent === "" ? "" : `（${spent}）`}`,
  wouldTakeOver: (results) => `将从其他分片接收结果 ${formatNumber(results)} 个`,
};
