// English: what `diff` shows.
import { formatNumber } from "../../format.ts";
import type { Call } from "../phrases.ts";
import { counted } from "../common/en.ts";

export const diff = {
  comparisons: {
    same: "same",
    different: "different",
    failed_in_a: "failed in A",
    failed_in_b: "failed in B",
    failed_in_both: "failed in both",
    only_in_a: "only in A",
    only_in_b: "only in B",
  },
  headers: { item: "Item", comparison: "Result" },
  /** The checkpoint in place, or the session that was completed last. */
  present: "the present session",
  /** One of the sides. `of`: its command or model; null where that is not known. */
  side: (name: string, of: string | null, results: number): string =>
    `${name}: ${counted(results, "result", "results")}${of === null ? "" : `, ${of}`}`,
  /** @param words the call, without the program */
  shown: (count: number, total: number, words: string, call: Call): string =>
    count === total
      ? `${counted(total, "row", "rows")}.`
      : `The first ${formatNumber(count)} of ${formatNumber(total)} rows. All of them: ${call(`${words} -o diff.csv`)}`,
  withoutId: (count: number, name: string): string =>
    `${counted(count, "result", "results")} in ${name} left out, because ${count === 1 ? "it has" : "they have"} no id.`,
  nothingInCommon: (by: "id" | "content"): string =>
    by === "id"
      ? "No id is in both A and B. Are they results of the same input?"
      : "No item is in both A and B: results without ids are matched by the content of their items.",
};
