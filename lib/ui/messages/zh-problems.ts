// Chinese: what is wrong with a checkpoint or a backup. Numbers of records and offsets are plain, so that they can be searched for.
import type { NameFaultTexts, ProblemText } from "./catalogue.ts";

export const problem: ProblemText = (p) => {
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
    case "unreadable":
      return `无法读取 ${p.file}：${p.cause}`;
  }
};

type Place = { readonly record: number | null; readonly offset: number; readonly item: string | null };

function place({ record, offset, item }: Place): string {
  const what = record === null ? "一条记录" : `记录 ${record}`;
  return `${what}（偏移 ${offset}${item === null ? "" : `，条目 ${item}`}）`;
}

export const nameFault: NameFaultTexts = {
  empty: "名称为空",
  long: "超过 64 个字符",
  characters: "含有字母、数字和 . _ - 以外的字符",
  start: "不以字母或数字开头",
  end: "以点结尾",
  device: "是 Windows 的设备名",
  reserved: "它代表最新的备份",
};
