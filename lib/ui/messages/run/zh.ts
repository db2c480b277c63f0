// Chinese: what a run reports beside its progress.
import { formatNumber } from "../../format.ts";
import { few, holder as holderText, partName } from "../common/zh.ts";
import { GAPS } from "../gaps/zh.ts";
import type { run as English } from "./en.ts";

export const run: typeof English = {
  gap: (code) => GAPS[code],
  stopping: (signal, inFlight, grace) =>
    `收到 ${signal}：不再开始新的条目${inFlight === 0 ? "" : `；进行中的 ${formatNumber(inFlight)} 个还有 ${grace} 完成`}。再按一次立即停止，已保存的不会丢失。`,
  sharedFolder: (fileSystem, option, folder) =>
    `${folder} 位于 ${fileSystem} 上${option === null ? "" : `（挂载选项 ${option}）`}：它的锁${option === null ? "未必能" : "不能"}阻止另一台机器上的运行，同步也不可靠。请用 --dir 指定本地磁盘上的目录，或确保只有一个运行使用它。`,
  takenFrom: (...holder) =>
    `已接管检查点：先前使用它的是${holderText(...holder)}，未见其结束。如果它仍在运行，会在下一次提交时停止。`,
  survivorsEnded: (count) => `已结束中断的运行遗留下来的 ${formatNumber(count)} 个进程。`,
  onRecord: (command) => `记录中的命令：${command}`,
  tornTail: (bytes) => `日志末尾不完整（${bytes}），已移入隔离区，对应的条目会重新处理。`,
  recovered: (records) => `已恢复最后一次提交之后保存的 ${formatNumber(records)} 条记录。`,
  budgetWarning: (budget, spent, allowed) =>
    `预算已用 80 %：${budget === "cost" ? `费用 ${spent}，上限 ${allowed}` : `${spent} 个 token，上限 ${allowed}`}。`,
  nothingToProtect: (parts) =>
    `此前没有一个条目成功，没有需要保护的结果：按改变后的内容（${few(parts.map((part) => partName(part)))}）继续，失败的条目全部重试。`,
  nothingOfAnother: "这里的检查点属于另一项任务，但其中没有一个条目成功，没有需要保护的结果：开始这项任务。",
  nothingDue: (what) => `没有需要重新处理的条目：没有结果符合 ${few(what)}。`,
  rerunOver: "--rerun 所指的条目都已重新处理。再次输入同一条命令，会重新开始一轮。",
  rerunReplaced: (what) => `之前对 ${few(what)} 的重新处理尚未完成，到此结束：尚未轮到的条目保留已有结果。`,
  resultsKept: (count) => `${formatNumber(count)} 个条目重新处理后失败，保留原来成功的结果。`,
  notInTime: (limit) => `它在 ${limit} 内没有结束`,
  notNotified: (why) => `--notify 失败：${why}。结果与退出码不受影响。`,
  resumedFromBackup: (name) => `从已完成的会话继续（备份 ${name}）。`,
};
