// No progress; notes only, and what a module prints, which is no message of ours: none of it may be held back.
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
