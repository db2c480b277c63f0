// Chinese: what `show` shows.
import { formatNumber } from "../../format.ts";
import { units } from "../common/zh.ts";
import type { show as English } from "./en.ts";

export const show: typeof English = {
  headers: { item: "条目", status: "状态", time: "开始时间", took: "用时", text: "输出或错误" },
  status: { ok: "成功", failed: "失败", pending: "待处理" },
  none: "没有结果。",
  shown: (count, command) => `最新的 ${formatNumber(count)} 个结果。查看单个条目的全部内容：${command}`,
  labels: {
    input: "输入",
    output: "输出",
    error: "错误",
    stderr: "标准错误",
    text: "回答",
    body: "返回内容",
    results: "结果",
  },
  item: (label, number, status) =>
    label === `#${number}` ? `${label}：${status}` : `${label}（#${number}）：${status}`,
  noted: (label, note) => `${label}（${note}）`,
  inputChanged: "在最新结果之后已改变",
  inputMissing: "已不在输入中",
  answer: (repeat) => `第 ${formatNumber(repeat)} 份`,
  result: (v) =>
    v.file === null
      ? `${v.at}  ${v.answer === null ? "" : `${v.answer}：`}${v.status}，尝试 ${formatNumber(v.attempts)} 次，用时 ${v.took}${v.spent === "" ? "" : `，${v.spent}`}（${v.model === null ? "" : `模型 ${v.model}，`}指纹 ${v.fingerprint}）`
      : `${v.at}  ${v.answer === null ? "" : `${v.answer}：`}${v.status}，从 ${v.file} 导入`,
  reason: (kind, message) => `${kind}：${message}`,
  attempt: (number, reason) => `第 ${formatNumber(number)} 次尝试：${reason}`,
  parts: (parts) => parts.join("；"),
  took: (took) => `用时 ${took}`,
  waited: (waited) => `等待 ${waited}`,
  notOnRecord: (count) => `另有更早的 ${formatNumber(count)} 次尝试没有记录`,
  noFailures: "没有失败的条目。",
  failures: (count, groups, repeat) => `${units(count, repeat)}失败，原因 ${formatNumber(groups)} 种。`,
  rerun: (command) => `重新处理这些条目：${command}`,
  retry: (command) => `重试全部失败的条目：${command}`,
};
