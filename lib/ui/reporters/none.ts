// No progress; notes only.
import type { Reporter } from "../../run/progress.ts";
import type { Notes } from "../notes.ts";

export function noneReporter(notes: Notes): Reporter {
  return { note: (text) => notes.note(text), update: () => {}, clear: () => {} };
}
