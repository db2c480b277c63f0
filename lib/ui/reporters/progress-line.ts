// Progress on one line. What matters least is left out first when the line is narrow; the order on the line stays the same.
// Only ASCII and the catalogue's words stand in it: symbols of doubtful width would break a moving line on Chinese terminals.
import type { Progress } from "../../run/progress.ts";
import { formatCost, formatNumber, formatPercent, formatRate } from "../format.ts";
import type { Catalogue } from "../messages/catalogue.ts";
import { paint, type Style } from "../screen.ts";
import { fitColumns } from "../width.ts";

/** `rank` 0 always stays; the highest goes first. */
type Segment = { readonly text: string; readonly rank: number; readonly style?: Style };

const SEPARATOR = " | ";
const BAR_COLUMNS_MAX = 30;
const BAR_COLUMNS_MIN = 10;

function segmentsOf(progress: Progress, catalogue: Catalogue): Segment[] {
  const texts = catalogue.progress;
  const { duration } = catalogue.common;
  const { total, completed, failed, ratePerS, etaMs, waiting, tokensPerS, cost } = progress;
  const segments: (Segment | null)[] = [
    {
      text: `${formatNumber(completed)}/${formatNumber(total)} ${formatPercent(completed, total)}`,
      rank: 0,
      style: "bold",
    },
    ratePerS === null ? null : { text: texts.rate(formatRate(ratePerS)), rank: 7 },
    etaMs === null ? null : { text: texts.eta(duration(etaMs)), rank: 3 },
    failed > 0 ? { text: texts.failed(failed), rank: 1, style: "red" } : { text: texts.failed(0), rank: 9 },
    { text: texts.jobs(progress.inFlight, progress.concurrency), rank: 4 },
    waiting === null ? null : { text: texts.waiting[waiting], rank: 2, style: "yellow" },
    cost === undefined ? null : { text: texts.cost(formatCost(cost)), rank: 5 },
    tokensPerS === undefined ? null : { text: texts.tokens(formatRate(tokensPerS)), rank: 6 },
    { text: texts.saved(progress.saved), rank: 8 },
    { text: texts.elapsed(duration(progress.elapsedMs)), rank: 10 },
  ];
  return segments.filter((segment) => segment !== null);
}

function widthOf(segments: readonly Segment[]): number {
  const texts = segments.reduce((sum, segment) => sum + Bun.stringWidth(segment.text), 0);
  return texts + SEPARATOR.length * Math.max(0, segments.length - 1);
}

function bar(part: number, whole: number, columns: number): string {
  const inner = columns - 2;
  const filled = whole <= 0 ? 0 : Math.floor((part * inner) / whole);
  const head = filled < inner && filled > 0 ? ">" : "";
  return `[${"=".repeat(filled - head.length)}${head}${" ".repeat(inner - filled)}]`;
}

/**
 * The line, never wider than `columns` (Infinity: everything, and no bar).
 * @param colour whether failures, waiting and the count are coloured
 */
export function renderProgress(
  progress: Progress,
  catalogue: Catalogue,
  columns: number,
  colour: boolean,
): string {
  const segments = segmentsOf(progress, catalogue);
  const all = segments.length;
  while (segments.length > 1 && widthOf(segments) > columns) {
    const last = Math.max(...segments.map((segment) => segment.rank));
    segments.splice(
      segments.findIndex((segment) => segment.rank === last),
      1,
    );
  }
  const [only] = segments;
  if (segments.length === 1 && only !== undefined)
    return paint(fitColumns(only.text, columns), "bold", colour);
  const line = segments
    .map(({ text, style }) => (style === undefined ? text : paint(text, style, colour)))
    .join(SEPARATOR);
  const room = columns - widthOf(segments) - 1;
  if (segments.length < all || !Number.isFinite(room) || room < BAR_COLUMNS_MIN) return line;
  return `${bar(progress.completed, progress.total, Math.min(room, BAR_COLUMNS_MAX))} ${line}`;
}
