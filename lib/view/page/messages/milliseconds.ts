// A time of less than a second as the page says it in both languages.
import { formatNumber } from "../../../ui/format.ts";

/** Whole milliseconds; below ten of them one decimal, if it is not a whole number. */
export function milliseconds(ms: number): string {
  return formatNumber(ms, ms > 0 && ms < 10 && !Number.isInteger(ms) ? 1 : 0);
}
