// Chinese: backups: listed, made, restored, deleted; and the checkpoint cleared.
import { formatNumber } from "../../format.ts";
import { causes } from "../causes/zh.ts";
import { few, units } from "../common/zh.ts";
import type { backups as English } from "./en.ts";

export const backups: typeof English = {
  backedUp: (name, results, bytes, shards) =>
    `备份 ${name} 已创建并通过校验：${shards === null ? "" : `${formatNumber(shards)} 个分片，`}${formatNumber(results)} 个结果，${bytes}。`,
  notDeleted: (cause) => `较旧的自动备份未能删除：${causes.text(cause)}。下次产生自动备份时会再试。`,
  cleared: (name, call, shards) => {
    const what = shards === null ? "检查点" : "全部分片";
    return name === null
      ? `${what}已删除。`
      : `${what}已清除，并移入备份 ${name}；如需取回：${call(`restore ${name}`)}`;
  },
  clearedCompleted: (name) =>
    `已完成的会话已清除：这项任务下次运行将从头开始。${name === null ? "" : `它的结果仍保留在备份 ${name} 中。`}`,
  restored: (name, results, total, shards) =>
    `已从备份 ${name} 恢复：${formatNumber(results)}/${formatNumber(total)} 个结果。${shards === null ? "再次运行同一条命令即可继续。" : "重新启动各分片即可继续。"}`,
  restoredDone: (name, total, repeat, shards) =>
    `已从备份 ${name} 恢复：全部 ${units(total, repeat)}已完成。${shards === null ? "再次运行同一条命令即可写出结果文件。" : "写出结果文件：ckpt merge"}`,
  movedToBackup: (name, shards) =>
    `${shards === null ? "原来的检查点" : "原来的全部分片"}已移入备份 ${name}。`,
  deleted: (names) => `备份 ${few(names)} 已删除。`,
  none: "还没有备份。",
  noneOfKind: "没有这类备份。",
  automaticBytes: (count, bytes) => `删除全部 ${formatNumber(count)} 个自动备份可释放 ${bytes}。`,
  confirmClear: (results, bytes, shards) => ({
    note: `${formatNumber(results)} 个结果，${bytes}。${shards === null ? "检查点会移入备份。" : "这些分片会移入备份。"}`,
    question: shards === null ? "是否清除检查点？" : `是否清除全部 ${formatNumber(shards)} 个分片？`,
  }),
  confirmClearCompleted: (results, backup) => ({
    note: `已完成的会话，${formatNumber(results)} 个结果。这项任务下次运行将从头开始${backup === null ? "" : `；结果仍保留在备份 ${backup} 中`}。`,
    question: "是否清除已完成的会话？",
  }),
  confirmClearForGood: (results, bytes, shards) => ({
    note: `${formatNumber(results)} 个结果，${bytes}。不留备份，无法取回。`,
    question: shards === null ? "是否彻底删除检查点？" : `是否彻底删除全部 ${formatNumber(shards)} 个分片？`,
  }),
  confirmRestore: (name) => ({
    note: "现有的检查点会先移入备份。",
    question: `是否恢复备份 ${name}？`,
  }),
  restoreNow: "现有",
  restoreThen: "恢复后",
  restoreSide: (session, saved, results, total, shards) =>
    `${shards === null ? "" : `${formatNumber(shards)} 个分片，`}${formatNumber(results)}/${formatNumber(total)} 个结果，${saved}，会话 ${session}`,
  restoreNothing: "无",
  restoreBroken: "已损坏的检查点",
  confirmDelete: (names, results, bytes) => ({
    note: `${formatNumber(results)} 个结果，${bytes}。删除后无法取回。`,
    question:
      names.length === 1
        ? `是否彻底删除备份 ${names.join("")}？`
        : `是否彻底删除 ${formatNumber(names.length)} 个备份：${few(names)}？`,
  }),
  headers: {
    name: "名称",
    created: "创建时间",
    progress: "进度",
    results: "结果",
    size: "大小",
    kind: "类型",
    state: "状态",
  },
  ofShard: (name, shard) => `${name}（分片 ${shard}）`,
  begunShards: ({ begun, count }, states) =>
    `（${formatNumber(begun)}/${formatNumber(count)} 个分片${states === "" ? "" : `：${states}`}）`,
  of: (processor, files) => `${processor}；${files}`,
  chosen: (what) => `（${what}）`,
  manual: "手动",
  automatic: "自动",
  intact: "完好",
  damaged: "损坏",
};
