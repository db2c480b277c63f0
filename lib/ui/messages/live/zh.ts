// Chinese: what a running job and ckpt set say of changes and of the live channel.
import { formatNumber } from "../../format.ts";
import type { live as English } from "./en.ts";

export const live: typeof English = {
  changed: (options) => `ckpt set 已更改：${options.join("，")}。`,
  option: (option, now, before) => `${option} ${now}（之前：${before ?? "无"}）`,
  notRecorded: "本次运行没有记录命令行，因此更改只对本次运行有效。",
  paused: (inFlight) =>
    `已由 ckpt set 暂停：不再开始新的条目${inFlight === 0 ? "" : `；进行中的 ${formatNumber(inFlight)} 个可以完成`}。`,
  resumed: "已由 ckpt set 继续运行。",
  stopping: (inFlight, grace) =>
    `已由 ckpt set 停止：不再开始新的条目${inFlight === 0 ? "" : `；进行中的 ${formatNumber(inFlight)} 个还有 ${grace} 完成`}。`,
  noChannel: (cause) =>
    `无法打开实时通道（${cause}）：ckpt set 与 ckpt info --watch 无法连接本次运行。其他一切不受影响。`,
  holds: (options) => `当前设置：${options.join("，")}。`,
  recorded: (resume) => `已记录：${resume} 会沿用。`,
  isPaused: (resume) => `运行已暂停。继续运行：${resume}`,
  isRunning: "运行正在进行。",
  isStopping: "运行正在停止，等待全部保存。",
  saved: (results, total, resume) =>
    `已停止。已保存 ${formatNumber(results)} 个结果，共 ${formatNumber(total)} 个。继续处理：${resume}`,
  ended: "运行已结束。",
  none: "无上限",
};
