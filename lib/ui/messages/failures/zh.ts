// Chinese: failed items by reason.
import { formatNumber } from "../../format.ts";
import type { failures as English } from "./en.ts";

export const failures: typeof English = {
  group: (kind, count, example) =>
    `${kind} × ${formatNumber(count)}${example === null ? "" : `，例如条目 ${example.item}：${example.message}`}`,
  others: (count) => `其他原因 × ${formatNumber(count)}`,
};
