// What `ckpt show` prints: a table of results, one item whole, failures by reason.
import type { ParsedRecord, Retry, Usage } from "../core/record.ts";
import { escapeControls, safeText } from "./escape.ts";
import { formatCost, formatNumber, toLines } from "./format.ts";
import type { Catalogue } from "./messages/en.ts";
import { COLUMNS, fitColumns, padColumns } from "./width.ts";

/** A result in the table, and in `show --json`. */
export type ShownResult = {
  readonly item: string;
  readonly failed: boolean;
  readonly startedAt: string;
  readonly durationMs: number;
  /** Its output or error. */
  readonly text: string;
};

/** Widths of the narrowest text, and of the longest item. */
const TEXT_COLUMNS_MIN = 20;
const ITEM_COLUMNS_MAX = 30;

/** Results, and the command that shows one item of them whole. */
export type ShownResults = { readonly results: readonly ShownResult[]; readonly itemCommand: string };

/** A line for each result, each at most as wide as the terminal. @param columns null: not a terminal */
export function renderResults(
  { results, itemCommand }: ShownResults,
  catalogue: Catalogue,
  columns: number | null,
): string {
  const { show: texts, common } = catalogue;
  if (results.length === 0) return `${texts.none}\n`;
  const { headers } = texts;
  const rows = results.map(({ item, failed, startedAt, durationMs, text }) => ({
    cells: [
      safeText(item, ITEM_COLUMNS_MAX),
      failed ? texts.status.failed : texts.status.ok,
      common.time(startedAt),
      common.duration(durationMs),
    ],
    text,
  }));
  const all = [
    { cells: [headers.item, headers.status, headers.time, headers.took], text: headers.text },
    ...rows,
  ];
  const width = columns ?? COLUMNS;
  // On a narrow terminal the text is worth more than the times.
  const isWide = width >= Math.max(...all.map(({ cells }) => widthOf(cells))) + TEXT_COLUMNS_MIN;
  const shown = all.map(({ cells, text }) => ({ cells: isWide ? cells : cells.slice(0, 2), text }));
  const widths = (shown[0]?.cells ?? []).map((_, at) =>
    Math.max(...shown.map(({ cells }) => Bun.stringWidth(cells[at] ?? ""))),
  );
  const lines = shown.map(({ cells, text }) => {
    const before = cells.map((cell, at) => `${padColumns(cell, widths[at] ?? 0)}  `).join("");
    return fitColumns(before + safeText(text, Math.max(1, width - Bun.stringWidth(before))), width).trimEnd();
  });
  return toLines([...lines, "", texts.shown(results.length, itemCommand)]);
}

function widthOf(cells: readonly string[]): number {
  return cells.reduce((sum, cell) => sum + Bun.stringWidth(cell) + 2, 0);
}

/** An item, for `renderItem`. */
export type ShownItem = {
  readonly label: string;
  readonly index: number;
  /** As it stands in the input; null where it does not. */
  readonly input: string | null;
  /** Why it does not, in words of the language. */
  readonly inputNote: string | null;
  readonly changed: boolean;
  /** Answers wanted of it. */
  readonly repeats: number;
  readonly status: "ok" | "failed" | "pending";
  /** The valid results, of each answer that has one. */
  readonly answers: readonly { readonly details: ParsedRecord; readonly text: string }[];
  /** All results, the oldest first. */
  readonly history: readonly ParsedRecord[];
};

/** Everything about an item; texts of several lines stand as they are, but for characters that would change the screen. */
export function renderItem(shown: ShownItem, catalogue: Catalogue): string {
  const { show: texts } = catalogue;
  const { labels } = texts;
  const { answers, history, repeats, status } = shown;
  const note =
    shown.input === null ? (shown.inputNote ?? texts.inputMissing) : shown.changed ? texts.inputChanged : "";
  const pieces = [
    ...block(note === "" ? labels.input : texts.noted(labels.input, note), shown.input ?? ""),
    ...answers.flatMap((answer) => answerBlocks(answer, repeats, catalogue)),
    ...(history.length === 0
      ? []
      : block(labels.results, resultLines(history, repeats, catalogue).join("\n"))),
  ];
  return toLines([texts.item(safeText(shown.label), shown.index + 1, texts.status[status]), ...pieces]);
}

/** @param repeats answers wanted of the item: of several, each says which it is */
function answerBlocks(
  { details, text }: ShownItem["answers"][number],
  repeats: number,
  { show: texts }: Catalogue,
): readonly string[] {
  const { labels } = texts;
  const { error, repeat = 1 } = details;
  const which = (label: string): string => (repeats === 1 ? label : texts.noted(label, texts.answer(repeat)));
  const stderr = error?.stderr ?? details.stderr ?? "";
  return [
    ...block(which(error === undefined ? labels.output : labels.error), text),
    ...(error?.text === undefined ? [] : block(which(labels.text), error.text)),
    ...(error?.body === undefined ? [] : block(which(labels.body), error.body)),
    ...(stderr === "" ? [] : block(which(labels.stderr), stderr)),
  ];
}

/** A heading, and a text indented below it. */
function block(label: string, text: string): readonly string[] {
  if (text === "") return ["", label];
  const lines = text.replace(/\n$/, "").split("\n");
  return ["", label, ...lines.map((line) => `  ${escapeControls(line)}`.trimEnd())];
}

function resultLines(history: ShownItem["history"], repeats: number, catalogue: Catalogue): string[] {
  return history.flatMap((details) => [
    resultLine(details, repeats, catalogue),
    ...attemptLines(details, catalogue),
  ]);
}

function resultLine(details: ParsedRecord, repeats: number, catalogue: Catalogue): string {
  const { show: texts, common } = catalogue;
  const marks = details.marks === undefined ? "" : ` [${details.marks.join(", ")}]`;
  return texts.result({
    answer: repeats === 1 ? null : texts.answer(details.repeat ?? 1),
    status: texts.status[details.status] + marks,
    at: common.time(details.started_at),
    took: common.duration(details.duration_ms),
    attempts: details.attempts,
    fingerprint: details.fp,
    model: details.model_version === undefined ? null : safeText(details.model_version),
    file: details.import === undefined ? null : safeText(details.import.file),
    spent: spentText(details.usage, catalogue),
  });
}

function attemptLines({ attempts, retries = [], error }: ParsedRecord, catalogue: Catalogue): string[] {
  const { show: texts } = catalogue;
  const missing = Math.max(0, attempts - 1 - retries.length);
  const first = attempts - retries.length;
  const lines = retries.map((retry, at) => `  ${texts.attempt(first + at, retryText(retry, catalogue))}`);
  if (missing > 0) lines.unshift(`  ${texts.notOnRecord(missing)}`);
  if (error !== undefined) lines.push(`  ${texts.attempt(attempts, safeText(reasonText(error, catalogue)))}`);
  return lines;
}

function retryText(retry: Retry, catalogue: Catalogue): string {
  const { show: texts, common } = catalogue;
  const { duration_ms: durationMs, waited_ms: waitedMs, usage } = retry;
  const parts = [
    safeText(reasonText(retry, catalogue)),
    ...(durationMs === undefined ? [] : [texts.took(common.duration(durationMs))]),
    texts.waited(common.duration(waitedMs)),
    spentText(usage, catalogue),
  ];
  return texts.parts(parts.filter((part) => part !== ""));
}

/** Why an attempt failed, in words of the language. Records of older versions have the kind alone. */
export function reasonText(
  { kind, message }: Pick<Retry, "kind" | "message">,
  { show: texts, causes }: Catalogue,
): string {
  return message === undefined ? causes.kind(kind) : texts.reason(causes.kind(kind), causes.text(message));
}

function spentText(usage: Usage | undefined, { info }: Catalogue): string {
  if (usage === undefined) return "";
  const { input_tokens: input, output_tokens: output, cost } = usage;
  const tokens =
    input === undefined && output === undefined
      ? null
      : `${formatNumber(input ?? 0)} + ${formatNumber(output ?? 0)}`;
  return info.spent(tokens, cost === undefined ? null : formatCost(cost));
}

/** Shards that have something to run again: by their numbers, and as schedulers read them. */
export type ShardsToStart = {
  readonly numbers: readonly number[];
  readonly shards: string;
  /** The same by the ids of tasks. */
  readonly tasks: string;
};

/** Failures of one reason. */
export type FailureGroup = {
  readonly kind: string;
  readonly count: number;
  readonly examples: readonly { readonly item: string; readonly index: number; readonly message: string }[];
  /** The shards that have them; null: there are none. */
  readonly start: ShardsToStart | null;
  /** Runs just these again; null: there is none. Shown whole, to be copied. */
  readonly rerunCommand: string | null;
};

export type ShownFailures = {
  readonly groups: readonly FailureGroup[];
  /** The shards that have any; null: there are none. */
  readonly start: ShardsToStart | null;
  /** The command that retries all of them; null: there is none. */
  readonly retryCommand: string | null;
  /** Answers wanted of each item. */
  readonly repeats: number;
};

/**
 * Each reason with its examples, the largest first.
 * @param retryCommand runs all of them again; null: there is none
 * @param columns null: not a terminal
 */
export function renderFailures(
  { groups, start, retryCommand, repeats }: ShownFailures,
  catalogue: Catalogue,
  columns: number | null,
): string {
  const { show: texts, failures, causes, sharding } = catalogue;
  if (groups.length === 0) return `${texts.noFailures}\n`;
  const total = groups.reduce((sum, { count }) => sum + count, 0);
  const width = columns ?? COLUMNS;
  const inShards = (of: ShardsToStart | null): string[] =>
    of === null ? [] : [sharding.inShards(of.shards, of.tasks)];
  const lines = groups.flatMap(({ kind, count, examples, start: own, rerunCommand }) => [
    "",
    examples.length === 0 ? failures.others(count) : failures.group(safeText(kind, 40), count, null),
    ...examples.map(({ item, message }) =>
      safeText(`  ${texts.reason(safeText(item, ITEM_COLUMNS_MAX), causes.text(message))}`, width),
    ),
    ...inShards(own).map((line) => `  ${line}`),
    ...(rerunCommand === null ? [] : [`  ${texts.rerun(rerunCommand)}`]),
  ]);
  return toLines([
    texts.failures(total, groups.length, repeats),
    ...lines,
    ...(retryCommand === null && start === null ? [] : [""]),
    ...(start === null ? [] : [sharding.startAgain(start.shards, start.tasks)]),
    ...(retryCommand === null ? [] : [texts.retry(retryCommand)]),
  ]);
}
