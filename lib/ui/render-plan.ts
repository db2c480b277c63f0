// Renders what a run is about to do.
import type { InputRemark } from "../core/input-remark.ts";
import type { PlanCounts } from "../run/progress.ts";
import type { Item } from "../core/item.ts";
import { escapeControls, oneLine, readableJson, safePath, safeText } from "./escape.ts";
import type { Catalogue } from "./messages/en.ts";

/** Columns of a line of a preview. */
const LINE_COLUMNS = 240;

/** Lines of a preview that are shown at most. */
const PREVIEW_LINES_MAX = 20;

/**
 * The plan in one line without a line end; with a limit, a second line.
 * @param limit how many pending items this run takes at most; null without a limit
 * @param isPart the job is about a part of the input only
 */
export function renderPlan(
  counts: PlanCounts,
  catalogue: Catalogue,
  limit: number | null,
  isPart: boolean = false,
): string {
  const line = catalogue.plan.line(counts, isPart);
  return limit === null || limit >= counts.pending
    ? line
    : `${line}\n${catalogue.plan.limited(counts.pending, limit)}`;
}

/** The item for display: numeric JSON escapes are replaced by their characters. */
export function readableItem(item: Item): Item {
  return item.form === "json" ? { ...item, text: readableJson(item.text) } : item;
}

/** The first item's call from Processor.preview, shortened to fit a screen. */
export function renderFirstCommand(preview: readonly string[], catalogue: Catalogue): string {
  const lines = preview.slice(0, PREVIEW_LINES_MAX).map((line) => safeText(line, LINE_COLUMNS));
  if (preview.length > lines.length) lines.push("…");
  return below(catalogue.plan.firstCommand, lines);
}

/** An item's call, every line in full length (`--dry-run`). @param item its id or number */
export function renderCommand(item: string, preview: readonly string[], catalogue: Catalogue): string {
  return below(
    catalogue.plan.itemCommand(safeText(item)),
    preview.map((line) => escapeControls(oneLine(line))),
  );
}

/** One line after its label; several lines below it. */
function below(label: string, lines: readonly string[]): string {
  return lines.length === 1
    ? `${label}${lines[0]}`
    : [label.trimEnd(), ...lines.map((line) => `  ${line}`)].join("\n");
}

/** A remark on how the input is read, in one line. @param path the input as the user gave it */
export function renderRemark(remark: InputRemark, path: string, catalogue: Catalogue): string {
  // A tab has a name in both languages; any other character is shown.
  const safe = Object.entries(remark).map(([key, value]) => [key, value === "\t" ? value : safeText(value)]);
  return catalogue.plan.remark(Object.fromEntries(safe) as InputRemark, safePath(path));
}
