// Asks before an action that the user may not want. `--yes` answers in advance and is required without a terminal.
import { CkptError, EXIT } from "../core/errors.ts";
import { type Context, type CommandEnd, inDialogue } from "./context.ts";

/** How a command ends when the user declines: nothing was changed. */
export const DECLINED: CommandEnd = { exitCode: EXIT.interrupted };

export type Confirmation = {
  /** Name of the command, for the error about `--yes`. */
  readonly action: string;
  /** Shown above the question, one line each; safe to print. */
  readonly lines: readonly string[];
  readonly question: string;
};

/** Whether to go ahead. @throws usage.needsYes when there is no terminal to ask on */
export async function confirmed(context: Context, yes: boolean, asked: Confirmation): Promise<boolean> {
  if (yes) return true;
  if (!context.interactive()) throw new CkptError("usage.needsYes", { action: asked.action });
  const { askYesNo } = await import("../ui/prompts.ts");
  const answer = await inDialogue(context, (dialogue) => askYesNo(dialogue, asked.lines, asked.question));
  return answer === "yes";
}
