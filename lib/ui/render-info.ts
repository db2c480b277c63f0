// `ckpt info` for people: the block of the user guide, then what is needed to decide what to do. It is made from the status and a few facts; nothing
// is read here.
import { tellsVersions } from "../core/model-versions.ts";
import { runInProgress } from "../core/run-in-progress.ts";
import { isAllDone, type RunEntry, type Selection, type Status } from "../core/status.ts";
import { ttftSummary } from "../core/time-tally.ts";
import { safePath, safeText, VALUE_COLUMNS } from "./escape.ts";
import { failureLines } from "./failures.ts";
import { formatBytes, formatPercent, formatRate } from "./format.ts";
import type { Catalogue } from "./messages/en.ts";
import type { InputNow } from "./messages/info/en.ts";
import { nameOf } from "./messages/phrases.ts";
import { PLOT_COLUMNS_MIN, renderPlot } from "./plot.ts";
import { selectionText } from "./render-selection.ts";
import { spentText, ttftText } from "./spent.ts";
import { alignRows, type Row } from "./width.ts";

export type InfoView = {
  readonly status: Status;
  readonly damaged: boolean;
  /** Set when this shows a completed session: its backup (null when it is gone), and whether that is intact. */
  readonly completed?: { readonly backup: string | null; readonly intact: boolean };
  /** How the input compares with size and time in the status. */
  readonly inputNow: InputNow;
  /** The output was written and no longer exists. */
  readonly isOutputMissing: boolean;
  /** The process that holds the lock; null when it is free. */
  readonly holder: {
    readonly pid: number | null;
    readonly host: string | null;
    readonly since: string | null;
    /** What its scheduler calls it. */
    readonly task?: string;
  } | null;
  readonly backups: {
    readonly count: number;
    readonly bytes: number;
    /** `createdAt`: ISO time. */
    readonly newest: { readonly name: string; readonly createdAt: string } | null;
  };
  /** Size of the whole folder, backups included. */
  readonly diskBytes: number;
};

const RUNS_MAX = 3;

/** Lines, each with a line end. @param columns width of the terminal; null when it is not a terminal (nothing is shortened, no plot) */
export function renderInfo(view: InfoView, catalogue: Catalogue, columns: number | null): string {
  const { status } = view;
  const block = catalogue.info.block({
    savedAt: catalogue.common.time(status.saved_at),
    sessionId: safeText(status.session.id, 40),
    completed: status.completed,
    total: status.total,
    percent: formatPercent(status.completed, status.total),
    batchSize: status.batch_size || null,
    saved: status.results_saved,
  });
  const room = columns === null ? VALUE_COLUMNS : Math.max(20, columns - labelColumns(catalogue) - 2);
  const rows = [
    ...progressRows(view, catalogue, room),
    ...sourceRows(view, catalogue, room),
    ...effortRows(status, view.holder !== null && view.completed === undefined, catalogue, room),
    ...placeRows(view, catalogue, room),
  ];
  const plot = columns !== null && columns >= PLOT_COLUMNS_MIN ? renderPlot(status.timeline, catalogue) : [];
  const lines = [...block, "", ...alignRows(rows), ...(plot.length > 0 ? ["", ...plot] : [])];
  return `${lines.join("\n")}\n`;
}

function labelColumns(catalogue: Catalogue): number {
  return Math.max(...Object.values(catalogue.info.labels).map((label) => Bun.stringWidth(label)));
}

/** One label for several lines. */
function labelled(label: string, values: readonly string[]): Row[] {
  return values.map((value, i) => [i === 0 ? label : "", value]);
}

/** A state, or, where a newer version has written it, a word that has no name here. */
function shownState({ damaged, completed, holder, status }: InfoView): string {
  if (completed !== undefined) return status.failed > 0 ? "accepted" : "complete";
  if (damaged) return "damaged";
  if (holder !== null) return "held";
  if (isAllDone(status)) return status.shard === undefined ? "done" : "complete";
  const { state, total } = status;
  if (state === "stopped" && status.shard === undefined && status.completed + status.failed === total)
    return "unwritten";
  return state === "running" ? "interrupted" : state;
}

function progressRows(view: InfoView, catalogue: Catalogue, room: number): Row[] {
  const { status, holder } = view;
  const { selection = null } = status;
  const texts = catalogue.info;
  const pending = Math.max(0, status.total - status.completed - status.failed);
  const since = holder === null || holder.since === null ? null : catalogue.common.time(holder.since);
  return [
    ...(status.shard === undefined
      ? []
      : ([[catalogue.sharding.labels.shard, catalogue.sharding.ofAll(status.shard)]] as const)),
    [texts.labels.state, safeText(nameOf(texts.state, shownState(view)))],
    ...(holder === null
      ? []
      : labelled(texts.labels.heldBy, [
          texts.heldBy(
            holder.pid,
            holder.host && safeText(holder.host, 60),
            since,
            holder.task === undefined ? null : safeText(holder.task, 60),
          ),
        ])),
    ...(holder === null ? [] : inProgressRows(status, catalogue)),
    [
      status.repeat === undefined ? texts.labels.items : texts.labels.answers,
      texts.counts({
        completed: status.completed,
        failed: status.failed,
        pending,
        gone: status.gone,
        repeat: status.repeat,
        isPart: selection !== null,
      }),
    ],
    ...(selection === null
      ? []
      : labelled(texts.labels.chosen, [chosenText(view, selection, catalogue, room)])),
    ...labelled(texts.labels.failed, failureLines(status.errors, catalogue, room)),
  ];
}

function chosenText(
  { status: { total, repeat = 1, input } }: InfoView,
  selection: Selection,
  catalogue: Catalogue,
  room: number,
): string {
  const of = { chosen: total / repeat, of: input.count };
  return safeText(catalogue.info.chosen(selectionText(selection, catalogue), of.chosen, of.of), room);
}

/** Rate and ETA of the run in progress. */
function inProgressRows(status: Status, catalogue: Catalogue): Row[] {
  const texts = catalogue.info;
  const { duration, time } = catalogue.common;
  if (status.state !== "running") return [];
  const current = runInProgress(status);
  const shown =
    current === null
      ? texts.noRate
      : texts.current(formatRate(current.ratePerS), duration(current.etaMs), time(status.saved_at));
  return [[texts.labels.current, shown]];
}

function sourceRows(view: InfoView, catalogue: Catalogue, room: number): Row[] {
  const { input, processor, output } = view.status;
  const texts = catalogue.info;
  // As in `--format`: jsonl, csv.gz.
  const format =
    input.compression === "" || input.compression === "none"
      ? input.format
      : `${input.format}.${input.compression}`;
  const shown =
    input.files === undefined ? safeText(format, 20) : texts.files(input.files, safeText(format, 20));
  const facts = texts.input(shown, formatBytes(input.size), view.inputNow);
  if (input.format === "") return [[texts.labels.input, texts.sourceUnknown]];
  const rows: Row[] = [
    ...labelled(texts.labels.input, input.kept ? [facts] : [safePath(input.path, room), facts]),
    [texts.labels.processor, safeText(texts.processor(processor.kind, processor.shown), room)],
  ];
  if (output !== null && output.path !== "-") {
    const missing = view.isOutputMissing ? [texts.outputMissing] : [];
    rows.push(...labelled(texts.labels.output, [safePath(output.path, room), ...missing]));
  }
  const { completed } = view;
  if (completed === undefined) return rows;
  const backup = completed.backup && safeText(completed.backup, 80);
  return [...rows, [texts.labels.keptIn, texts.keptIn(backup, completed.intact, catalogue.call)]];
}

function effortRows(status: Status, held: boolean, catalogue: Catalogue, room: number): Row[] {
  const texts = catalogue.info;
  const { runs } = status;
  const shown = runs.slice(-RUNS_MAX).toReversed();
  const lines = shown.map((run, i) => safeText(runLine(run, held && i === 0, catalogue), room));
  const rows = labelled(
    texts.labels.runs,
    runs.length > shown.length ? [...lines, texts.earlierRuns(runs.length - shown.length)] : lines,
  );
  rows.push(...endpointRows(status, catalogue, room), ...versionRows(status, catalogue, room));
  const activeMs = runs.reduce((sum, run) => sum + run.active_ms, 0);
  const attempted = runs.reduce((sum, run) => sum + run.attempted, 0);
  if (activeMs > 0 && attempted > 0) {
    const perS = formatRate((attempted * 1000) / activeMs);
    rows.push([texts.labels.speed, texts.speed(perS, catalogue.common.duration(activeMs))]);
  }
  if (status.ttft !== undefined)
    rows.push([texts.labels.ttft, ttftText(ttftSummary(status.ttft), catalogue)]);
  const spent = spentText(status.usage, catalogue);
  if (spent === "") return rows;
  const last = spentText(runs.at(-1)?.usage, catalogue);
  return [
    ...rows,
    ...labelled(texts.labels.spent, last === "" ? [spent] : [spent, texts.spentLastRun(last)]),
  ];
}

function endpointRows({ endpoints = [] }: Status, catalogue: Catalogue, room: number): Row[] {
  const { labels, endpoint: line } = catalogue.info;
  const shown = endpoints.map(({ endpoint, succeeded, failed }) =>
    line(endpoint === "" ? null : endpoint, succeeded, failed),
  );
  return labelled(
    labels.endpoints,
    shown.map((text) => safeText(text, room)),
  );
}

function versionRows({ versions = [] }: Status, catalogue: Catalogue, room: number): Row[] {
  const { labels, version: line } = catalogue.info;
  if (!tellsVersions(versions)) return [];
  const shown = versions.map(({ version, count }) => line(version === "" ? null : version, count));
  return labelled(
    labels.versions,
    shown.map((text) => safeText(text, room)),
  );
}

function runLine(run: RunEntry, current: boolean, catalogue: Catalogue): string {
  return catalogue.info.run({
    startedAt: catalogue.common.time(run.started_at),
    active: catalogue.common.duration(run.active_ms),
    attempted: run.attempted,
    failed: run.failed,
    ended: run.ended,
    current,
  });
}

function placeRows(view: InfoView, catalogue: Catalogue, room: number): Row[] {
  const texts = catalogue.info;
  const { count, bytes, newest } = view.backups;
  const shown = newest && { name: safeText(newest.name, 64), at: catalogue.common.time(newest.createdAt) };
  return [
    [texts.labels.size, texts.size(formatBytes(view.status.log.bytes), formatBytes(view.diskBytes))],
    [texts.labels.backups, safeText(texts.backups(count, formatBytes(bytes), shown), room)],
  ];
}
