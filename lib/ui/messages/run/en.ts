// English: what a run reports beside its progress.
import { formatNumber } from "../../format.ts";
import { counted, few, holder as holderText, partName } from "../common/en.ts";
import { type Gaps, GAPS } from "../gaps/en.ts";

export const run = {
  /** What of ckpt's promises does not hold here. */
  gap: (code: keyof Gaps): string => GAPS[code],
  /** Said once, after the first signal: what is in flight gets this long. */
  stopping: (signal: string, inFlight: number, grace: string): string =>
    `${signal}: no new items are started${inFlight === 0 ? "" : `; ${formatNumber(inFlight)} in flight get ${grace} to finish`}. Press again to stop at once; nothing saved is lost.`,
  /** The checkpoint's folder is on a file system that other machines may share. @param option the option of its mount that keeps locks to this machine */
  sharedFolder: (fileSystem: string, option: string | null, folder: string): string =>
    `${folder} is on ${fileSystem}${option === null ? "" : `, mounted with ${option}`}: its locks ${option === null ? "may" : "do"} not keep out a run on another machine, and its syncs are not reliable. Use a folder on a local disk (--dir), or make sure that only one run uses it.`,
  /** An earlier owner of the checkpoint was on another machine and has not said that it ended. @param holder who that is */
  takenFrom: (...holder: Parameters<typeof holderText>): string =>
    `Taken over from ${holderText(...holder)}, which was not seen to end. If it is still running, it stops at its next commit.`,
  survivorsEnded: (count: number): string =>
    `Ended ${counted(count, "process", "processes")} of the interrupted run.`,
  /** The command that a `ckpt run` without words resumes with. */
  onRecord: (command: string): string => `On record: ${command}`,
  tornTail: (bytes: string): string =>
    `The end of the log was torn (${bytes}); it was moved to quarantine, and its items are run again.`,
  recovered: (records: number): string =>
    `Recovered ${counted(records, "record", "records")} saved after the last commit.`,
  budgetWarning: (budget: "cost" | "tokens", spent: string, allowed: string): string =>
    `80 % of the budget is used: ${budget === "cost" ? `cost ${spent} of ${allowed}` : `${spent} of ${allowed} tokens`}.`,
  /** `parts` of the fingerprint have changed, and there are failures only. */
  nothingToProtect: (parts: readonly string[]): string =>
    `Nothing has succeeded so far, so there is nothing to protect: continuing with the change (${few(parts.map((part) => partName(part)))}); all failed items are retried.`,
  /** The checkpoint in place is another job's, and holds failures only. */
  nothingOfAnother:
    "The checkpoint here belongs to another job, but nothing has succeeded in it, so there is nothing to protect: starting this job.",
  /** No result matches what was typed. @param what words of --rerun */
  nothingDue: (what: readonly string[]): string => `Nothing to run again: no result matches ${few(what)}.`,
  rerunOver: "What --rerun names has been run again. The same command begins another rerun.",
  /** @param what words of an earlier --rerun that was stopped before its end */
  rerunReplaced: (what: readonly string[]): string =>
    `The earlier rerun of ${few(what)} was not finished and ends here: items that it did not reach keep their results.`,
  /** Items that were run again and failed. */
  resultsKept: (count: number): string =>
    `${counted(count, "item was", "items were")} run again and failed; the good results from before are kept.`,
  notInTime: (limit: string): string => `it did not end within ${limit}`,
  /** The command of --notify, which nothing depends on. */
  notNotified: (why: string): string =>
    `--notify failed: ${why}. The results and the exit code do not depend on it.`,
  /** A completed session is gone on from: its input has grown, or its failures are tried again. */
  resumedFromBackup: (name: string): string => `Resuming from the completed session (backup ${name}).`,
};
