// Progress on one line, or on several. On a narrow terminal the least important parts are dropped first. Bar, percentage, rate, ETA and failures always fit in 80
// columns, and a line is never wider than the terminal. The order of the parts never changes.
import type { EndpointNow, OutageNow, Progress } from "../../run/progress.ts";
import { safeText } from "../escape.ts";
import { formatCost, formatNumber, formatPercent, formatRate } from "../format.ts";
import type { Catalogue } from "../messages/en.ts";
import { paint, type Style } from "../screen.ts";
import { troubleText } from "../trouble.ts";
import { columnsAtMost, cutToColumns, fitColumns } from "../width.ts";

/** `rank` 0 always stays; the highest rank is dropped first. */
type Segment = {
  readonly text: string;
  readonly rank: number;
  readonly style?: Style;
  /** The separator before the next segment. */
  readonly joint?: string;
};

const JOINT = " | ";
const HOST_COLUMNS_MAX = 30;
/** Width of the bar and the space after it. */
const BAR_COLUMNS_MAX = 31;
const BAR_COLUMNS_MIN = 11;
const WAITING_RANK = 2;
/** Segments of a higher rank are dropped before the bar. */
const BAR_RANK = 5;
/** Segments of a higher rank are dropped before the text about an outage. */
const OUTAGE_RANK = 6;
/** A shorter text about an outage would not reach the reason. */
const OUTAGE_COLUMNS_MIN = 36;

function segmentsOf(progress: Progress, catalogue: Catalogue): Segment[] {
  const texts = catalogue.progress;
  const { duration } = catalogue.common;
  const { total, completed, failed, etaMs, waiting, tokensPerS, cost, projectedCost } = progress;
  const ratePerS = progress.outage === undefined ? progress.ratePerS : null; // during an outage the rate is outdated
  const segments: (Segment | null)[] = [
    { text: `${formatNumber(completed)}/${formatNumber(total)}`, rank: 7, style: "bold", joint: " " },
    { text: formatPercent(completed, total), rank: 0, style: "bold" },
    ratePerS === null ? null : { text: texts.rate(formatRate(ratePerS)), rank: 4 },
    etaMs === null ? null : { text: texts.eta(duration(etaMs)), rank: 3 },
    failed > 0
      ? { text: texts.failed(failed), rank: 1, style: "red" }
      : { text: texts.failed(0), rank: OUTAGE_RANK },
    waiting === null ? null : { text: texts.waiting[waiting], rank: WAITING_RANK, style: "yellow" },
    { text: texts.jobs(progress.inFlight, progress.concurrency), rank: 9 },
    costSegment(cost, projectedCost, catalogue),
    tokensPerS === undefined ? null : { text: texts.tokens(formatRate(tokensPerS)), rank: 11 },
    { text: texts.saved(progress.saved), rank: 12 },
    ...(progress.endpoints ?? []).map((endpoint) => endpointSegment(endpoint, texts)),
    { text: texts.elapsed(duration(progress.elapsedMs)), rank: 13 },
  ];
  return segments.filter((segment) => segment !== null);
}

/** What is spent, and what all of it will cost: that is worth more than the number of attempts in flight. */
function costSegment(
  cost: number | undefined,
  projected: number | undefined,
  { progress: texts }: Catalogue,
): Segment | null {
  if (cost === undefined) return null;
  return projected === undefined
    ? { text: texts.cost(formatCost(cost)), rank: 10 }
    : { text: texts.costOf(formatCost(cost), formatCost(projected)), rank: 8 };
}

/** One of several endpoints, by its host. */
function endpointSegment(
  { name, inFlight, concurrency, state }: EndpointNow,
  texts: Catalogue["progress"],
): Segment {
  const host = safeText(URL.parse(name)?.host ?? name, HOST_COLUMNS_MAX);
  if (state === "up") return { text: texts.endpoint(host, inFlight, concurrency), rank: 14 };
  const text = state === "down" ? texts.endpointDown(host) : texts.endpointOut(host);
  return { text, rank: 14, style: "yellow" };
}

/** Texts about an outage, the longest first. */
function outageTexts(outage: OutageNow | undefined, catalogue: Catalogue): readonly string[] {
  if (outage === undefined) return [];
  const texts = catalogue.progress;
  const since = catalogue.common.time(outage.sinceMs).slice("2023-05-30 ".length);
  const max = catalogue.common.duration(outage.maxMs);
  const reason = troubleText(outage.error, catalogue);
  return [texts.outage(since, max, reason), texts.outageShort(since.slice(0, "14:30".length), max, reason)];
}

function widthOf(segments: readonly Segment[]): number {
  const joints = segments.slice(0, -1).reduce((sum, { joint = JOINT }) => sum + joint.length, 0);
  return segments.reduce((sum, { text }) => sum + columnsAtMost(text), joints);
}

/** Drops segments, the highest ranks first, until the line fits; segments up to `rank` stay. */
function narrowed(segments: readonly Segment[], columns: number, rank: number): readonly Segment[] {
  const highest = Math.max(...segments.map((segment) => segment.rank));
  if (highest <= rank || widthOf(segments) <= columns) return segments;
  return narrowed(
    segments.filter((segment) => segment.rank < highest),
    columns,
    rank,
  );
}

/** Adds as much text about an outage as fits; null when too little fits. @param words the longest first */
function withOutage(
  segments: readonly Segment[],
  words: readonly string[],
  columns: number,
): readonly Segment[] | null {
  const saying = (text: string): readonly Segment[] =>
    narrowed(
      segments.map((segment) => (segment.rank === WAITING_RANK ? { ...segment, text } : segment)),
      columns,
      OUTAGE_RANK,
    );
  const fitting = words.map(saying).find((tried) => widthOf(tried) <= columns);
  if (fitting !== undefined) return fitting;
  const others = segments.filter(({ rank }) => rank <= OUTAGE_RANK && rank !== WAITING_RANK);
  const room = columns - widthOf(others) - JOINT.length;
  const shortest = words.at(-1);
  return shortest === undefined || room < OUTAGE_COLUMNS_MIN ? null : saying(cutToColumns(shortest, room));
}

function bar(part: number, whole: number, columns: number): string {
  const inner = columns - 2;
  const filled = whole <= 0 ? 0 : Math.floor((part * inner) / whole);
  const head = filled < inner && filled > 0 ? ">" : "";
  return `[${"=".repeat(filled - head.length)}${head}${" ".repeat(inner - filled)}]`;
}

/** All parts on as many lines as they take, at most `rows`, the first with a bar; none wider than `columns`. */
export function progressLines(
  progress: Progress,
  catalogue: Catalogue,
  columns: number,
  rows: number,
): string[] {
  const [outage] = outageTexts(progress.outage, catalogue);
  const lines: Segment[][] = [[]];
  for (const segment of segmentsOf(progress, catalogue)) {
    const text = segment.rank === WAITING_RANK && outage !== undefined ? outage : segment.text;
    const fitted = { ...segment, text: cutToColumns(text, columns) };
    const line = lines.at(-1) ?? [];
    const room = lines.length === 1 ? columns - BAR_COLUMNS_MIN : columns;
    if (line.length > 0 && widthOf([...line, fitted]) > room) lines.push([fitted]);
    else line.push(fitted);
  }
  const shown = lines.slice(0, rows).map((line) => joined(line, false));
  const [first = "", ...others] = shown;
  const room = Math.min(columns - columnsAtMost(first), BAR_COLUMNS_MAX) - 1;
  return [
    room < BAR_COLUMNS_MIN - 1 ? first : `${bar(progress.completed, progress.total, room)} ${first}`,
    ...others,
  ];
}

function joined(segments: readonly Segment[], colour: boolean): string {
  return segments
    .map(({ text, style, joint = JOINT }, i) => {
      const shown = style === undefined ? text : paint(text, style, colour);
      return i === segments.length - 1 ? shown : shown + joint;
    })
    .join("");
}

/**
 * The line, never wider than `columns` (Infinity: everything).
 * @param colour whether failures, waiting and the count are coloured
 * @param withBar whether there may be a bar
 */
export function renderProgress(
  progress: Progress,
  catalogue: Catalogue,
  columns: number,
  colour: boolean,
  withBar: boolean,
): string {
  const all = segmentsOf(progress, catalogue);
  const words = outageTexts(progress.outage, catalogue);
  const besideBar = columns - BAR_COLUMNS_MIN;
  const said = withBar ? withOutage(all, words, besideBar) : null;
  const beside = narrowed(said ?? all, besideBar, BAR_RANK);
  const hasBar = withBar && widthOf(beside) <= besideBar && (said !== null || words.length === 0);
  const segments = hasBar ? beside : narrowed(withOutage(all, words, columns) ?? all, columns, 0);
  const [only] = segments;
  if (segments.length === 1 && only !== undefined && !hasBar)
    return paint(fitColumns(only.text, columns), "bold", colour);
  const line = joined(segments, colour);
  if (!hasBar) return line;
  const room = Math.min(columns - widthOf(segments), BAR_COLUMNS_MAX) - 1;
  return `${bar(progress.completed, progress.total, room)} ${line}`;
}
