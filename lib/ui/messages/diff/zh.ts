// Chinese: what `diff` shows.
import { formatNumber } from "../../format.ts";
import type { diff as English } from "./en.ts";

export const diff: typeof English = {
  comparisons: {
    same: "相同",
    different: "不同",
    failed_in_a: "A 中失败",
    failed_in_b: "B 中失败",
    failed_in_both: "两者均失败",
    only_in_a: "仅 A 中有",
    only_in_b: "仅 B 中有",
  },
  headers: { item: "条目", comparison: "比较结果" },
  present: "当前会话",
  side: (name, of, results) => `${name}：${formatNumber(results)} 个结果${of === null ? "" : `，${of}`}`,
  shown: (count, total, words, call) =>
    count === total
      ? `共 ${formatNumber(total)} 行。`
      : `共 ${formatNumber(total)} 行，以上为前 ${formatNumber(count)} 行。查看全部：${call(`${words} -o diff.csv`)}`,
  withoutId: (count, name) => `${name} 中有 ${formatNumber(count)} 个结果没有 id，未参与比较。`,
  nothingInCommon: (by) =>
    by === "id"
      ? "A 和 B 没有相同的 id。它们是同一份输入的结果吗？"
      : "A 和 B 没有相同的条目：没有 id 的结果按条目的内容匹配。",
};
