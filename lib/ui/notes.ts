// Notes, warnings and errors for people: all of them go through one instance of consola, which gives levels, and holds back a text that is repeated in a
// flood (more than five equal ones within a second become one with a count). What is no message does not: progress, JSON lines, questions, and what a
// user's module prints are written where they are made, and say there why.
import type { ConsolaReporter } from "consola/core";
import type { Screen } from "./screen.ts";

export type Notes = {
  /** Something to know; left out when quiet. */
  note(text: string): void;
  /** Something that went wrong, and the command does what it was asked for; said when quiet, too. */
  warn(text: string): void;
  error(text: string): void;
  /** Whether notes are left out (`-q`). */
  setQuiet(quiet: boolean): void;
  /** Texts are shown so from now on; until then, written to the screen. */
  showBy(show: (text: string) => void): void;
};

/** Texts come as they are to be seen, colours and line breaks included, without a line end. */
export async function openNotes(screen: Screen): Promise<Notes> {
  const { createConsola, LogLevels } = await import("consola/core");
  let show = (text: string): void => screen.write(`${text}\n`);
  // Its own reporters choose streams by themselves (notes would go to standard output): this one knows just the screen.
  const reporter: ConsolaReporter = { log: ({ args }) => show(args.map(String).join(" ")) };
  // The level is given, or it would depend on NODE_ENV and CI.
  const consola = createConsola({ level: LogLevels.info, reporters: [reporter] });
  return {
    note: (text) => consola.log.raw(text),
    warn: (text) => consola.warn.raw(text),
    error: (text) => consola.error.raw(text),
    setQuiet: (quiet) => {
      consola.level = quiet ? LogLevels.warn : LogLevels.info;
    },
    showBy: (given) => {
      show = given;
    },
  };
}
