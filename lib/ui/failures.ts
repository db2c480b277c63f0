// Failures by reason, one line each, the largest group first, with a currently failed item as the example.
import { type ErrorGroup, OTHERS } from "../core/status.ts";
import { safeText } from "./escape.ts";
import type { Catalogue } from "./messages/en.ts";

/** Lines without a line end, each at most `columns` wide. */
export function failureLines(
  errors: readonly ErrorGroup[],
  catalogue: Catalogue,
  columns?: number,
): string[] {
  const texts = catalogue.failures;
  return errors.map(({ kind, count, item, message }) => {
    if (kind === OTHERS && item === "") return texts.others(count);
    const example = item === "" ? null : { item: safeText(item, 60), message: safeText(message) };
    return safeText(texts.group(safeText(kind, 40), count, example), columns);
  });
}
