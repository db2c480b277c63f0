// What `info --watch` shows while no run answers: the checkpoint as `info` shows it, its failures, its last results, or what is wrong with it.
import type { Checkpoint } from "../../checkpoint/checkpoint.ts";
import type { Context } from "../../cli/context.ts";
import { isError } from "../../core/errors.ts";
import type { KeptResults } from "../../core/result-source.ts";
import { expectedError } from "../../io/expected-error.ts";
import type { Catalogue } from "../../ui/messages/en.ts";
import { describeError } from "../../ui/render-error.ts";
import { wrapColumns } from "../../ui/width.ts";
import type { LiveResult } from "../../view/channel/contract.ts";
import { failurePage, resultPage, type WatchMode } from "../../view/watch/watch-screen.ts";
import { type FoundResult, newestResults } from "../results/newest-results.ts";
import { resultsIn } from "../results/results-in.ts";

const RESULTS_MAX = 20;
/** How much of an output is kept: more than a line of any screen (UTF-16 units). */
const OUTPUT_MAX = 4000;
const STATUSES: ReadonlySet<string> = new Set(["ok", "failed"]);

/**
 * Returns a function that makes the text, for so many columns or on one line (null). Its lines may be wider than that.
 * @param overview makes the text of the mode `overview`; it may throw what a user can cause
 * @param heading what stands above failures and results; by default whether a process has the checkpoint
 */
export function restingScreen(
  checkpoint: Checkpoint,
  context: Context,
  overview: (settled: Checkpoint, columns: number | null) => string,
  heading: () => string = () => restingWords(checkpoint, context.catalogue),
): (columns: number | null, mode: WatchMode) => string {
  const lists = new Lists(context);
  return (columns, mode) => {
    const settled = checkpoint.settled();
    try {
      if (columns === null || mode === "overview") return overview(settled, columns);
      return [heading(), "", ...lists.lines(settled, mode, columns)].join("\n");
    } catch (thrown) {
      const error = expectedError(thrown, checkpoint.paths.dir);
      if (error === null) throw thrown;
      const { message, hint } = describeError(error, context.catalogue);
      return columns === null ? message : wrapColumns(`${message}\n\n${hint}`, columns);
    }
  };
}

/** That nothing runs, or that what runs does not answer. */
export function restingWords(checkpoint: Checkpoint, { watch }: Catalogue): string {
  const holder = checkpoint.holder();
  return holder === null ? watch.resting : watch.silent(holder.pid);
}

/** Failures and results on disk. The log is read again only after something has been committed. */
class Lists {
  readonly #context: Context;
  #key = "";
  #results: readonly LiveResult[] = [];

  constructor(context: Context) {
    this.#context = context;
  }

  lines(checkpoint: Checkpoint, mode: Exclude<WatchMode, "overview">, columns: number): string[] {
    const { catalogue } = this.#context;
    const source = sourceOf(checkpoint);
    if (mode === "failures")
      return failurePage(source?.errors ?? [], source?.counts.failed ?? 0, columns, catalogue);
    const key = source === null ? "" : `${source.nonce} ${source.counts.entries}`;
    if (source !== null && key !== this.#key)
      this.#results = newestResults(source, { statuses: STATUSES, grep: null, limit: RESULTS_MAX }).map(
        resultOf,
      );
    this.#key = key;
    return resultPage(source === null ? [] : this.#results, columns, catalogue);
  }
}

/** Null when nothing is on record. @throws checkpoint.damaged, checkpoint.newer */
function sourceOf(checkpoint: Checkpoint): KeptResults | null {
  try {
    return resultsIn(checkpoint).source;
  } catch (error) {
    if (isError(error, "checkpoint.none")) return null;
    throw error;
  }
}

function resultOf({ details, bodyJson }: FoundResult): LiveResult {
  const { index, id, status, error, attempts, started_at: startedAt, duration_ms: durationMs } = details;
  return {
    index,
    id: id ?? null,
    status,
    output: status === "ok" ? bodyJson.slice(0, OUTPUT_MAX) : null,
    error: error ?? null,
    whole: bodyJson.length <= OUTPUT_MAX,
    attempts,
    started_at: startedAt,
    duration_ms: durationMs,
  };
}
