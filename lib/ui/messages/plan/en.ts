// English: what a run is going to do.
import type { InputRemark } from "../../../core/input-remark.ts";
import type { PlanCounts } from "../../../run/progress.ts";
import { formatNumber } from "../../format.ts";
import { counted, few, inputName, items, units } from "../common/en.ts";

const DELIMITERS: { readonly [character: string]: string } = {
  ",": "commas",
  ";": "semicolons",
  "\t": "tabs",
  "|": "bars",
  " ": "spaces",
};

const delimiters = (character: string): string => DELIMITERS[character] ?? `"${character}"`;

export const plan = {
  /** @param _isPart the job is about a part of the input only */
  line: (c: PlanCounts, _isPart: boolean): string =>
    `Plan: ${units(c.total, c.repeat)}${c.repeat === undefined ? "" : `, ${formatNumber(c.repeat)} of each item`}: ${[
      `${formatNumber(c.done)} done`,
      c.failed > 0 ? `${formatNumber(c.failed)} failed (${formatNumber(c.retry)} to retry)` : [],
      c.fresh > 0 ? `${formatNumber(c.fresh)} new` : [],
      c.changed > 0 ? `${formatNumber(c.changed)} changed` : [],
      c.rerun > 0 ? `${formatNumber(c.rerun)} to run again` : [],
      c.gone > (c.beyond ?? 0) ? `${formatNumber(c.gone - (c.beyond ?? 0))} gone` : [],
      c.beyond === undefined
        ? []
        : `${formatNumber(c.beyond)} beyond --repeat ${formatNumber(c.repeat ?? 1)}`,
      `${formatNumber(c.pending)} pending`,
    ]
      .flat()
      .join(", ")}`,
  /** Which items were chosen. */
  selected: (what: string, chosen: number, of: number): string =>
    `Chosen: ${what}: ${formatNumber(chosen)} of ${items(of)}`,
  selectionChanged: (before: string, now: string): string =>
    `The choice of items has changed: ${before} → ${now}`,
  /** @param first names of the first few */
  files: (count: number, first: readonly string[]): string =>
    `Input: ${counted(count, "file", "files")}: ${few(first, count)}`,
  /** Options of a settings file that say nothing beside what was typed. */
  dropped: (options: string): string => `Not used from the settings file: ${options}`,
  /** @param checks what outputs are checked against */
  checks: (checks: readonly string[]): string => `Each output is checked: ${checks.join(", ")}`,
  /** Keywords of a schema that check nothing. @param first of `count` */
  ignoredKeywords: (path: string, first: readonly string[], count: number): string =>
    `${path}: ${counted(count, "keyword is", "keywords are")} not of JSON Schema and check nothing: ${few(first, count)}`,
  /** What a run would ask an endpoint for; tokens of the answers at most, null when nothing bounds them. */
  estimate: (e: {
    readonly items: number;
    readonly requests: number;
    readonly input_tokens: number;
    readonly input_tokens_max: number;
    readonly output_tokens: number | null;
  }): string => {
    const mean = e.items === 0 ? 0 : Math.round(e.input_tokens / e.items);
    const output =
      e.output_tokens === null
        ? "; the answers have no limit (--param max_tokens=N)"
        : `, at most ${formatNumber(e.output_tokens)} of output`;
    return `Estimate: ${items(e.items)}, ${counted(e.requests, "request", "requests")}, about ${formatNumber(e.input_tokens)} tokens of input${output}; about ${formatNumber(mean)} of input an item, at most ${formatNumber(e.input_tokens_max)}`;
  },
  /** Items of a request that are not shown. */
  moreInRequest: (count: number): string => `… and ${counted(count, "more item", "more items")}`,
  /** The same of one item. */
  itemTokens: (tokens: { readonly input_tokens: number; readonly output_tokens: number | null }): string =>
    `about ${formatNumber(tokens.input_tokens)} tokens of input${tokens.output_tokens === null ? "" : `, at most ${formatNumber(tokens.output_tokens)} of output`}`,
  /** What all of it costs; null: unknown. */
  estimatedCost: (
    cost: { readonly input: string; readonly output: string | null; readonly total: string | null } | null,
  ): string => {
    if (cost === null) return "Cost: unknown without --price-in and --price-out";
    return cost.total === null || cost.output === null
      ? `Cost: about ${cost.input} for the input; that of the answers is not included, because they have no limit`
      : `Cost: at most about ${cost.total}: ${cost.input} for the input, at most ${cost.output} for the answers`;
  },
  /** The shortest time that a limit allows; null: unknown. @param isWhole whether the tokens of the answers are in it */
  estimatedTime: (
    time: { readonly ms: string; readonly by: "rpm" | "tpm"; readonly limit: number } | null,
    isWhole: boolean,
  ): string => {
    if (time === null) return "Time: unknown without --rpm or --tpm";
    const what = time.by === "rpm" ? "requests" : "tokens";
    const without = time.by === "tpm" && !isWhole ? "; the tokens of the answers are not included" : "";
    return `Time: at least ${time.ms}, at ${formatNumber(time.limit)} ${what} a minute (--${time.by})${without}`;
  },
  /** The first item's command, expanded. */
  firstCommand: "First item: ",
  /** The same of any item, by its id or number (`--dry-run`). */
  itemCommand: (item: string): string => `Item ${item}: `,
  limited: (pending: number, limit: number): string =>
    `Limit: this run takes the first ${formatNumber(limit)} of ${formatNumber(pending)} pending items.`,
  /** With `--dry-run`: what a run would do before its first attempt. */
  wouldStartOver: "The run would start over: it moves the checkpoint into a backup first.",
  wouldAsk: {
    resume: "The run would first ask whether to resume the checkpoint or to start over.",
    changed: "The run would first ask what to do: something that the results depend on has changed.",
    failures: "The run would first ask whether to retry the failed items or to finish without them.",
    "other-job": "The run would first ask whether to move the checkpoint of another job into a backup.",
  },
  wouldAskOutput: (path: string): string =>
    `The run would first ask what to do with the existing output ${path}.`,
  wouldBeRefused: (exitCode: number): string =>
    `The run would be refused with exit code ${exitCode}, for this reason:`,
  remark: (remark: InputRemark, path: string): string => {
    const input = path === "-" ? "Standard input" : path;
    switch (remark.kind) {
      case "delimiter-found":
        return `${input} is read with ${delimiters(remark.used)} as the delimiter, which its header shows. If this is wrong, add --delimiter comma.`;
      case "delimiter-doubted":
        return `${input} is read with ${delimiters(remark.used)} as the delimiter, but its header has ${delimiters(remark.shown)}. If these are the delimiter, add --delimiter auto.`;
      case "delimiter-changed":
        return `${input} is read with ${delimiters(remark.used)} as the delimiter; the checkpoint was made with ${delimiters(remark.before)}.`;
      case "first-is-array":
        return `The first line of ${inputName(path)} is a JSON array and is treated as one item. If its elements are the items, add --format json.`;
    }
  },
};
