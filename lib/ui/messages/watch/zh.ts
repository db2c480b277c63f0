// Chinese: what `info --watch` shows of a running job.
import { formatNumber } from "../../format.ts";
import type { watch as English } from "./en.ts";

export const watch: typeof English = {
  state: {
    running: "运行中",
    paused: "已暂停",
    stopping: "正在停止",
    ending: "收尾中",
  },
  resting: "目前没有运行，等待下一次运行。",
  silent: (pid) => `进程 ${pid} 占用检查点，但尚未应答；以下为磁盘上的内容。`,
  nothing: (dir) => `${dir} 中还没有检查点，等待运行。`,
  tokens: (input, output) => `token：输入 ${input}，输出 ${output}`,
  cost: (spent, allowed) => `费用 ${spent}，上限 ${allowed}`,
  budget: (spent, allowed) => `预算 ${spent}，上限 ${allowed} 个 token`,
  latency: (p50, p90, p99) => `耗时 P50 ${p50}，P90 ${p90}，P99 ${p99}`,
  ttft: (p50, p90) => `首个 token P50 ${p50}，P90 ${p90}`,
  plots: {
    results: (highest) => `结果/秒，最高 ${highest}`,
    latency: (highest) => `耗时 P50，最高 ${highest}`,
    tokens: (highest) => `token/秒，最高 ${highest}`,
  },
  failures: (count) => `失败：${formatNumber(count)}`,
  noFailures: "没有失败。",
  results: "最近的结果，最新的在前",
  noResults: "还没有结果。",
  keys: { overview: "q 退出   f 失败   r 结果", back: "q 退出   f 失败   r 结果   Esc 返回" },
};
