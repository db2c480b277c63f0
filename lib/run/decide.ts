// Decides what to do with an existing checkpoint: by the options, else by asking on a terminal, else by the rules for scripts. Pure.
import type { PartChange } from "../core/fingerprint.ts";
import { pendingWithoutRetries, type PlanCounts } from "../core/plan-counts.ts";

export type FoundCheckpoint = {
  readonly counts: PlanCounts;
  /** Number of records in the log, and of successes among them. */
  readonly records: number;
  readonly succeeded: number;
  /** Successes that were imported: none of them depends on the fingerprint of a run. */
  readonly imported: number;
  readonly inputChanged: boolean;
  /** There are results of items of the input that this run is not about. */
  readonly passedOver: boolean;
  /** Parts of the fingerprint that differ; empty when it is the same. */
  readonly changes: readonly PartChange[];
};

export type DecisionOptions = {
  /** `--resume` true, `--no-resume` false. */
  readonly resume: boolean | null;
  readonly onChange: "ask" | "refuse" | "keep";
  readonly failed: "retry" | "keep" | null;
  /** It was typed what is run again: other failures are then left as they are. */
  readonly rerun: boolean;
  readonly yes: boolean;
  /** Whether there is a terminal to ask on. */
  readonly interactive: boolean;
};

export type Decision =
  /** Resume with the existing results. */
  | { readonly kind: "continue"; readonly retryFailed: boolean }
  /** Move the checkpoint into a backup and start over. */
  | { readonly kind: "restart" }
  /** There are only failures: resume and retry all of them, or start over if none belongs to this job. */
  | { readonly kind: "nothing-to-protect"; readonly isAnother: boolean }
  | { readonly kind: "ask"; readonly about: "resume" | "changed" | "failures" | "other-job" }
  | { readonly kind: "refuse"; readonly why: "changed" | "other-job" };

/**
 * Makes the decision. `--resume` and `--yes` never accept a changed fingerprint, and nothing overrules `--on-change refuse`. Where all successes are imported,
 * none depends on the fingerprint, and the change does not matter.
 */
export function decide(found: FoundCheckpoint, options: DecisionOptions): Decision {
  const { counts } = found;
  const retryFailed = retriesFailed(counts, options);
  if (options.resume === false) return { kind: "restart" };
  const hasOnlyImports = found.imported > 0 && found.imported === found.succeeded;
  const changed = found.changes.length > 0 && !hasOnlyImports;
  if (found.records === 0) {
    // Nothing is recorded, so nothing can be lost or mixed.
    return changed || found.inputChanged ? { kind: "restart" } : { kind: "continue", retryFailed };
  }
  const { done, failed, changed: edited, rerun, beyond = 0 } = counts;
  const isAnother = done + failed + edited + rerun + beyond === 0 && !found.passedOver;
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

/** Whether failed items of earlier runs are retried. Where a rerun says which items are run again, only those are, unless `--failed retry` is given. */
export function retriesFailed(
  counts: PlanCounts,
  { failed, rerun }: Pick<DecisionOptions, "failed" | "rerun">,
): boolean {
  return failed === null ? !rerun && counts.rerun === 0 : failed === "retry";
}

function decideSameJob(counts: PlanCounts, options: DecisionOptions, retryFailed: boolean): Decision {
  const answered = options.resume === true || options.yes || options.rerun || options.onChange === "keep";
  const go: Decision = { kind: "continue", retryFailed };
  if (answered || !options.interactive) return go;
  if (pendingWithoutRetries(counts) > 0) return { kind: "ask", about: "resume" };
  if (counts.failed > 0 && options.failed === null) return { kind: "ask", about: "failures" };
  return go;
}
