// Chinese: results written to a file.
import { safeText } from "../../escape.ts";
import { formatNumber } from "../../format.ts";
import type { output as English } from "./en.ts";

export const output: typeof English = {
  exported: (rows, path) => `已写入 ${formatNumber(rows)} 行：${path}`,
  rows: (rows) => `${formatNumber(rows)} 行`,
  noSuchField: (names) => `没有一行含有字段 ${names.map((name) => safeText(name)).join("、")}。`,
};
