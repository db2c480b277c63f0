// English: what is asked before a run.
import type { Kept, Maker } from "../../../core/job.ts";
import { formatNumber } from "../../format.ts";
import { counted, holds, inputName, keptIn, partName } from "../common/en.ts";

export const questions = {
  found: "🔄 Found a checkpoint of earlier, unfinished work",
  askResume: "Resume it?",
  /** Behind a question that `y`, `n` and Enter answer. */
  yesByDefault: "(y/n, default y)",
  noByDefault: "(y/n, default n)",
  yes: "Yes",
  no: "No",
  counts: (done: number, failed: number, left: number): string =>
    `${formatNumber(done)} done, ${formatNumber(failed)} failed, ${formatNumber(left)} left`,
  savedAt: (time: string): string => `saved at ${time}`,
  resume: "Resume",
  restart: "Start over",
  restartNote: "Starting over makes a backup of this checkpoint first.",
  keys: "↑/↓ choose · Enter confirm · Esc leave everything as it is",
  changed: "Something that the results depend on has changed:",
  part: (name: string): string => partName(name),
  before: "old: ",
  after: "new: ",
  absent: "(none)",
  morePart: (count: number): string => `and ${counted(count, "more part", "more parts")}`,
  askChanged: "What now?",
  keep: "Keep the results and continue with the change",
  keepNote: "results so far stay as they are",
  cancel: "Cancel",
  cancelNote: "nothing is changed",
  inputChanged: "The input has changed:",
  inputCounts: (c: {
    readonly kept: number;
    readonly fresh: number;
    readonly changed: number;
    readonly gone: number;
    /** The job is about a part of the input only. */
    readonly isPart: boolean;
  }): string =>
    `${formatNumber(c.kept)} kept, ${formatNumber(c.fresh)} new or pending, ${formatNumber(c.changed)} changed, ${formatNumber(c.gone)} gone`,
  failuresFound: (failed: number): string => `All items were attempted; ${formatNumber(failed)} failed`,
  askFailures: "What now?",
  retry: "Retry the failed items",
  finish: "Finish without them",
  finishNote: "they stay marked as failed in the output",
  otherJob: "The checkpoint here belongs to another job",
  otherJobHolds: (input: string, results: number, total: number, savedAt: string): string =>
    `Its input is ${inputName(input)}: ${formatNumber(results)}/${formatNumber(total)} results, saved at ${savedAt}.`,
  otherJobNote: "To keep both, cancel and give this job its own folder with --dir.",
  askOtherJob: "Move it into a backup and start this job?",
  outputExists: (path: string): string => `The output ${path} already exists`,
  /** Whose results it holds; null: nothing is on record. */
  outputHolds: (maker: Maker | null): string => `It ${holds(maker)}.`,
  askOutput: "Where should the results go?",
  writeOther: (path: string): string => `Write them to ${path}`,
  /** With what becomes of the results in it; null: they are nowhere else. */
  replace: (kept: Kept | null): string =>
    `Replace it; ${kept === null ? "its content is lost" : `results stay ${keptIn(kept)}`}`,
  cancelled: "Cancelled; nothing was changed.",
  /** For a terminal that cannot move its cursor: the choices are numbered. */
  chooseNumber: (highest: number, byDefault: number): string => `(1-${highest}, default ${byDefault})`,
};
