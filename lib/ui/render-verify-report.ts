// The report of `ckpt verify`, for people.
import type { VerifyReport } from "../checkpoint/checkpoint.ts";
import { safeParams, safeText } from "./escape.ts";
import { formatBytes, toLines } from "./format.ts";
import type { Catalogue } from "./messages/en.ts";

/** Maximum number of problems shown; `--json` has more. */
export const SHOWN_MAX = 20;

/** Number of items that have lost their result. */
export function lostItems(report: VerifyReport): number {
  const { status, items } = report;
  return status === null ? 0 : Math.max(0, status.results_saved + status.gone - items);
}

/**
 * Lines, each with a line end.
 * @param name the backup's; null for the checkpoint
 * @param waysOut what can be done about damage
 */
export function renderVerifyReport(
  name: string | null,
  report: VerifyReport,
  waysOut: readonly string[],
  catalogue: Catalogue,
): string {
  const texts = catalogue.verify;
  const { records, items, uncommitted, tornBytes, problemCount } = report;
  const shown = name === null ? null : safeText(name);
  const notes = [
    ...(uncommitted > 0 ? [texts.uncommitted(uncommitted)] : []),
    ...(tornBytes > 0 ? [texts.torn(formatBytes(tornBytes))] : []),
  ];
  if (problemCount === 0) return toLines([texts.intact(shown, records, items, null), ...notes]);
  const problems = report.problems.slice(0, SHOWN_MAX).map((problem) => texts.problem(safeParams(problem)));
  const more = problemCount - problems.length;
  return toLines([
    texts.found(shown, problemCount, null),
    ...problems.map((problem) => `  ${problem}`),
    ...(more > 0 ? [`  ${texts.moreProblems(more)}`] : []),
    texts.provable(records, items),
    ...lostLines(report, catalogue),
    ...notes,
    ...waysOut,
  ]);
}

function lostLines(report: VerifyReport, catalogue: Catalogue): string[] {
  const lost = lostItems(report);
  if (lost === 0) return [];
  const known = report.problems.flatMap((problem) =>
    "item" in problem && problem.item !== null && problem.kind !== "record-double"
      ? [safeText(problem.item, 40)]
      : [],
  );
  return [catalogue.verify.lost(lost, known)];
}
