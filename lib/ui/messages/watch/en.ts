// English: what `info --watch` shows of a running job.
import { formatNumber } from "../../format.ts";

export const watch = {
  state: {
    running: "running",
    paused: "paused",
    stopping: "stopping",
    ending: "ending",
  },
  /** No run has the checkpoint now. */
  resting: "No run at the moment; waiting for the next one.",
  /** A process has the checkpoint, and no status is to be had of it. */
  silent: (pid: number): string =>
    `Process ${pid} has the checkpoint and does not answer yet; this is what is on disk.`,
  /** There is nothing in the folder yet. */
  nothing: (dir: string): string => `No checkpoint in ${dir} yet; waiting for a run.`,
  tokens: (input: string, output: string): string => `tokens ${input} in, ${output} out`,
  cost: (spent: string, allowed: string): string => `cost ${spent} of ${allowed}`,
  budget: (spent: string, allowed: string): string => `budget ${spent} of ${allowed} tokens`,
  latency: (p50: string, p90: string, p99: string): string => `latency p50 ${p50}, p90 ${p90}, p99 ${p99}`,
  ttft: (p50: string, p90: string): string => `first token p50 ${p50}, p90 ${p90}`,
  plots: {
    results: (highest: string): string => `results/s, max ${highest}`,
    latency: (highest: string): string => `latency p50, max ${highest}`,
    tokens: (highest: string): string => `tokens/s, max ${highest}`,
  },
  failures: (count: number): string => `Failures: ${formatNumber(count)}`,
  noFailures: "No failures.",
  results: "Last results, the newest first",
  noResults: "No results yet.",
  keys: { overview: "q leave   f failures   r results", back: "q leave   f failures   r results   Esc back" },
};
