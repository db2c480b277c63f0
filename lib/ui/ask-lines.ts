// Asks a question in plain lines, for terminals that cannot move the cursor: the answer is typed and confirmed with Enter.
import { createInterface } from "node:readline";
import { yesNoKeys, type Dialogue, type Question } from "./ask.ts";

/** How often an invalid answer is asked again. */
const ANSWERS_MAX = 3;

/** Returns the chosen value, or "cancel" at the end of input and after three invalid answers. */
export async function askWith<T extends string>(
  dialogue: Dialogue,
  question: Question<T>,
): Promise<T | "cancel"> {
  const { catalogue, output, input } = dialogue;
  const lines = createInterface({ input, terminal: false });
  const cancel = (): void => lines.close();
  dialogue.signal?.addEventListener("abort", cancel, { once: true });
  const isYesNo = question.kind === "yes-no";
  const initial = question.choices.findIndex((choice) => choice.value === question.initial);
  const { chooseNumber } = catalogue.questions;
  const keys = isYesNo ? yesNoKeys(question, catalogue) : chooseNumber(question.choices.length, initial + 1);
  const shown = isYesNo ? [] : question.choices.map((choice, i) => `  ${i + 1}. ${choice.label}`);
  const prompt = `${question.question} ${keys}: `;
  output.write([...question.lines, ...shown, prompt].join("\n"));
  try {
    let tries = 0;
    for await (const line of lines) {
      const index = parseAnswer(line, isYesNo, initial);
      const choice = question.choices[index];
      if (choice !== undefined) return choice.value;
      tries += 1;
      if (tries === ANSWERS_MAX) break;
      output.write(prompt);
    }
    output.write("\n");
    return "cancel";
  } finally {
    lines.close();
    dialogue.signal?.removeEventListener("abort", cancel);
  }
}

/** Index of the choice; -1 for an invalid answer. */
function parseAnswer(line: string, isYesNo: boolean, initial: number): number {
  const answer = line.trim().toLowerCase();
  if (answer === "") return initial;
  if (isYesNo) return [/^(?:y|yes|是)$/, /^(?:n|no|否)$/].findIndex((word) => word.test(answer));
  return /^\d+$/.test(answer) ? Number(answer) - 1 : -1;
}
