// Chinese: how a run ended. `info` and the page of `ckpt view` say it in the same words.
import type { RunEnd } from "../../../core/status.ts";
import { nameOf } from "../phrases.ts";

const ENDS: { readonly [end in RunEnd]: string } = {
  complete: "全部完成",
  failed: "已处理完，有失败",
  limit: "达到数量上限",
  "max-failures": "失败过多",
  "max-time": "时间已到",
  budget: "预算用尽",
  outside: "因外部原因停止",
  "none-succeeded": "没有一个成功",
  "input-changed": "输入被修改",
  "disk-full": "磁盘已满",
  signal: "被信号停止",
  error: "因错误停止",
};

/** @param ended null: it has not ended, or was killed; of a newer version, it may be another word */
export function runEnd(ended: string | null, isCurrent: boolean): string {
  if (ended === null) return isCurrent ? "进行中" : "中断";
  return nameOf(ENDS, ended);
}
