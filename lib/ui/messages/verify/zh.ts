// Chinese: what `verify` found.
import type { Problem } from "../../../core/problem.ts";
import { formatNumber } from "../../format.ts";
import { causes } from "../causes/zh.ts";
import { few, items } from "../common/zh.ts";
import type { verify as English } from "./en.ts";

export function problem(p: Problem): string {
  switch (p.kind) {
    case "record-sum":
      return `${place(p)}校验和错误`;
    case "record-cut":
      return `${place(p)}不完整`;
    case "record-stray":
      return `${place(p)}与前一条记录不相连`;
    case "record-double":
      return `${place(p)}的条目此前已完成`;
    case "records-missing":
      return p.from === p.to ? `缺少记录 ${p.from}` : `缺少记录 ${p.from} 到 ${p.to}`;
    case "last-record":
      return `记录 ${p.record} 不是最后提交的那一条`;
    case "log-bytes":
      return `结果日志有 ${p.found} 字节，应为 ${p.expected} 字节`;
    case "count":
      return `结果日志中有 ${p.found} 个条目的结果，状态文件记为 ${p.expected} 个`;
    case "log-missing":
      return `结果日志丢失（已提交 ${p.records} 条记录）`;
    case "status-missing":
      return "状态文件丢失";
    case "status-sum":
      return "状态文件校验和错误";
    case "manifest-missing":
      return "没有有效的 manifest.json";
    case "file-missing":
      return `缺少 ${p.file}`;
    case "file-size":
      return `${p.file} 有 ${p.found} 字节，应为 ${p.expected} 字节`;
    case "file-hash":
      return `${p.file} 的 SHA-256 与清单不符`;
    case "file-sum":
      return `${p.file} 的校验和不符`;
    case "unreadable":
      return `无法读取 ${p.file}：${causes.text(p.cause)}`;
  }
}

type Place = { readonly record: number | null; readonly offset: number; readonly item: string | null };

function place({ record, offset, item }: Place): string {
  const what = record === null ? "一条记录" : `记录 ${record}`;
  return `${what}（偏移 ${offset}${item === null ? "" : `，条目 ${item}`}）`;
}

const named = (what: string | null, shards: number | null): string =>
  what === null ? (shards === null ? "检查点" : `${formatNumber(shards)} 个分片`) : `备份 ${what}`;

export const verify: typeof English = {
  confirmRepair: (records, lost) => ({
    note: `保留 ${formatNumber(records)} 条记录，${items(lost)}重新处理；损坏的检查点会移入备份。`,
    question: "是否修复检查点？",
  }),
  intact: (what, records, itemCount, shards) =>
    `${named(what, shards)}校验通过：${formatNumber(records)} 条记录（${items(itemCount)}）全部完好。`,
  uncommitted: (records) => `有 ${formatNumber(records)} 条记录保存于最后一次提交之后，下次运行会接纳它们。`,
  torn: (bytes) => `其后有中断留下的 ${bytes}，下次运行会移入隔离区。`,
  found: (what, count, shards) => `${named(what, shards)}已损坏：发现 ${formatNumber(count)} 处问题`,
  moreProblems: (count) => `另有 ${formatNumber(count)} 处`,
  provable: (records, itemCount) => `可以证实：${formatNumber(records)} 条记录（${items(itemCount)}）。`,
  lost: (count, known) =>
    `已丢失：${items(count)}的结果${known.length === 0 ? "" : `${known.length < count ? "，其中有" : "："} ${few(known)}`}。`,
  headers: { shard: "分片", state: "状态", records: "记录", items: "条目" },
  states: { intact: "完好", damaged: "损坏" },
  inShard: (shard, text) => `分片 ${shard}：${text}`,
  repairShards: (count, records, lost) => ({
    note: `${formatNumber(count)} 个分片已损坏。保留 ${formatNumber(records)} 条记录，${items(lost)}重新处理；损坏的检查点会移入各分片目录中的备份。`,
    question: `是否修复 ${formatNumber(count)} 个分片？`,
  }),
  repairedShard: (shard, records, backup) =>
    `分片 ${shard} 修复完成：保留 ${formatNumber(records)} 条记录${backup === null ? "" : `；修复前的检查点已移入备份 ${backup}`}。请重新启动该分片。`,
  repairHint: (call) => `用可以证实的内容继续：${call("verify --repair")}（损坏的检查点会移入备份）`,
  restoreHint: (backup, call) => `回到最新的完好备份：${call(`restore ${backup}`)}`,
  repaired: (records, pending) =>
    `修复完成：保留 ${formatNumber(records)} 条记录${pending === null ? "" : `，${items(pending)}待处理`}。再次运行同一条命令即可继续。`,
  nothingToRepair: "无需修复。",
  problem,
};
