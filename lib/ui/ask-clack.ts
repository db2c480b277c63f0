// Asks a question with clack: arrows, Enter, Esc, and for yes/no questions also the keys y and n.
import type { Readable, Writable } from "node:stream";
import { confirm, isCancel, select, updateSettings, type Option } from "@clack/prompts";
import { yesNoKeys, type Dialogue, type Question } from "./ask.ts";
import { paint } from "./screen.ts";

/** Returns the chosen value, or "cancel". */
export async function askWith<T extends string>(
  dialogue: Dialogue,
  question: Question<T>,
): Promise<T | "cancel"> {
  const { catalogue, input } = dialogue;
  updateSettings({ messages: { cancel: catalogue.questions.cancelled } });
  const abort = new AbortController();
  const screen = clackOutput(dialogue);
  // clack handles neither ^D nor the end of input: its promise would never settle. When cancelled, it draws an option as if it had been chosen. So
  // the question is left on the screen as it is, and clack's further output is muted. This listener runs before clack's own.
  const cancel = (): void => {
    screen.mute();
    abort.abort();
  };
  const onKey = (
    _text: string | undefined,
    key: { readonly name?: string; readonly ctrl?: boolean },
  ): void => {
    if (key.name === "escape" || (key.ctrl === true && (key.name === "c" || key.name === "d"))) cancel();
  };
  leaveDeadTerminal(input);
  input.on("keypress", onKey).once("end", cancel).once("close", cancel);
  dialogue.signal?.addEventListener("abort", cancel, { once: true });
  try {
    const streams = { input, output: screen.stream, signal: abort.signal };
    return await (question.kind === "yes-no" ? askYesNo : askChoice)(dialogue, question, streams);
  } finally {
    input.off("keypress", onKey).off("end", cancel).off("close", cancel);
    dialogue.signal?.removeEventListener("abort", cancel);
  }
}

/** A closed terminal accepts no settings. clack and readline would set them anyway, and throw where nothing can catch it. */
function leaveDeadTerminal(input: Readable): void {
  const terminal: Readable & { setRawMode?: (raw: boolean) => unknown } = input;
  const setRawMode = terminal.setRawMode?.bind(terminal);
  if (setRawMode === undefined) return;
  terminal.setRawMode = (raw) => (input.readableEnded || input.destroyed ? input : setRawMode(raw));
}

type Streams = {
  readonly input: Dialogue["input"];
  readonly output: Writable;
  readonly signal: AbortSignal;
};

async function askYesNo<T extends string>(
  dialogue: Dialogue,
  question: Question<T>,
  streams: Streams,
): Promise<T | "cancel"> {
  const [yes, no] = question.choices;
  if (yes === undefined || no === undefined) throw new Error("a yes-no question has two choices");
  const answer = await confirm({
    ...streams,
    message: [...question.lines, `${question.question} ${yesNoKeys(question, dialogue.catalogue)}`].join(
      "\n",
    ),
    active: yes.label,
    inactive: no.label,
    initialValue: yes.value === question.initial,
  });
  if (isCancel(answer)) return "cancel";
  return answer ? yes.value : no.value;
}

async function askChoice<T extends string>(
  dialogue: Dialogue,
  question: Question<T>,
  streams: Streams,
): Promise<T | "cancel"> {
  const keys = paint(dialogue.catalogue.questions.keys, "dim", dialogue.output.colour);
  const answer = await select<string>({
    ...streams,
    message: [...question.lines, question.question, keys].join("\n"),
    options: question.choices.map(({ value, label, hint }): Option<string> =>
      hint === undefined ? { value, label } : { value, label, hint },
    ),
    initialValue: question.initial,
    // clack's own instructions are in English.
    showInstructions: false,
  });
  return question.choices.find((choice) => choice.value === answer)?.value ?? "cancel";
}

// Removes colour codes: clack decides on colours by standard output and its environment.
// oxlint-disable-next-line no-control-regex -- it matches ESC
const COLOUR = /\u001b\[[\d;]*m/g;

const SHOW_CURSOR = "\u001b[?25h";

/** A stream for clack on top of the screen, which never throws. After `mute` nothing is written. */
function clackOutput({ output, stream }: Dialogue): { readonly stream: Writable; mute(): void } {
  let muted = false;
  const shown = {
    isTTY: true,
    get columns() {
      return output.columns();
    },
    get rows() {
      return stream.rows ?? 24;
    },
    write: (text: string) => {
      if (!muted) output.write(output.colour ? text : text.replace(COLOUR, ""));
      return true;
    },
    on: (event: "resize", listener: () => void) => stream.on?.(event, listener),
    off: (event: "resize", listener: () => void) => stream.off?.(event, listener),
  };
  const mute = (): void => {
    if (!muted) output.write(SHOW_CURSOR);
    muted = true;
  };
  return { stream: shown as unknown as Writable, mute };
}
