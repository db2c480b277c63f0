// What to do with a checkpoint that was found: decided by what was typed, else asked on a terminal, else by the rule for scripts. Pure.
import type { PartChange } from "../core/fingerprint.ts";
import type { PlanCounts } from "../core/plan-counts.ts";

export type FoundCheckpoint = {
  readonly counts: PlanCounts;
  /** Records in the log, and how many of them are of successes. */
  readonly records: number;
  readonly succeeded: number;
  readonly inputChanged: boolean;
  /** Parts of the fingerprint that differ; empty when it is the same. */
  readonly changes: readonly PartChange[];
};

export type DecisionOptions = {
  /** `--resume` true, `--no-resume` false. */
  readonly resume: boolean | null;
  readonly onChange: "ask" | "refuse" | "keep";
  readonly failed: "retry" | "keep" | null;
  readonly yes: boolean;
  /** There is a terminal to ask on. */
  readonly interactive: boolean;
};

export type Decision =
  /** Go on with the results there are. */
  | { readonly kind: "continue"; readonly retryFailed: boolean }
  /** Move the checkpoint into a backup and begin anew. */
  | { readonly kind: "restart" }
  /** There are failures only: go on and try all of them again; begin anew where none is of this job. */
  | { readonly kind: "nothing-to-protect"; readonly isAnother: boolean }
  | { readonly kind: "ask"; readonly about: "resume" | "changed" | "failures" | "other-job" }
  | { readonly kind: "refuse"; readonly why: "changed" | "other-job" };

/** Decides; see Decision. A changed fingerprint is never decided by `--resume` or `--yes`; who says `--on-change refuse` is not overruled. */
export function decide(found: FoundCheckpoint, options: DecisionOptions): Decision {
  const { counts } = found;
  const retryFailed = options.failed !== "keep";
  if (options.resume === false) return { kind: "restart" };
  const changed = found.changes.length > 0;
  if (found.records === 0) {
    // Nothing has been recorded, so nothing is lost or mixed.
    return changed || found.inputChanged ? { kind: "restart" } : { kind: "continue", retryFailed };
  }
  const isAnother = counts.done + counts.failed + counts.changed === 0;
  const wouldStop = isAnother || (changed && options.onChange !== "keep");
  if (found.succeeded === 0 && wouldStop && options.onChange !== "refuse")
    return { kind: "nothing-to-protect", isAnother };
  if (isAnother) {
    return options.interactive && options.onChange === "ask"
      ? { kind: "ask", about: "other-job" }
      : { kind: "refuse", why: "other-job" };
  }
  if (changed && options.onChange !== "keep") {
    return options.onChange === "ask" && options.interactive
      ? { kind: "ask", about: "changed" }
      : { kind: "refuse", why: "changed" };
  }
  return decideSameJob(counts, options, retryFailed);
}

function decideSameJob(counts: PlanCounts, options: DecisionOptions, retryFailed: boolean): Decision {
  const answered = options.resume === true || options.yes || options.onChange === "keep";
  const go: Decision = { kind: "continue", retryFailed };
  if (answered || !options.interactive) return go;
  if (counts.fresh + counts.changed > 0) return { kind: "ask", about: "resume" };
  if (counts.failed > 0 && options.failed === null) return { kind: "ask", about: "failures" };
  return go;
}
