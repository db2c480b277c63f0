// English: what is said of shards.
import type { Budget } from "../../../run/budget.ts";
import { formatCost, formatNumber, formatRate } from "../../format.ts";
import { counted, few, partName } from "../common/en.ts";
import type { ReadVariable, ShardNumber, ShardProblem, ShardsDifference } from "../../../core/shard.ts";

type ProofNumbers = {
  readonly done: number;
  readonly count: number;
  readonly completed: number;
  readonly failed: number;
  readonly total: number;
};
type Rates = { readonly rpm: number | null; readonly tpm: number | null };

const listed = (read: readonly ReadVariable[]): string =>
  read.map(({ name, value }) => `${name}=${value}`).join(", ");

/** Why `--shard` is refused: what was found, and what to do. */
export function shardProblem(problem: ShardProblem): { readonly found: string; readonly hint: string } {
  switch (problem.kind) {
    case "range":
      return {
        found: `there is no shard ${problem.index} of ${problem.count}`,
        hint: "Shards count from 1: the first of 16 is 1/16, the last 16/16.",
      };
    case "too-many":
      return {
        found: `a job has at most ${formatNumber(problem.max)} shards, not ${formatNumber(problem.count)}`,
        hint: "Choose a smaller number of shards.",
      };
    case "none":
      return {
        found: "no scheduler says which task this is",
        hint: "Write the number yourself: --shard 3/16, or --shard auto with CKPT_SHARD=3/16.",
      };
    case "absent":
      return {
        found: `${problem.variable} is not set, so ${problem.scheduler} has not started this`,
        hint: "Write auto alone, or the number: --shard 3/16.",
      };
    case "several":
      return {
        found: `${problem.schedulers.join(" and ")} each say which task this is`,
        hint: `Name the one that counts: ${problem.schedulers.map((name) => `auto:${name}`).join(" or ")}.`,
      };
    case "no-count":
      return {
        found: `${problem.scheduler} sets ${problem.variable}, but not the number of tasks`,
        hint: "Add the number of tasks: --shard auto/16.",
      };
    case "part":
      return {
        found: `these tasks may be a part of an array: ${listed(problem.read)}`,
        hint: `Add the number of all tasks: --shard auto/16. The ids then count from ${problem.scheduler === "slurm" ? "0" : "1"}.`,
      };
    case "one":
      return {
        found: `this is the only task: ${listed(problem.read)}`,
        hint: "Start an array of several tasks. If all items are meant, leave --shard out.",
      };
    case "no-step":
      return {
        found: `several tasks were asked for, but only this one was started: ${listed(problem.read)}`,
        hint: "Start them with srun: srun ckpt run … --shard auto. Or submit an array.",
      };
    case "inherited":
      return {
        found: `these variables are another job's, which submitted this one: ${listed(problem.read)}`,
        hint: "Submit with sbatch --export=NONE, or write the number: --shard 3/16.",
      };
    case "ids":
      return {
        found: `the ids of ${problem.count} tasks are ${problem.first}-${problem.first + problem.count - 1}, and here: ${listed(problem.read)}`,
        hint: `Number the tasks ${problem.first}-${problem.first + problem.count - 1}, or write the number of the shard: --shard 3/${problem.count}.`,
      };
    case "counts-differ":
      return {
        found: `CKPT_SHARD is ${problem.value}, not one of ${problem.count}`,
        hint: "Leave the number behind auto out, or correct CKPT_SHARD.",
      };
    case "bad-variable":
      return {
        found: `${problem.read.name} is "${problem.read.value}"`,
        hint: "Write the number of the shard yourself: --shard 3/16.",
      };
  }
}

const WHAT = {
  count: "the number of shards",
  rule: "the rule of shards",
  input: "the input",
  id: "--id",
  fingerprint: "what the results depend on",
  repeat: "--repeat",
  selection: "the choice of items",
} as const;

export function shardsDifference({ what, before, now, parts: changed }: ShardsDifference): string {
  if (changed !== undefined) return `${WHAT[what]} has changed: ${few(changed.map(partName))}`;
  return `${WHAT[what]} was ${before}, and is ${now}`;
}

/** The parts of a budget or of a pace, null where there is no limit. */
const parts = (texts: readonly (string | null)[]): string => texts.filter((text) => text !== null).join(", ");

export const sharding = {
  /** @param read where the number comes from; empty: it was typed @param items of the shard, of those of the input */
  shard: (shard: ShardNumber, read: readonly ReadVariable[], items: number, of: number): string =>
    `Shard ${formatNumber(shard.index)} of ${formatNumber(shard.count)}${read.length === 0 ? "" : ` (${listed(read)})`}: ${formatNumber(items)} of ${counted(of, "item", "items")}`,
  budget: (part: Budget, whole: Budget): string =>
    `The shard's part of the budget: ${parts([
      part.cost === null ? null : `cost ${formatCost(part.cost)} of ${formatCost(whole.cost ?? 0)}`,
      part.tokens === null
        ? null
        : `${formatNumber(part.tokens)} of ${formatNumber(whole.tokens ?? 0)} tokens`,
    ])}`,
  /** @param parallel shards that run at once */
  pace: (rates: Rates, parallel: number): string =>
    `The shard's part of the pace, of ${counted(parallel, "shard", "shards")} at once (--parallel-shards): ${parts(
      [
        rates.rpm === null ? null : `${formatRate(rates.rpm)} requests a minute`,
        rates.tpm === null ? null : `${formatRate(rates.tpm)} tokens a minute`,
      ],
    )}`,
  inVain:
    "Two runs in a row have ended without a result: exit code 1, so that no scheduler starts this shard again. See the reason below.",
  /** What a merge has found. @param missing as schedulers read them */
  proof: (p: ProofNumbers): string =>
    `Shards: ${formatNumber(p.done)} of ${formatNumber(p.count)} done: ${formatNumber(p.completed)} items ok, ${formatNumber(p.failed)} failed, of ${formatNumber(p.total)}`,
  /** @param shards numbers from 1 @param tasks the same by the ids of the tasks */
  missing: (shards: string, tasks: string): string =>
    `Not done: ${shards === tasks ? `shards ${shards}` : `shards ${shards}, tasks ${tasks}`} (--array=${tasks})`,
  /** Where failures of a reason are. Parameters as above. */
  inShards: (shards: string, tasks: string): string =>
    `In ${shards === tasks ? `shards ${shards}` : `shards ${shards}, tasks ${tasks}`}`,
  startAgain: (shards: string, tasks: string): string =>
    `Start again: ${shards === tasks ? `shards ${shards}` : `shards ${shards}, tasks ${tasks}`} (--array=${tasks}). Each retries what has failed.`,
  /** What holds for some shards. @param shards as schedulers read them */
  ofShards: (shards: string, text: string): string => `Shards ${shards}: ${text}`,
  /** @param rate results a second */
  runHere: (shards: number, rate: string): string =>
    `${counted(shards, "shard runs", "shards run")} on this machine, ${rate}/s`,
  /** None of those that processes have answers. */
  silent: (shards: number): string =>
    `${counted(shards, "shard is held and does not answer", "shards are held and do not answer")}; this is what is on disk.`,
  merged: (rows: number, file: string): string => `${counted(rows, "row", "rows")} → ${file}`,
  /** Below the summary of a shard that is complete. */
  mergeWhenDone: (command: string): string => `When all shards are done: ${command}`,
  labels: { shards: "Shards", shard: "Shard" },
  /** Of one shard: which, and of what. */
  ofAll: (shard: ShardNumber & { readonly input_count: number }): string =>
    `${formatNumber(shard.index)} of ${formatNumber(shard.count)}, of ${counted(shard.input_count, "item", "items")}`,
  doneOf: (done: number, count: number): string => `${formatNumber(done)} of ${formatNumber(count)} done`,
  headers: { shard: "shard", state: "state", done: "done", failed: "failed", pending: "pending" },
  /** @param states each with how many shards are in it */
  inStates: (states: readonly (readonly [string, number])[]): string =>
    states.map(([state, shards]) => `${formatNumber(shards)} ${state}`).join("; "),
  notBegun: "not begun",
  /** Above the backups of a folder of shards. */
  shardsHere: (count: number, states: string): string =>
    `${counted(count, "shard", "shards")} here: ${states}`,
  states: {
    complete: "complete",
    failed: "finished, some failed",
    held: "in progress",
    interrupted: "interrupted",
    stopped: "stopped",
  },
  /** By --reshard-from. @param spent what they have cost; empty: nothing that is known */
  takenOver: (results: number, spent: string): string =>
    `Taken over from other shards: ${counted(results, "result", "results")}${spent === "" ? "" : ` (${spent})`}`,
  wouldTakeOver: (results: number): string =>
    `Would be taken over from other shards: ${counted(results, "result", "results")}`,
};
