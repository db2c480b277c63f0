// No progress; notes only.
import type { Reporter } from "../../run/progress.ts";
import type { Notes } from "../notes.ts";
import type { Screen } from "../screen.ts";

export function noneReporter(screen: Screen, notes: Notes): Reporter {
  return {
    note: (text) => notes.note(text),
    printed: (line) => screen.write(`${line}\n`),
    update: () => {},
    clear: () => {},
  };
}
