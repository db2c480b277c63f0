// Decides what happens to the current checkpoint: by the rules, by asking the user, or by refusing when a script has to decide.
import { inputStem } from "../../output/output-format.ts";
import { CkptError } from "../../core/errors.ts";
import { changesSince, type PartChange } from "../../core/fingerprint.ts";
import { pendingWithoutRetries, type PlanCounts } from "../../core/plan-counts.ts";
import type { Status } from "../../core/status.ts";
import { type Decision, decide, retriesFailed } from "../../run/decide.ts";
import type { Dialogue } from "../../ui/ask.ts";
import { safeText } from "../../ui/escape.ts";
import type { InputChange } from "../../ui/prompts.ts";
import { renderSelectionChange } from "../../ui/render-selection.ts";
import { inDialogue } from "../../cli/context.ts";
import { inputName } from "../input/input-files.ts";
import type { RunSetup } from "../run-setup.ts";
import { isSameSelection } from "../plan/selection.ts";
import type { Work } from "../plan/join-records.ts";
import { ownWords, withoutOption } from "../../cli/own-words.ts";

export type SettledDecision =
  | "cancel"
  /** `anew`: the user asked to start this job over. `note`: a note to show first. */
  | { readonly kind: "restart"; readonly onRequest: boolean; readonly note?: string }
  | {
      readonly kind: "continue";
      /** Which failures of earlier runs are retried; all: also those of kind `input`. */
      readonly retry: "none" | "failed" | "all";
      readonly acceptFailures: boolean;
      readonly note?: string;
    };

/** The decision by the rules alone; a question or a refusal is left to the caller. */
export type OpenDecision =
  | Exclude<SettledDecision, "cancel">
  | { readonly kind: "ask"; readonly about: About }
  | { readonly kind: "refuse"; readonly error: CkptError };

/**
 * Decides what happens to the current checkpoint, and asks when the user has to decide.
 * @param records records in the log
 * @throws checkpoint.changed, checkpoint.anotherJob
 */
export async function settleDecision(
  setup: RunSetup,
  status: Status,
  records: number,
  work: Work,
): Promise<SettledDecision> {
  const decision = decideByRules(setup, status, records, work);
  if (decision.kind === "refuse") throw decision.error;
  if (decision.kind !== "ask") return decision;
  const { about } = decision;
  return inDialogue(setup.context, (dialogue) => askPerson(dialogue, setup, about, status, work));
}

/** The same without a question. Parameters as in settleDecision(). */
export function decideByRules(setup: RunSetup, status: Status, records: number, work: Work): OpenDecision {
  const { settings, context, fingerprint } = setup;
  const changes = changesSince(status.fingerprint, fingerprint);
  const decision = decide(
    {
      counts: work.plan.counts(true),
      records,
      succeeded: work.succeeded,
      imported: work.imported,
      inputChanged: !work.sameInput,
      passedOver: work.plan.passedOver > 0,
      changes,
    },
    {
      resume: settings.resume,
      onChange: settings.onChange,
      failed: settings.failed,
      rerun: settings.rerun.length > 0,
      yes: settings.yes,
      // A program reads JSON lines: a question among them would break them.
      interactive: context.interactive() && settings.progress !== "json",
    },
  );
  switch (decision.kind) {
    case "restart":
      return { kind: "restart", onRequest: settings.resume === false };
    case "continue": {
      const go = {
        kind: "continue",
        retry: decision.retryFailed ? "failed" : "none",
        acceptFailures: false,
      } as const;
      const change = selectionChange(status, work);
      if (change === null) return go;
      return { ...go, note: renderSelectionChange(change.before, change.now, context.catalogue) };
    }
    case "nothing-to-protect":
      return unprotected(setup, decision.isAnother, changes);
    case "refuse":
      return { kind: "refuse", error: refusal(setup, decision.why, status, changes) };
    case "ask":
      return decision;
  }
}

/** Only failures are on record: they are retried, or the checkpoint of another job is replaced. */
function unprotected(
  { context }: RunSetup,
  isAnother: boolean,
  changes: readonly PartChange[],
): Exclude<SettledDecision, "cancel"> {
  const { run: texts } = context.catalogue;
  if (isAnother) return { kind: "restart", onRequest: false, note: texts.nothingOfAnother };
  const note = texts.nothingToProtect(changes.map(({ name }) => safeText(name, 60)));
  return { kind: "continue", retry: "all", acceptFailures: false, note };
}

/** The error of a run that is refused. */
function refusal(
  setup: RunSetup,
  why: "changed" | "other-job",
  status: Status,
  changes: readonly PartChange[],
): CkptError {
  const { settings, words, context } = setup;
  if (why === "changed")
    return new CkptError("checkpoint.changed", { parts: changes.map((change) => change.name) });
  const own = `checkpoints-${inputStem(inputName(settings, context.host))}`;
  const rest = words.slice(ownWords(words).length);
  const options = withoutOption(ownWords(words), "--dir").filter((word) => word !== "--dry-run");
  const command = context.host.ckptLine(["run", ...options, "--dir", own, ...rest]);
  return new CkptError("checkpoint.anotherJob", { dir: settings.dir, input: status.input.path, command });
}

/** What the job was about before, and is about now; null: the same. */
function selectionChange(status: Status, { selection: now }: Work): InputChange["selection"] {
  const before = status.selection ?? null;
  return isSameSelection(before, now) ? null : { before, now };
}

function inputChangeOf(status: Status, work: Work, counts: PlanCounts): InputChange | null {
  const selection = selectionChange(status, work);
  const inputChanged = !work.sameInput;
  if (!inputChanged && selection === null) return null;
  const { done, failed, fresh, changed } = counts;
  const gone = counts.gone - (counts.beyond ?? 0);
  const isPart = work.selection !== null;
  return { inputChanged, selection, isPart, kept: done + failed, fresh, changed, gone };
}

type About = Extract<Decision, { kind: "ask" }>["about"];

async function askPerson(
  dialogue: Dialogue,
  setup: RunSetup,
  about: About,
  status: Status,
  work: Work,
): Promise<SettledDecision> {
  const { settings, fingerprint } = setup;
  const prompts = await import("../../ui/prompts.ts");
  const counts = work.plan.counts(true);
  const left = pendingWithoutRetries(counts);
  const found = { done: counts.done, failed: counts.failed, left, savedAt: status.saved_at };
  const inputChange = inputChangeOf(status, work, counts);
  const rerun = settings.rerun.length > 0;
  const retry = retriesFailed(counts, { failed: settings.failed, rerun }) ? "failed" : "none";
  const go = { kind: "continue", retry, acceptFailures: false } as const;
  const restart = { kind: "restart", onRequest: true } as const;
  switch (about) {
    case "resume": {
      const answer = await prompts.askResume(dialogue, found, inputChange);
      return answer === "resume" ? go : answer === "restart" ? restart : "cancel";
    }
    case "changed": {
      const answer = await prompts.askChanged(
        dialogue,
        found,
        changesSince(status.fingerprint, fingerprint),
        inputChange,
      );
      return answer === "keep" ? go : answer === "restart" ? restart : "cancel";
    }
    case "failures": {
      const answer = await prompts.askFailures(dialogue, found, inputChange);
      if (answer === "finish") return { kind: "continue", retry: "none", acceptFailures: true };
      return answer === "retry" ? go : answer === "restart" ? restart : "cancel";
    }
    case "other-job": {
      const answer = await prompts.askOtherJob(dialogue, status);
      return answer === "restart" ? { kind: "restart", onRequest: false } : "cancel";
    }
  }
}
