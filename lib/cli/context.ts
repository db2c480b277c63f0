// What every command gets: the process, the language, and the screens.
import type { Catalogue } from "../ui/messages/en.ts";
import type { CallOf } from "../ui/messages/phrases.ts";
import { type Dialogue, openDialogue } from "../ui/ask.ts";
import { chooseLanguage } from "../ui/language.ts";
import { loadCatalogue } from "../ui/messages/load.ts";
import type { Notes } from "../ui/notes.ts";
import { openScreen, type Screen } from "../ui/screen.ts";
import type { Host } from "./host.ts";
import type { Line } from "./line.ts";
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
  readonly errorPlaces: ErrorPlaces;
  /** What is done when all has been said of how the command ended, an error included. */
  readonly afterwards: (() => Promise<void>)[];
  /** Follows what a settings file says about language and errors: the context is made before a file is read. */
  follow(line: Line): Promise<void>;
};

/** Where an error is reported: as a JSON value on standard output (`--json`), and as an event on standard error (`--progress json`). */
export type ErrorPlaces = { readonly json: boolean; readonly events: boolean };

/** How a command ended. With a signal, the process dies by that signal. */
export type CommandEnd = { readonly exitCode: ExitCode; readonly signal?: StopSignal };

const SIGNAL_EXIT: Readonly<Record<StopSignal, ExitCode>> = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

/** The end of a command that was stopped by a signal: it dies by it. */
export function endBy(signal: StopSignal): CommandEnd {
  return { exitCode: SIGNAL_EXIT[signal], signal };
}

/** @param own the words before `--`. Those that choose the checkpoint are repeated in every command that is printed to be copied */
export async function makeContext(
  host: Host,
  optionNames: readonly string[],
  own: readonly string[],
): Promise<Context> {
  let screen: Screen | undefined;
  let notes: Promise<Notes> | undefined;
  const catalogueOf = async (lang: string | undefined): Promise<Catalogue> => ({
    ...(await loadCatalogue(chooseLanguage(lang, host.env))),
    call: (words, of) => callOf(host, own, words, of),
  });
  let catalogue = await catalogueOf(optionValue(own, "--lang"));
  let errorPlaces = { json: own.includes("--json"), events: optionValue(own, "--progress") === "json" };
  const context: Context = {
    host,
    get catalogue() {
      return catalogue;
    },
    get errorPlaces() {
      return errorPlaces;
    },
    async follow({ options }) {
      catalogue = await catalogueOf(options.get("lang")?.values[0]);
      errorPlaces = { json: options.has("json"), events: options.get("progress")?.values[0] === "json" };
    },
    get screen() {
      return (screen ??= openScreen(host.stderr, host.env));
    },
    async notes({ quiet }) {
      notes ??= import("../ui/notes.ts").then(({ openNotes }) => openNotes(context.screen));
      (await notes).setQuiet(quiet);
      return notes;
    },
    optionNames,
    afterwards: [],
    interactive: () => host.isTerminal(0) && host.isTerminal(2),
  };
  return context;
}

function callOf(
  { program, commandLine }: Host,
  own: readonly string[],
  words: string,
  of: CallOf | undefined,
): string {
  const other = of !== undefined && "dir" in of ? of.dir : undefined;
  const where = (["--dir", "--config"] as const).flatMap((name) => {
    const value = (name === "--dir" ? other : undefined) ?? optionValue(own, name);
    return value === undefined ? [] : [name, value];
  });
  const typed = other === undefined ? optionValue(own, "--shard") : undefined;
  const shard = of !== undefined && "shard" in of ? of.shard : (typed ?? "");
  return [
    commandLine(program),
    words,
    ...(where.length === 0 ? [] : [commandLine(where)]),
    // What a scheduler is asked for in this run it would not say elsewhere.
    ...(shard === "" || shard.startsWith("auto") ? [] : [`--shard ${shard}`]),
  ].join(" ");
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
