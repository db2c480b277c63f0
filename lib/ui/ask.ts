// Asks the user one question: with clack if the cursor can be moved, else in plain lines.
import type { Readable } from "node:stream";
import type { Environment } from "./language.ts";
import type { Catalogue } from "./messages/en.ts";
import { openScreen, type OutputStream, type Screen } from "./screen.ts";

/** Where and in which language to ask. */
export type Dialogue = {
  /** Standard input, a terminal. */
  readonly input: Readable;
  /** On standard error, a terminal. */
  readonly output: Screen;
  /** The stream of `output`, for its rows and its `resize`. */
  readonly stream: TerminalStream;
  readonly catalogue: Catalogue;
  /** Aborted by a signal; the answer is then "cancel". */
  readonly signal?: AbortSignal;
};

export type TerminalStream = OutputStream & {
  readonly rows?: number;
  on?(event: "resize" | "error", listener: () => void): unknown;
  off?(event: "resize", listener: () => void): unknown;
};

export type Choice<T extends string> = { readonly value: T; readonly label: string; readonly hint?: string };

export type Question<T extends string> = {
  /** Shown above the question, one line each; safe to print. */
  readonly lines: readonly string[];
  readonly question: string;
  /** yes-no: two choices, for `y` and `n`. */
  readonly kind: "yes-no" | "choice";
  readonly choices: readonly Choice<T>[];
  /** The choice of Enter alone. */
  readonly initial: NoInfer<T>;
};

/** A dialogue on the given streams. */
export function openDialogue(
  input: Readable,
  stream: TerminalStream,
  env: Environment,
  catalogue: Catalogue,
  signal?: AbortSignal,
): Dialogue {
  const dialogue = { input, output: openScreen(stream, env), stream, catalogue };
  return signal === undefined ? dialogue : { ...dialogue, signal };
}

/** Returns the chosen value, or "cancel". Questions do not go through consola: they are written to the terminal on which they are answered. */
export async function ask<T extends string>(
  dialogue: Dialogue,
  question: Question<T>,
): Promise<T | "cancel"> {
  if (dialogue.signal?.aborted === true) return "cancel";
  const backend = dialogue.output.moves ? await import("./ask-clack.ts") : await import("./ask-lines.ts");
  const answer = await backend.askWith(dialogue, question);
  if (answer === "cancel") dialogue.output.write(`${dialogue.catalogue.questions.cancelled}\n`);
  return answer;
}

/** `(y/n, default y)` or `(y/n, default n)`. */
export function yesNoKeys(question: Question<string>, catalogue: Catalogue): string {
  const isYes = question.choices[0]?.value === question.initial;
  return isYes ? catalogue.questions.yesByDefault : catalogue.questions.noByDefault;
}
