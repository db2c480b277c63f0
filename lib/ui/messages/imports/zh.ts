// Chinese: results of other tools that are imported.
import { formatNumber } from "../../format.ts";
import { few } from "../common/zh.ts";
import type { imports as English, LeftOut } from "./en.ts";

const REASONS: { readonly [reason in LeftOut]: string } = {
  unmatched: "不对应任何条目",
  differing: "对应的条目内容已改变",
  twice: "与其他行重复，结果相同",
  contradicting: "与同一条目的其他行结果不同，均不采用",
  unreadable: "没有可识别的结果",
};

const keptNote = (already: number): string =>
  already === 0 ? "" : `；${formatNumber(already)} 个条目已有结果，予以保留`;

export const imports: typeof English = {
  matched: ({ files, rows, counts: { matched, failed } }) =>
    `导入 ${few(files)}：共 ${formatNumber(rows)} 行，其中 ${formatNumber(matched)} 行是条目的结果${
      failed === 0 ? "" : `，${formatNumber(failed)} 行没有结果（对应条目仍待处理）`
    }`,
  leftOut: (reason, count, examples) =>
    `未导入：${formatNumber(count)} 行${REASONS[reason]}：${few(examples, count)}`,
  elsewhere: (count) => `${formatNumber(count)} 行不对应本分片的任何条目`,
  example: (label, file, line) => `${label}（${file === null ? `第 ${line} 行` : `${file}:${line}`}）`,
  question: "是否导入其余结果，并处理剩下的条目？",
  imported: (count, already) => `已导入 ${formatNumber(count)} 个结果${keptNote(already)}。`,
  held: (max) => `磁盘已满，等待腾出空间，最多 ${max}。`,
  wouldImport: (count, already) => `运行时会导入 ${formatNumber(count)} 个结果${keptNote(already)}。`,
  wouldAsk: "运行时会先询问是否导入其余结果。",
};
