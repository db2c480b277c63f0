// The dialogues. Each shows the facts, asks one question, and returns a word. Esc, ^C, ^D and the end of input return "cancel", which leaves
// everything as it is. The caller ensures that there is a terminal.
import type { PartChange } from "../core/fingerprint.ts";
import type { Kept, Maker } from "../core/job.ts";
import type { Selection, Status } from "../core/status.ts";
import { ask, type Dialogue } from "./ask.ts";
import { safeParams, safePath, safeText } from "./escape.ts";
import type { Catalogue } from "./messages/en.ts";
import { renderSelectionChange } from "./render-selection.ts";
import { excerptPair } from "./excerpt.ts";

/** What the checkpoint holds. */
export type CheckpointCounts = {
  readonly done: number;
  readonly failed: number;
  readonly left: number;
  /** ISO time. */
  readonly savedAt: string;
};

/** How a changed input, or a changed choice of its items, compares with the results. */
export type InputChange = {
  readonly inputChanged: boolean;
  /** What the job was about before, and is about now; null: the same. */
  readonly selection: { readonly before: Selection | null; readonly now: Selection | null } | null;
  /** It is about a part of the input only. */
  readonly isPart: boolean;
  readonly kept: number;
  readonly fresh: number;
  readonly changed: number;
  readonly gone: number;
};

const PARTS_MAX = 8;

function foundLines(found: CheckpointCounts, texts: Catalogue): string[] {
  const counts = texts.questions.counts(found.done, found.failed, found.left);
  return [texts.questions.found, `${counts} (${texts.questions.savedAt(texts.common.time(found.savedAt))})`];
}

function inputLines(change: InputChange | null, texts: Catalogue): string[] {
  if (change === null) return [];
  const { inputChanged, selection } = change;
  return [
    ...(inputChanged ? [texts.questions.inputChanged] : []),
    ...(selection === null ? [] : [renderSelectionChange(selection.before, selection.now, texts)]),
    `  ${texts.questions.inputCounts(change)}`,
  ];
}

/**
 * An unfinished checkpoint was found. Enter or `y`: resume; `n`: start over, which makes a backup first, as the screen says.
 * @param change how the input has changed; null when it has not
 */
export function askResume(
  dialogue: Dialogue,
  found: CheckpointCounts,
  change: InputChange | null,
): Promise<"resume" | "restart" | "cancel"> {
  const texts = dialogue.catalogue;
  return ask(dialogue, {
    lines: [...foundLines(found, texts), ...inputLines(change, texts), texts.questions.restartNote],
    question: texts.questions.askResume,
    kind: "yes-no",
    choices: [
      { value: "resume", label: texts.questions.resume },
      { value: "restart", label: texts.questions.restart },
    ],
    initial: "resume",
  });
}

/** The fingerprint has changed: shows old and new values, part by part. Enter alone cancels, so that results are not mixed by accident. */
export function askChanged(
  dialogue: Dialogue,
  found: CheckpointCounts,
  changes: readonly PartChange[],
  change: InputChange | null,
): Promise<"keep" | "restart" | "cancel"> {
  const texts = dialogue.catalogue;
  const { questions } = texts;
  const parts = changes.slice(0, PARTS_MAX).flatMap((part) => partLines(part, dialogue));
  const more = changes.length > PARTS_MAX ? [`  ${questions.morePart(changes.length - PARTS_MAX)}`] : [];
  return ask(dialogue, {
    lines: [
      ...foundLines(found, texts),
      questions.changed,
      ...parts,
      ...more,
      ...inputLines(change, texts),
      questions.restartNote,
    ],
    question: questions.askChanged,
    kind: "choice",
    choices: [
      { value: "keep", label: questions.keep, hint: questions.keepNote },
      { value: "restart", label: questions.restart },
      { value: "cancel", label: questions.cancel, hint: questions.cancelNote },
    ],
    initial: "cancel",
  });
}

function partLines(part: PartChange, dialogue: Dialogue): string[] {
  const { questions } = dialogue.catalogue;
  const labels = Math.max(Bun.stringWidth(questions.before), Bun.stringWidth(questions.after));
  // The frame of the dialogue takes three columns, the indentation four.
  const room = Math.max(20, dialogue.output.columns() - labels - 8);
  const [before, after] = excerptPair(part.before ?? questions.absent, part.after ?? questions.absent, room);
  return [
    `  ${questions.part(safeText(part.name, 60))}`,
    `    ${questions.before}${before}`,
    `    ${questions.after}${after}`,
  ];
}

/** All items were attempted and some failed: retry (Enter), finish without them, or start over. */
export function askFailures(
  dialogue: Dialogue,
  found: CheckpointCounts,
  change: InputChange | null,
): Promise<"retry" | "finish" | "restart" | "cancel"> {
  const texts = dialogue.catalogue;
  const { questions } = texts;
  return ask(dialogue, {
    lines: [
      ...foundLines(found, texts),
      questions.failuresFound(found.failed),
      ...inputLines(change, texts),
      questions.restartNote,
    ],
    question: questions.askFailures,
    kind: "choice",
    choices: [
      { value: "retry", label: questions.retry },
      { value: "finish", label: questions.finish, hint: questions.finishNote },
      { value: "restart", label: questions.restart },
    ],
    initial: "retry",
  });
}

/** Nothing in the checkpoint matches this job: start over (after a backup), or cancel (Enter). */
export async function askOtherJob(dialogue: Dialogue, status: Status): Promise<"restart" | "cancel"> {
  const { questions, common } = dialogue.catalogue;
  const { input, results_saved: saved, total, saved_at: at } = status;
  const holds = questions.otherJobHolds(safePath(input.path, 120), saved, total, common.time(at));
  const answer = await askYesNo(
    dialogue,
    [questions.otherJob, holds, questions.otherJobNote],
    questions.askOtherJob,
  );
  return answer === "yes" ? "restart" : "cancel";
}

/** An existing file in the place of the output that this run did not write. */
export type OutputInTheWay = {
  readonly path: string;
  /** A free path next to it. */
  readonly other: string;
  /** The session whose results it holds; null when unknown. */
  readonly maker: Maker | null;
  /** Where else these results are kept; null: nowhere. */
  readonly kept: Kept | null;
};

/** A file exists where the output is to go. Enter writes to another file, so that nothing is lost. */
export function askOutput(
  dialogue: Dialogue,
  { path, other, maker, kept }: OutputInTheWay,
): Promise<"other" | "replace" | "cancel"> {
  const { questions } = dialogue.catalogue;
  const safe = maker === null ? null : safeParams(maker);
  return ask(dialogue, {
    lines: [questions.outputExists(safePath(path, 120)), `  ${questions.outputHolds(safe)}`],
    question: questions.askOutput,
    kind: "choice",
    choices: [
      { value: "other", label: questions.writeOther(safePath(other, 120)) },
      { value: "replace", label: questions.replace(kept && safeParams(kept)) },
      { value: "cancel", label: questions.cancel, hint: questions.cancelNote },
    ],
    initial: "other",
  });
}

/** A plain confirmation; no by default. @param lines shown above the question; safe to print */
export function askYesNo(
  dialogue: Dialogue,
  lines: readonly string[],
  question: string,
): Promise<"yes" | "no" | "cancel"> {
  const { questions } = dialogue.catalogue;
  return ask(dialogue, {
    lines,
    question,
    kind: "yes-no",
    choices: [
      { value: "yes", label: questions.yes },
      { value: "no", label: questions.no },
    ],
    initial: "no",
  });
}
