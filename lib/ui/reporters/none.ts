// No progress; only notes, and what a module prints, which must not be suppressed.
import type { Reporter } from "../../run/progress.ts";
import type { Notes } from "../notes.ts";
import type { Screen } from "../screen.ts";

export function noneReporter(screen: Screen, notes: Notes): Reporter {
  return {
    note: (text) => notes.note(text),
    warn: (text) => notes.warn(text),
    printed: (line) => screen.write(`${line}\n`),
    update: () => {},
    clear: () => {},
  };
}
