// English: what `info` shows.
import { formatNumber } from "../../format.ts";
import { type Call, RULE } from "../phrases.ts";
import { counted, holder, items, partName } from "../common/en.ts";
import { runEnd } from "../run-ends/en.ts";

/** How the input looks now, against what the status says of it. */
export type InputNow = "same" | "size" | "same-size" | "time" | "missing" | "kept" | "unknown";

export const info = {
  /** The block of the user guide, line by line; the Chinese one is to the letter. */
  block: (v: {
    readonly savedAt: string;
    readonly sessionId: string;
    readonly completed: number;
    readonly total: number;
    readonly percent: string;
    /** Null: not recorded. */
    readonly batchSize: number | null;
    readonly saved: number;
  }): readonly string[] => [
    RULE,
    "📊 Checkpoint information",
    RULE,
    `🕒 Saved at: ${v.savedAt}`,
    `🔖 Session ID: ${v.sessionId}`,
    `📈 Progress: ${formatNumber(v.completed)}/${formatNumber(v.total)} (${v.percent})`,
    `📦 Batch size: ${v.batchSize === null ? "not recorded" : formatNumber(v.batchSize)}`,
    `📝 Results saved: ${formatNumber(v.saved)}`,
  ],
  labels: {
    state: "State",
    items: "Items",
    answers: "Answers",
    chosen: "Chosen",
    failed: "Failed",
    input: "Input",
    processor: "Processor",
    runs: "Runs",
    versions: "Versions",
    endpoints: "Endpoints",
    speed: "Speed",
    ttft: "First token",
    spent: "Spent",
    size: "On disk",
    backups: "Backups",
    heldBy: "In use by",
    current: "Now",
    output: "Output",
    keptIn: "Kept in",
  },
  state: {
    damaged: "damaged; see below",
    held: "a run is in progress",
    interrupted: "interrupted; run the same command again to resume",
    stopped: "stopped with items pending; run the same command again to resume",
    unwritten: "all items attempted, output not written; run the same command again",
    finished: "finished, some items failed; run the same command again to retry them",
    done: "complete; run the same command again to write its output",
    complete: "complete",
    accepted: "complete, its failures accepted",
  },
  counts: (c: {
    readonly completed: number;
    readonly failed: number;
    readonly pending: number;
    readonly gone: number;
    /** Answers wanted of each item, where it is not one. */
    readonly repeat: number | undefined;
    /** The job is about a part of the input only. */
    readonly isPart: boolean;
  }): string =>
    `${formatNumber(c.completed)} done, ${formatNumber(c.failed)} failed, ${formatNumber(c.pending)} pending` +
    (c.repeat === undefined ? "" : `; ${formatNumber(c.repeat)} of each item`) +
    (c.gone > 0
      ? `; ${counted(c.gone, "result", "results")} ${c.isPart ? "not chosen, " : ""}no longer in the input or no longer wanted`
      : ""),
  /** Which items the job is about. */
  chosen: (what: string, chosen: number, of: number): string =>
    `${what}: ${formatNumber(chosen)} of ${items(of)}`,
  /** Several files; `format` is `files` where they are the items. */
  files: (count: number, format: string): string =>
    counted(count, "file", "files") + (format === "files" ? "" : `, ${format}`),
  /** Facts about the input, below its path. */
  input: (format: string, bytes: string, now: InputNow): string => {
    const notes = {
      same: "unchanged",
      size: "its size has changed",
      "same-size": "same size",
      time: "same size, but modified since",
      missing: "no longer there",
      kept: "from standard input, kept with the checkpoint",
      unknown: "could not be checked",
    };
    return `${format}, ${bytes}; ${notes[now]}`;
  },
  outputMissing: "no longer there",
  /** `kind` as in the status file: command, shell, module, … */
  processor: (kind: string, shown: string): string => `${partName(kind)}: ${shown}`,
  /** Where a completed session is; null: nowhere any more. */
  keptIn: (backup: string | null, intact: boolean, call: Call): string =>
    backup === null
      ? "nowhere: its backup is gone. These facts are from the receipt of the last run"
      : `backup ${backup}${intact ? "" : `, which is damaged: ${call(`verify ${backup}`)}`}`,
  /** After a repair that found no status. */
  sourceUnknown: "unknown since the repair; the next run determines it",
  run: (r: {
    readonly startedAt: string;
    readonly active: string;
    readonly attempted: number;
    readonly failed: number;
    /** Of a newer version, it may be another word. */
    readonly ended: string | null;
    readonly current: boolean;
  }): string => {
    const end = runEnd(r.ended, r.current);
    return `${r.startedAt}  ${end}: ${formatNumber(r.attempted)} attempted, ${formatNumber(r.failed)} failed, ${r.active}`;
  },
  /** Results of one of several endpoints; null: of all further ones. */
  endpoint: (endpoint: string | null, succeeded: number, failed: number): string =>
    `${endpoint ?? "others"}: ${formatNumber(succeeded)} ok${failed === 0 ? "" : `, ${formatNumber(failed)} failed`}`,
  /** Answers of one version of the model; null: of all further ones. */
  version: (version: string | null, count: number): string =>
    `${version ?? "others"}: ${counted(count, "answer", "answers")}`,
  earlierRuns: (count: number): string => `and ${counted(count, "earlier run", "earlier runs")}`,
  speed: (perS: string, active: string): string => `${perS} results/s over ${active} of work`,
  spent: (tokens: string | null, cost: string | null): string =>
    [tokens === null ? [] : `${tokens} tokens`, cost === null ? [] : `cost ${cost}`].flat().join(", "),
  /** How long answers took to their first token. */
  ttft: (count: number, p50: string, p90: string): string =>
    `half within ${p50}, 90% within ${p90} (${counted(count, "answer", "answers")})`,
  spentLastRun: (spent: string): string => `last run: ${spent}`,
  size: (log: string, whole: string): string => `result log ${log}, total ${whole}`,
  backups: (
    count: number,
    bytes: string,
    newest: { readonly name: string; readonly at: string } | null,
  ): string =>
    newest === null ? "none" : `${formatNumber(count)} (${bytes}); newest: ${newest.name}, ${newest.at}`,
  heldBy: (pid: number | null, host: string | null, since: string | null, task: string | null): string =>
    holder(pid, host, since, task),
  /** Of the run that is going on, as it was saved last. */
  current: (perS: string, eta: string, savedAt: string): string => `${perS}/s, ETA ${eta} (as of ${savedAt})`,
  noRate: "no rate yet",
  plotTitle: (bucket: string, highest: string): string =>
    `Results over time (one column: ${bucket}; maximum: ${highest}/s)`,
  noCheckpoint: (dir: string): string => `No checkpoint in ${dir}.`,
  lastRun: (v: {
    readonly session: string;
    readonly at: string;
    readonly completed: number;
    readonly failed: number;
    readonly total: number;
  }): string =>
    `The last run finished at ${v.at} (session ${v.session}): ${formatNumber(v.completed)} of ${items(v.total)} done, ${formatNumber(v.failed)} failed.`,
  lastOutput: (path: string): string => `Its output: ${path}`,
  lastBackup: (name: string): string => `Its checkpoint: backup ${name}`,
};
