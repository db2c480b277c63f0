// The screen of `info --watch`, from the status of a running job: pure, line by line, for any size from 80 × 24 on; on a smaller one the lower lines are left out.
import { safePath, safeText } from "../../ui/escape.ts";
import { failureLines } from "../../ui/failures.ts";
import { formatCost, formatNumber, formatRate } from "../../ui/format.ts";
import type { Catalogue } from "../../ui/messages/en.ts";
import { renderProgress } from "../../ui/reporters/progress-line.ts";
import { fitColumns, padColumns, padColumnsStart } from "../../ui/width.ts";
import type { LiveResult, LiveStatus } from "../channel/contract.ts";
import { plotBars } from "./plot-bars.ts";
import { progressOf } from "./progress-of.ts";

export type WatchMode = "overview" | "failures" | "results";

export type WatchSize = { readonly columns: number; readonly rows: number };

const PLOT_ROWS_MAX = 10;
const PLOT_ROWS_MIN = 3;
const GAP = 2;

/** All lines of the screen, none wider than it is. */
export function watchScreen(
  status: LiveStatus,
  mode: WatchMode,
  size: WatchSize,
  catalogue: Catalogue,
): string[] {
  const columns = size.columns - 1; // filling the last one makes some terminals begin a new line
  const head = headLines(status, columns, catalogue);
  const room = Math.max(0, size.rows - head.length - 2);
  const body =
    mode === "overview"
      ? overview(status, columns, room, catalogue)
      : [mode === "failures" ? failures(status, catalogue) : results(status, columns, catalogue)].flat();
  const { overview: keys, back } = catalogue.watch.keys;
  const shown = [...head, "", ...body.slice(0, room)].map((line) => fitColumns(line, columns));
  const filled = Array.from({ length: Math.max(0, size.rows - 1) }, (_, row) => shown[row] ?? "");
  return [...filled, fitColumns(mode === "overview" ? keys : back, columns)];
}

/** One line of it, for an output that is no terminal. */
export function watchLine(status: LiveStatus, catalogue: Catalogue): string {
  const line = renderProgress(progressOf(status), catalogue, Number.POSITIVE_INFINITY, false, false);
  const isSaid = status.state === "running" || status.state === "paused"; // it waits then
  return isSaid ? line : `${line} | ${catalogue.watch.state[status.state]}`;
}

function headLines(status: LiveStatus, columns: number, catalogue: Catalogue): string[] {
  const { watch } = catalogue;
  const state = watch.state[status.state];
  const path = status.input.path === "" ? "-" : safePath(status.input.path.split("/").at(-1) ?? "");
  const job = `${path} | ${status.processor.kind}: ${safeText(status.processor.shown)}`;
  const room = Math.max(0, columns - Bun.stringWidth(state) - GAP);
  const title = `${padColumns(fitColumns(job, room), room)}${" ".repeat(GAP)}${state}`;
  const progress = renderProgress(progressOf(status), catalogue, columns, false, true);
  return [
    title,
    progress,
    ...[spent(status, catalogue), times(status, catalogue)].filter((line) => line !== ""),
  ];
}

/** Tokens, cost and budgets; empty without any. */
function spent({ usage, budgets }: LiveStatus, { watch, progress }: Catalogue): string {
  const { input_tokens: input, output_tokens: output, cost } = usage.session;
  const { cost: costs, tokens } = budgets;
  return [
    input + output > 0 ? watch.tokens(formatNumber(input), formatNumber(output)) : "",
    tokens === null ? "" : watch.budget(formatNumber(tokens.spent), formatNumber(tokens.allowed)),
    costs === null
      ? cost > 0
        ? progress.cost(formatCost(cost))
        : ""
      : watch.cost(formatCost(costs.spent), formatCost(costs.allowed)),
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
  const beside = columns >= 120 ? 3 : 2;
  const levels = Math.ceil(plots.length / beside);
  // Each level has a title, and a line below it; three lines are for failures.
  const rows = Math.min(
    PLOT_ROWS_MAX,
    Math.floor((room - Math.min(lines.length, 3)) / Math.max(1, levels)) - 2,
  );
  const width = Math.floor((columns - GAP * (beside - 1)) / beside);
  const drawn =
    rows < PLOT_ROWS_MIN
      ? []
      : Array.from({ length: levels }, (_, level) =>
          sideBySide(plots.slice(level * beside, (level + 1) * beside), width, rows),
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

function sideBySide(plots: readonly Plot[], width: number, rows: number): string[] {
  const blocks = plots.map(({ title, values, highest }) =>
    [title, ...plotBars(values, highest, width, rows), "-".repeat(width)].map((line) =>
      padColumns(fitColumns(line, width), width),
    ),
  );
  return Array.from({ length: rows + 2 }, (_, row) =>
    blocks.map((block) => block[row] ?? "").join(" ".repeat(GAP)),
  );
}

function failures({ errors, failed }: LiveStatus, catalogue: Catalogue): string[] {
  const { watch } = catalogue;
  if (errors.length === 0) return [watch.noFailures];
  return [watch.failures(failed), ...failureLines(errors, catalogue).map((line) => `  ${line}`)];
}

function results(status: LiveStatus, columns: number, catalogue: Catalogue): string[] {
  const { watch } = catalogue;
  if (status.results.length === 0) return [watch.noResults];
  return [watch.results, ...status.results.map((result) => resultLine(result, columns, catalogue))];
}

function resultLine(result: LiveResult, columns: number, catalogue: Catalogue): string {
  const { index, id, output, error, duration_ms: ms } = result;
  const name = padColumns(safeText(id ?? `#${index + 1}`, 16), 16);
  const time = padColumnsStart(shortTime(ms, catalogue), 8);
  const text =
    error === null
      ? safeText(output ?? "", columns)
      : `${safeText(error.kind, 30)}: ${safeText(error.message, columns)}`;
  return `  ${error === null ? " " : "!"} ${name} ${time}  ${text}`;
}
