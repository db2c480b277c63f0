// Chinese: results written to a file.
import { formatNumber } from "../../format.ts";
import type { output as English } from "./en.ts";

export const output: typeof English = {
  exported: (rows, path) => `已写入 ${formatNumber(rows)} 行：${path}`,
};
