// English: failed items by reason.
import { formatNumber } from "../../format.ts";

export const failures = {
  /** Failed items of one reason; `example` is null where none could be read. */
  group: (
    kind: string,
    count: number,
    example: { readonly item: string; readonly message: string } | null,
  ): string =>
    `${kind} × ${formatNumber(count)}${example === null ? "" : `, e.g. item ${example.item}: ${example.message}`}`,
  /** Those of all reasons that have no line of their own. */
  others: (count: number): string => `other reasons × ${formatNumber(count)}`,
};
