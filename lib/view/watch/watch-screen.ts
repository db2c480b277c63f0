// The screen of `info --watch` for a running job, as lines: pure, for any size from 80 × 24 on. On a smaller screen the lower lines are left out.
import type { ErrorGroup } from "../../core/status.ts";
import { safePath, safeText } from "../../ui/escape.ts";
import { failureLines } from "../../ui/failures.ts";
import { formatCost, formatNumber, formatRate } from "../../ui/format.ts";
import type { Catalogue } from "../../ui/messages/en.ts";
import { progressLines, renderProgress } from "../../ui/reporters/progress-line.ts";
import { fitColumns, padColumns, padColumnsStart, wrapColumns } from "../../ui/width.ts";
import type { LiveResult, LiveStatus } from "../channel/contract.ts";
import { plotBars } from "./plot-bars.ts";
import { progressOf } from "./progress-of.ts";
import { outputText } from "./output-text.ts";

export type WatchMode = "overview" | "failures" | "results";

export type WatchSize = { readonly columns: number; readonly rows: number };

const PLOT_ROWS_MAX = 10;
const PLOT_ROWS_MIN = 3;
/** The columns from which on two and three plots stand side by side. */
const [TWO_PLOTS, THREE_PLOTS] = [60, 120];
/** Columns between them. */
const GAP = 2;
/** Progress takes at most one line in so many. */
const ROWS_PER_PROGRESS = 6;
const PROGRESS_ROWS_MIN = 2;

/** All lines of the screen, none wider than it is. */
export function watchScreen(
  status: LiveStatus,
  mode: WatchMode,
  size: WatchSize,
  catalogue: Catalogue,
): string[] {
  const columns = columnsOf(size);
  const head = [...headLines(status, size, catalogue), ""];
  const room = Math.max(0, size.rows - head.length - 1);
  const { errors, failed, results } = status;
  switch (mode) {
    case "overview":
      return filledScreen([...head, ...overview(status, columns, room, catalogue)], mode, size, catalogue);
    case "failures":
      return filledScreen(
        [...head, ...failurePage(errors, failed, columns, catalogue)],
        mode,
        size,
        catalogue,
      );
    case "results":
      return filledScreen([...head, ...resultPage(results, columns, catalogue)], mode, size, catalogue);
  }
}

/** How many columns are used. Some terminals begin a new line when the last column is filled. */
export function columnsOf({ columns }: WatchSize): number {
  return columns - 1;
}

/** The lines that fit, and a line with the keys below them. */
export function filledScreen(
  lines: readonly string[],
  mode: WatchMode,
  size: WatchSize,
  { watch }: Catalogue,
): string[] {
  const columns = columnsOf(size);
  const filled = Array.from({ length: Math.max(0, size.rows - 1) }, (_, row) => lines[row] ?? "");
  const keys = mode === "overview" ? watch.keys.overview : watch.keys.back;
  return [...filled, keys].map((line) => fitColumns(line, columns));
}

/** The same on one line, for an output that is no terminal. */
export function watchLine(status: LiveStatus, catalogue: Catalogue): string {
  const line = renderProgress(progressOf(status), catalogue, Number.POSITIVE_INFINITY, false, false);
  // Progress itself says that a run is paused.
  const isPlain = status.state === "running" || status.state === "paused";
  return isPlain ? line : `${line} | ${catalogue.watch.state[status.state]}`;
}

function headLines(status: LiveStatus, size: WatchSize, catalogue: Catalogue): string[] {
  const { watch } = catalogue;
  const columns = columnsOf(size);
  const state = watch.state[status.state];
  const path = status.input.path === "" ? "-" : safePath(status.input.path.split("/").at(-1) ?? "");
  const job = `${path} | ${status.processor.kind}: ${safeText(status.processor.shown)}`;
  const room = Math.max(0, columns - Bun.stringWidth(state) - GAP);
  const title = `${padColumns(fitColumns(job, room), room)}${" ".repeat(GAP)}${state}`;
  const progressRows = Math.max(PROGRESS_ROWS_MIN, Math.floor(size.rows / ROWS_PER_PROGRESS));
  return [
    title,
    ...progressLines(progressOf(status), catalogue, columns, progressRows),
    ...[spent(status, catalogue), times(status, catalogue)]
      .filter((line) => line !== "")
      .flatMap((line) => wrapColumns(line, columns).split("\n")),
  ];
}

/** Tokens and budgets; empty without any. The cost so far is part of the progress. */
function spent({ usage, budgets }: LiveStatus, { watch }: Catalogue): string {
  const { input_tokens: input, output_tokens: output } = usage.session;
  const { cost: costs, tokens } = budgets;
  return [
    input + output > 0 ? watch.tokens(formatNumber(input), formatNumber(output)) : "",
    tokens === null ? "" : watch.budget(formatNumber(tokens.spent), formatNumber(tokens.allowed)),
    costs === null ? "" : watch.cost(formatCost(costs.spent), formatCost(costs.allowed)),
  ]
    .filter((part) => part !== "")
    .join(" | ");
}

function times({ latency, ttft }: LiveStatus, catalogue: Catalogue): string {
  const { watch } = catalogue;
  return [
    latency === null
      ? ""
      : watch.latency(
          shortTime(latency.p50_ms, catalogue),
          shortTime(latency.p90_ms, catalogue),
          shortTime(latency.p99_ms, catalogue),
        ),
    ttft === null ? "" : watch.ttft(shortTime(ttft.p50_ms, catalogue), shortTime(ttft.p90_ms, catalogue)),
  ]
    .filter((part) => part !== "")
    .join(" | ");
}

function shortTime(ms: number, { common }: Catalogue): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : common.duration(ms);
}

/** Plots side by side, and below them the failures, if there is room. */
function overview(status: LiveStatus, columns: number, room: number, catalogue: Catalogue): string[] {
  const plots = plotsOf(status, catalogue);
  const lines = failures(status, catalogue);
  const beside = columns >= THREE_PLOTS ? 3 : columns >= TWO_PLOTS ? 2 : 1;
  // Each row of plots has a line of titles above it and an axis below it. Up to three lines are kept for failures.
  const forPlots = room - Math.min(lines.length, 3);
  const levels = Math.min(Math.ceil(plots.length / beside), Math.floor(forPlots / (PLOT_ROWS_MIN + 2)));
  const rows = Math.min(PLOT_ROWS_MAX, Math.floor(forPlots / Math.max(1, levels)) - 2);
  const width = Math.floor((columns - GAP * (beside - 1)) / beside);
  const { timeline } = status;
  const span = catalogue.common.duration(timeline.ok.length * timeline.bucket_ms);
  const drawn = Array.from({ length: Math.max(0, levels) }, (_, level) =>
    sideBySide(plots.slice(level * beside, (level + 1) * beside), { width, rows }, span),
  ).flat();
  return [...drawn, ...lines];
}

type Plot = { readonly title: string; readonly values: readonly (number | null)[]; readonly highest: number };

function plotsOf({ timeline }: LiveStatus, catalogue: Catalogue): Plot[] {
  const { plots } = catalogue.watch;
  const perS = (counts: readonly number[]): number[] =>
    counts.map((count) => (count * 1000) / timeline.bucket_ms);
  const attempted = perS(timeline.ok.map((count, at) => count + (timeline.failed[at] ?? 0)));
  const tokens = perS(timeline.output_tokens.map((count, at) => count + (timeline.input_tokens[at] ?? 0)));
  const highestOf = (values: readonly (number | null)[]): number =>
    values.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
  const [most, slowest, mostTokens] = [attempted, timeline.p50_ms, tokens].map(highestOf) as [
    number,
    number,
    number,
  ];
  return [
    { title: plots.results(formatRate(most)), values: attempted, highest: most },
    { title: plots.latency(shortTime(slowest, catalogue)), values: timeline.p50_ms, highest: slowest },
    ...(mostTokens === 0
      ? []
      : [{ title: plots.tokens(formatRate(mostTokens)), values: tokens, highest: mostTokens }]),
  ];
}

/** @param span how long the time is that the plots show, in words */
function sideBySide(
  plots: readonly Plot[],
  { width, rows }: { readonly width: number; readonly rows: number },
  span: string,
): string[] {
  const blocks = plots.map(({ title, values, highest }) => {
    const bars = plotBars(values, highest, width, rows);
    const drawn = Math.min(bars[0]?.length ?? 0, width - Bun.stringWidth(span) - 1);
    const axis = `${"-".repeat(Math.max(0, drawn))} ${span}`;
    return [title, ...bars, axis].map((line) => padColumns(fitColumns(line, width), width));
  });
  return Array.from({ length: rows + 2 }, (_, row) =>
    blocks
      .map((block) => block[row] ?? "")
      .join(" ".repeat(GAP))
      .trimEnd(),
  );
}

/** `errors` is as of the last commit, so failures may have been counted that are in no group yet. */
function failures({ errors, failed }: Pick<LiveStatus, "errors" | "failed">, catalogue: Catalogue): string[] {
  const { watch } = catalogue;
  if (errors.length === 0 && failed === 0) return [watch.noFailures];
  return [watch.failures(failed), ...failureLines(errors, catalogue).map((line) => `  ${line}`)];
}

/** All failures by reason, with their whole messages. */
export function failurePage(
  errors: readonly ErrorGroup[],
  failed: number,
  columns: number,
  catalogue: Catalogue,
): string[] {
  return failures({ errors, failed }, catalogue).flatMap((line) => wrapColumns(line, columns).split("\n"));
}

/** @param results the newest first */
export function resultPage(results: readonly LiveResult[], columns: number, catalogue: Catalogue): string[] {
  const { watch } = catalogue;
  if (results.length === 0) return [watch.noResults];
  return [watch.results, ...results.map((result) => resultLine(result, columns, catalogue))];
}

function resultLine(result: LiveResult, columns: number, catalogue: Catalogue): string {
  const { index, id, output, error, duration_ms: ms } = result;
  const name = padColumns(safeText(id ?? `#${index + 1}`, 16), 16);
  const time = padColumnsStart(shortTime(ms, catalogue), 8);
  const text =
    error === null
      ? safeText(outputText(output ?? ""), columns)
      : `${safeText(error.kind, 30)}: ${safeText(catalogue.causes.text(error.message), columns)}`;
  return `  ${error === null ? " " : "!"} ${name} ${time}  ${text}`;
}
