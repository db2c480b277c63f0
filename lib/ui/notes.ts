// Notes and warnings on standard error, where no line is moving. consola gives levels, and holds back a note that is repeated
// in a flood (more than five equal ones within a second become one with a count).
import type { ConsolaReporter } from "consola/core";
import { paint, type Screen } from "./screen.ts";

export type Notes = { note(text: string): void; warn(text: string): void };

/** @param quiet leaves notes out; warnings stay */
export async function openNotes(screen: Screen, quiet: boolean): Promise<Notes> {
  const { createConsola, LogLevels } = await import("consola/core");
  // Its own reporters choose streams by themselves (notes would go to standard output): this one knows just the screen.
  const reporter: ConsolaReporter = {
    log: ({ type, args }) => {
      const [text = "", repeated] = args.map(String);
      const line = repeated === undefined ? text : `${text} ${repeated}`;
      screen.write(`${type === "warn" ? paint(line, "yellow", screen.colour) : line}\n`);
    },
  };
  // The level is given, or it would depend on NODE_ENV and CI.
  const consola = createConsola({ level: quiet ? LogLevels.warn : LogLevels.info, reporters: [reporter] });
  return { note: (text) => consola.log.raw(text), warn: (text) => consola.warn.raw(text) };
}
