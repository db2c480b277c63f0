// What every command gets: the process, the language, and the screens.
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
  /** Standard error, which carries everything for people. */
  readonly screen: Screen;
  /** Writes notes, warnings and errors there. One instance, loaded with the first call. `quiet` of the latest call decides whether notes are left out (`-q`). */
  readonly notes: (options: { readonly quiet: boolean }) => Promise<Notes>;
  /** Whether questions can be asked: standard input and standard error are terminals. */
  readonly interactive: () => boolean;
  /** Names of the options of all commands. A settings file may contain options of other commands, which are ignored. */
  readonly optionNames: readonly string[];
};

/** How a command ended. With a signal, the process dies by that signal. */
export type Ending = { readonly exitCode: ExitCode; readonly signal?: StopSignal };

/** @param own the words before `--`. Those that choose the checkpoint are repeated in every command that is printed to be copied */
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
 * Asks on the terminal. A signal cancels the question, so that the terminal is restored (its cursor is hidden during the question), and the process
 * then dies by the signal.
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
