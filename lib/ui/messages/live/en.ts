// English: what a running job and ckpt set say of changes and of the live channel.
import { formatNumber } from "../../format.ts";
import { counted } from "../common/en.ts";

export const live = {
  /** What was changed, as options: the new value and the one before. */
  changed: (options: readonly string[]): string => `Changed by ckpt set: ${options.join(", ")}.`,
  /** `before`: null without a limit. */
  option: (option: string, now: string, before: string | null): string =>
    `${option} ${now} (before: ${before ?? "none"})`,
  notRecorded: "This run has no command line on record, so the change holds for this run alone.",
  paused: (inFlight: number): string =>
    `Paused by ckpt set: nothing new is started${inFlight === 0 ? "" : `; ${formatNumber(inFlight)} in flight may finish`}.`,
  resumed: "Resumed by ckpt set.",
  stopping: (inFlight: number, grace: string): string =>
    `Stopped by ckpt set: no new items are started${inFlight === 0 ? "" : `; ${formatNumber(inFlight)} in flight get ${grace} to finish`}.`,
  noChannel: (cause: string): string =>
    `The live channel cannot be opened (${cause}): ckpt set and ckpt info --watch cannot reach this run. Nothing else is affected.`,
  /** The answer of ckpt set: what holds now. */
  holds: (options: readonly string[]): string => `Holds now: ${options.join(", ")}.`,
  recorded: (resume: string): string => `On record: ${resume} takes it up.`,
  isPaused: (resume: string): string => `The run is paused. To go on: ${resume}`,
  isRunning: "The run goes on.",
  isStopping: "The run is stopping; waiting until everything is saved.",
  /** The run has ended. */
  saved: (results: number, total: number, resume: string): string =>
    `Stopped. ${counted(results, "result is", "results are")} saved, of ${formatNumber(total)}. To resume: ${resume}`,
  ended: "The run has ended.",
  none: "no limit",
};
