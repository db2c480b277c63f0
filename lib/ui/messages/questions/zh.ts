// Chinese: what is asked before a run. The resume question is to the letter of the user guide, half-width question mark included.
import { formatNumber } from "../../format.ts";
import { holds, inputName, keptIn, partName } from "../common/zh.ts";
import type { questions as English } from "./en.ts";

export const questions: typeof English = {
  found: "🔄 检测到上次处理的断点",
  askResume: "是否继续上次的处理?",
  yesByDefault: "(y/n，默认y)",
  noByDefault: "(y/n，默认n)",
  yes: "是",
  no: "否",
  counts: (done, failed, left) =>
    `已完成 ${formatNumber(done)}，失败 ${formatNumber(failed)}，剩余 ${formatNumber(left)}`,
  savedAt: (time) => `保存于 ${time}`,
  resume: "继续",
  restart: "从头开始",
  restartNote: "从头开始之前，会先自动备份当前检查点。",
  keys: "↑/↓ 选择 · 回车 确认 · Esc 保持原样",
  changed: "结果所依据的内容，此后已经改变：",
  part: partName,
  before: "旧：",
  after: "新：",
  absent: "（无）",
  morePart: (count) => `另有 ${formatNumber(count)} 项`,
  askChanged: "如何处理？",
  keep: "保留已有结果，用新的继续",
  keepNote: "已有结果保持原样",
  cancel: "取消",
  cancelNote: "一切保持原样",
  inputChanged: "输入此后已经改变：",
  inputCounts: (c) =>
    `保留 ${formatNumber(c.kept)}，新增或尚未处理 ${formatNumber(c.fresh)}，内容有变 ${formatNumber(c.changed)}，${c.isPart ? "未选中或" : ""}已不在输入中 ${formatNumber(c.gone)}`,
  failuresFound: (failed) => `所有条目都已处理过，其中 ${formatNumber(failed)} 个失败`,
  askFailures: "如何处理？",
  retry: "重试这些条目",
  finish: "不再重试，就此完成",
  finishNote: "它们在输出中标记为失败",
  otherJob: "这里的检查点属于另一项任务",
  otherJobHolds: (input, results, total, savedAt) =>
    `它的输入是 ${inputName(input)}：${formatNumber(results)}/${formatNumber(total)} 个结果，保存于 ${savedAt}。`,
  otherJobNote: "若两者都要保留，请取消，并用 --dir 为这项任务另设目录。",
  askOtherJob: "是否将它移入备份，开始这项任务？",
  outputExists: (path) => `输出文件 ${path} 已经存在`,
  outputHolds: (maker) => `${holds(maker)}。`,
  askOutput: "结果写到哪里？",
  writeOther: (path) => `写到 ${path}`,
  replace: (kept) => `替换它，${kept === null ? "其中的内容会丢失" : `其中的结果仍${keptIn(kept)}`}`,
  cancelled: "已取消，一切保持原样。",
  chooseNumber: (highest, byDefault) => `(1-${highest}，默认${byDefault})`,
};
