// What every command is given: the process, the language, and the screens.
import type { Catalogue } from "../ui/messages/en.ts";
import { type Dialogue, openDialogue } from "../ui/ask.ts";
import type { Notes } from "../ui/notes.ts";
import { openScreen, type Screen } from "../ui/screen.ts";
import type { Host } from "./host.ts";
import { optionValue } from "./own-words.ts";
import type { ExitCode } from "../core/errors.ts";
import type { StopSignal } from "../core/stop-signals.ts";

export type Context = {
  readonly host: Host;
  readonly catalogue: Catalogue;
  /** Standard error: everything for people. */
  readonly screen: Screen;
  /** What says notes, warnings and errors there: always the same one, loaded with the first call. It leaves notes out as the last call says (`-q`). */
  readonly notes: (options: { readonly quiet: boolean }) => Promise<Notes>;
  /** There is a terminal on standard input and standard error: questions can be asked. */
  readonly interactive: () => boolean;
  /** Names of the options of all commands: those of another command are passed over in a settings file. */
  readonly optionNames: readonly string[];
};

/** How a command ended; with a signal, the process dies by it. */
export type Ending = { readonly exitCode: ExitCode; readonly signal?: StopSignal };

/** @param own the words before `--`: those that say which checkpoint stand in every command that is printed to be copied */
export function makeContext(
  host: Host,
  catalogue: Catalogue,
  optionNames: readonly string[],
  own: readonly string[],
): Context {
  let screen: Screen | undefined;
  let notes: Promise<Notes> | undefined;
  return {
    host,
    catalogue: { ...catalogue, call: (words) => callOf(host, own, words) },
    get screen() {
      return (screen ??= openScreen(host.stderr, host.env));
    },
    async notes({ quiet }) {
      notes ??= import("../ui/notes.ts").then(({ openNotes }) => openNotes(this.screen));
      (await notes).setQuiet(quiet);
      return notes;
    },
    optionNames,
    interactive: () => host.isTerminal(0) && host.isTerminal(2),
  };
}

function callOf({ program, commandLine }: Host, own: readonly string[], words: string): string {
  const where = (["--dir", "--config"] as const).flatMap((name) => {
    const value = optionValue(own, name);
    return value === undefined ? [] : [name, value];
  });
  return [commandLine(program), words, ...(where.length === 0 ? [] : [commandLine(where)])].join(" ");
}

/**
 * Asks on the terminal. A signal cancels the question, so that the terminal is left as it was found (its cursor is hidden meanwhile), and the
 * process then dies by it.
 */
export async function inDialogue<T>(context: Context, ask: (dialogue: Dialogue) => Promise<T>): Promise<T> {
  const { host, catalogue } = context;
  const abort = new AbortController();
  let received: StopSignal | null = null;
  const stopSignals = host.onSignal((signal) => {
    received ??= signal;
    abort.abort();
  });
  try {
    return await ask(openDialogue(host.stdin, host.stderr, host.env, catalogue, abort.signal));
  } finally {
    stopSignals();
    if (received !== null) host.dieBy(received);
  }
}
