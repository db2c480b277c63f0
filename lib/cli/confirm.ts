// Asks before something that a person might not want; `--yes` answers beforehand, and without a terminal it has to.
import { CkptError, EXIT } from "../core/errors.ts";
import { type Context, type Ending, inDialogue } from "./context.ts";

/** How a command ends that a person did not go ahead with: nothing was changed. */
export const DECLINED: Ending = { exitCode: EXIT.interrupted };

export type Confirmation = {
  /** The command, for the error that names `--yes`. */
  readonly action: string;
  /** Shown above the question, one line each; safe to print. */
  readonly lines: readonly string[];
  readonly question: string;
};

/** Whether to go ahead. @throws usage.needsYes when there is nobody to ask */
export async function confirmed(context: Context, yes: boolean, asked: Confirmation): Promise<boolean> {
  if (yes) return true;
  if (!context.interactive()) throw new CkptError("usage.needsYes", { action: asked.action });
  const { askYesNo } = await import("../ui/prompts.ts");
  const answer = await inDialogue(context, (dialogue) => askYesNo(dialogue, asked.lines, asked.question));
  return answer === "yes";
}
