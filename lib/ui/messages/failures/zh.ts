// Chinese: failed items by reason.
import { formatNumber } from "../../format.ts";
import { causes } from "../causes/zh.ts";
import type { failures as English } from "./en.ts";

/** A full-width bracket needs no space behind it. */
const times = (reason: string, count: number): string =>
  `${reason}${reason.endsWith("）") ? "" : " "}× ${formatNumber(count)}`;

export const failures: typeof English = {
  group: (kind, count, example) =>
    `${times(causes.kind(kind), count)}${example === null ? "" : `，例如条目 ${example.item}：${causes.text(example.message)}`}`,
  others: (count) => `其他原因 × ${formatNumber(count)}`,
};
