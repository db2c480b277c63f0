// The end of a run in a few lines: the outcome, the files, and what to do next.
import type { Summary } from "../run/progress.ts";
import { escapeControls, safePath, safeText } from "./escape.ts";
import { failureLines } from "./failures.ts";
import { formatNumber, formatPercent, formatRate } from "./format.ts";
import type { Catalogue } from "./messages/en.ts";
import { renderStopReason, stopAdvice } from "./render-stop.ts";
import { paint, type Style } from "./screen.ts";
import { spentLines, ttftText } from "./spent.ts";

/** Maximum width of a line about a failure. */
const FAILURE_COLUMNS = 240;

/** The summary's lines. */
export function renderSummary(summary: Summary, catalogue: Catalogue, colour: boolean): string {
  const [title, style] = headline(summary, catalogue);
  const details = [
    ...(summary.attempted > 0 ? [thisRun(summary, catalogue)] : []),
    ...failureLines(summary.errors, catalogue, FAILURE_COLUMNS).map((line) => `- ${line}`),
    ...places(summary, catalogue),
    ...waysOn(summary, catalogue),
  ];
  return [paint(title, style, colour), ...details.map((line) => `  ${line}`)].join("\n");
}

/** Only what went wrong (`-q`), one line each, prefixed with the program's name like errors. */
export function renderTrouble(summary: Summary, catalogue: Catalogue, colour: boolean): string {
  const [title, style] = headline(summary, catalogue);
  const lines = [title, ...failureLines(summary.errors, catalogue, FAILURE_COLUMNS)];
  return lines.map((line) => paint(`ckpt: ${line}`, style, colour)).join("\n");
}

function headline(summary: Summary, catalogue: Catalogue): readonly [string, Style] {
  const texts = catalogue.summary;
  switch (summary.outcome) {
    case "complete":
      return [texts.complete(summary.total, summary.repeat), "green"];
    case "failed":
      return [texts.failed(summary.completed, summary.total, summary.failed, summary.repeat), "yellow"];
    case "already_complete":
      return summary.failed > 0
        ? [texts.alreadyFailed(summary.total, summary.failed, summary.repeat), "green"]
        : [texts.alreadyComplete(summary.total, summary.repeat), "green"];
    case "stopped":
      return [
        texts.stopped(summary.stop === null ? "?" : renderStopReason(summary.stop, catalogue)),
        "yellow",
      ];
  }
}

function thisRun(summary: Summary, catalogue: Catalogue): string {
  const { attempted, failed_now: failed, elapsed_ms: elapsedMs } = summary;
  const { summary: texts, common } = catalogue;
  const rate = elapsedMs > 0 ? texts.rate(formatRate((attempted * 1000) / elapsedMs)) : "";
  return `${texts.thisRun(attempted, failed, common.duration(elapsedMs))}${rate}`;
}

function places(summary: Summary, catalogue: Catalogue): string[] {
  const texts = catalogue.summary;
  const lines = spentLines(summary.usage?.run, summary.usage?.session, catalogue);
  if (summary.ttft !== undefined) lines.unshift(texts.ttft(ttftText(summary.ttft, catalogue)));
  if (summary.outcome === "stopped") lines.push(saved(summary, catalogue));
  if (summary.finished_at !== undefined)
    lines.push(texts.completedAt(catalogue.common.time(summary.finished_at)));
  if (summary.output !== null) lines.push(texts.output(safePath(summary.output.path)));
  if (summary.backup !== null) {
    const text = summary.outcome === "already_complete" ? texts.backupEarlier : texts.backup;
    lines.push(text(safeText(summary.backup)));
  }
  return lines;
}

/** Progress of the session. */
function saved({ completed, total, failed, pending }: Summary, { summary: texts }: Catalogue): string {
  const progress = `${formatNumber(completed)}/${formatNumber(total)}`;
  const percent = formatPercent(completed, total);
  return failed > 0
    ? texts.savedWithFailures(progress, percent, failed, pending)
    : texts.saved(progress, percent, pending);
}

/** What the user can do now. */
function waysOn(summary: Summary, catalogue: Catalogue): string[] {
  const texts = catalogue.summary;
  const advice = summary.stop === null ? null : stopAdvice(summary.stop, catalogue);
  const lines = advice === null ? [] : [advice];
  if (summary.export_command !== null) lines.push(texts.exportSoFar(escapeControls(summary.export_command)));
  if (summary.outcome === "already_complete") {
    if (summary.failed > 0) lines.push(texts.retryFailed);
    lines.push(texts.attemptAgain);
  }
  const { resume_command: resume, merge_command: merge } = summary;
  if (resume !== null) {
    // Never shortened, because it is to be copied.
    const command = escapeControls(resume);
    if (summary.outcome === "failed") lines.push(texts.tryAgain(command));
    // A shard is finished as it is: the merge takes failures, too.
    if (summary.outcome === "failed" && merge === undefined) lines.push(texts.acceptFailures);
    if (summary.outcome === "stopped") lines.push(texts.resumeWith(command));
  }
  if (merge !== undefined) lines.push(catalogue.sharding.mergeWhenDone(escapeControls(merge)));
  return lines;
}
