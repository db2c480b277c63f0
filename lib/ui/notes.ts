// Notes, warnings and errors for people. All go through one instance of consola, which has levels and limits repeated texts (more than five equal
// ones within a second become one with a count). Progress, JSON lines, questions and the output of a user's module do not go through consola; the
// code that writes them says why.
import type { ConsolaReporter } from "consola/core";
import type { Screen } from "./screen.ts";

export type Notes = {
  /** Information; left out when quiet. */
  note(text: string): void;
  /** A problem that does not stop the command; also shown when quiet. */
  warn(text: string): void;
  error(text: string): void;
  /** Whether notes are left out (`-q`). */
  setQuiet(quiet: boolean): void;
  /** From now on, texts are shown with `show`; before, they are written to the screen. */
  showBy(show: (text: string) => void): void;
};

/** Texts are complete: with colours and line breaks, without the final line end. */
export async function openNotes(screen: Screen): Promise<Notes> {
  const { createConsola, LogLevels } = await import("consola/core");
  let show = (text: string): void => screen.write(`${text}\n`);
  // consola's own reporters choose the streams (notes would go to standard output); this reporter uses only the screen.
  const reporter: ConsolaReporter = { log: ({ args }) => show(args.map(String).join(" ")) };
  // The level is set explicitly; otherwise it would depend on NODE_ENV and CI.
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
