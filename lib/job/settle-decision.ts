// Asks what has to be asked about the checkpoint that was found, or refuses what a script has to decide.
import { CkptError } from "../core/errors.ts";
import type { PartChange } from "../core/fingerprint.ts";
import { shellWords } from "../core/shell-quote.ts";
import type { Status } from "../core/status.ts";
import { type Decision, decide } from "../run/decide.ts";
import type { Dialogue } from "../ui/ask.ts";
import { safeText } from "../ui/escape.ts";
import { inDialogue } from "../cli/context.ts";
import type { RunCase } from "./job.ts";
import { defaultOutputStem } from "./job-output.ts";
import type { Work } from "./join-records.ts";
import { ownWords, withoutOption } from "../cli/own-words.ts";

export type Choice =
  | "cancel"
  /** `anew`: somebody asked for it, who knew that the checkpoint is of this job. `note`: what is to be said before it is done. */
  | { readonly kind: "restart"; readonly anew: boolean; readonly note?: string }
  | {
      readonly kind: "continue";
      /** Which failures of earlier runs are tried again; all: those of kind `input` too. */
      readonly retry: "none" | "failed" | "all";
      readonly acceptFailures: boolean;
      readonly note?: string;
    };

/**
 * @param records records in the log
 * @param changes what changed of the fingerprint
 * @throws checkpoint.changed, checkpoint.anotherJob
 */
export async function settleDecision(
  runCase: RunCase,
  status: Status,
  records: number,
  work: Work,
  changes: readonly PartChange[],
): Promise<Choice> {
  const { settings, context } = runCase;
  const decision = decide(
    {
      counts: work.plan.counts(true),
      records,
      succeeded: work.succeeded,
      inputChanged: !work.sameInput,
      changes,
    },
    {
      resume: settings.resume,
      onChange: settings.onChange,
      failed: settings.failed,
      yes: settings.yes,
      // Who reads JSON lines is no person: no question stands among them.
      interactive: context.interactive() && settings.progress !== "json",
    },
  );
  switch (decision.kind) {
    case "restart":
      return { kind: "restart", anew: settings.resume === false };
    case "continue":
      return { kind: "continue", retry: decision.retryFailed ? "failed" : "none", acceptFailures: false };
    case "nothing-to-protect":
      return unprotected(runCase, decision.isAnother, changes);
    case "refuse":
      throw refusal(runCase, decision.why, status, changes);
    case "ask":
      return inDialogue(runCase.context, (dialogue) =>
        askPerson(dialogue, runCase, decision.about, status, work, changes),
      );
  }
}

function unprotected({ context }: RunCase, isAnother: boolean, changes: readonly PartChange[]): Choice {
  const { run: texts } = context.catalogue;
  if (isAnother) return { kind: "restart", anew: false, note: texts.nothingOfAnother };
  const note = texts.nothingToProtect(changes.map(({ name }) => safeText(name, 60)));
  return { kind: "continue", retry: "all", acceptFailures: false, note };
}

function refusal(
  runCase: RunCase,
  why: "changed" | "other-job",
  status: Status,
  changes: readonly PartChange[],
): CkptError {
  const { settings, words, context } = runCase;
  if (why === "changed")
    return new CkptError("checkpoint.changed", { parts: changes.map((change) => change.name) });
  const own = `checkpoints-${defaultOutputStem(settings.input)}`;
  const rest = words.slice(ownWords(words).length);
  const options = withoutOption(ownWords(words), "--dir");
  const command = shellWords([...context.host.program, "run", ...options, "--dir", own, ...rest]);
  return new CkptError("checkpoint.anotherJob", { dir: settings.dir, input: status.input.path, command });
}

type About = Extract<Decision, { kind: "ask" }>["about"];

async function askPerson(
  dialogue: Dialogue,
  runCase: RunCase,
  about: About,
  status: Status,
  work: Work,
  changes: readonly PartChange[],
): Promise<Choice> {
  const { settings } = runCase;
  const prompts = await import("../ui/prompts.ts");
  const counts = work.plan.counts(true);
  const left = counts.fresh + counts.changed;
  const found = { done: counts.done, failed: counts.failed, left, savedAt: status.saved_at };
  const inputChange = work.sameInput
    ? null
    : { kept: counts.done + counts.failed, fresh: counts.fresh, changed: counts.changed, gone: counts.gone };
  const retry = settings.failed === "keep" ? "none" : "failed";
  const go = { kind: "continue", retry, acceptFailures: false } as const;
  const restart = { kind: "restart", anew: true } as const;
  switch (about) {
    case "resume": {
      const answer = await prompts.askResume(dialogue, found, inputChange);
      return answer === "resume" ? go : answer === "restart" ? restart : "cancel";
    }
    case "changed": {
      const answer = await prompts.askChanged(dialogue, found, changes, inputChange);
      return answer === "keep" ? go : answer === "restart" ? restart : "cancel";
    }
    case "failures": {
      const answer = await prompts.askFailures(dialogue, found, inputChange);
      if (answer === "finish") return { kind: "continue", retry: "none", acceptFailures: true };
      return answer === "retry" ? go : answer === "restart" ? restart : "cancel";
    }
    case "other-job": {
      const answer = await prompts.askOtherJob(dialogue, status);
      return answer === "restart" ? { kind: "restart", anew: false } : "cancel";
    }
  }
}
