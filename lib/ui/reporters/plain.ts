// Progress as plain lines, for logs, pipes and terminals that cannot move the cursor. Only notes go through consola, because equal progress lines
// must not be suppressed.
import type { Progress, Reporter } from "../../run/progress.ts";
import type { Catalogue } from "../messages/en.ts";
import type { Notes } from "../notes.ts";
import type { Screen } from "../screen.ts";
import { renderProgress } from "./progress-line.ts";

/** Shortest time between two lines, except the first. */
const LINE_MS_MIN = 5_000;

/** The start of an outage is shown sooner. */
const OUTAGE_MS_MIN = 1_000;

/** Longest time without a line during a long wait. */
const LIFE_MS = 60_000;

function numbersOf(progress: Progress): string {
  const { completed, failed, done, saved, inFlight, waiting } = progress;
  return [completed, failed, done, saved, inFlight, waiting].join(" ");
}

export function plainReporter(screen: Screen, catalogue: Catalogue, notes: Notes): Reporter {
  let lastAtMs: number | null = null;
  let lastNumbers = "";
  let wasDown = false;

  const isDue = (progress: Progress, numbers: string): boolean => {
    if (lastAtMs === null)
      return progress.done > 0 || progress.waiting !== null || progress.elapsedMs >= LINE_MS_MIN;
    const sinceMs = progress.elapsedMs - lastAtMs;
    if (progress.outage !== undefined && !wasDown) return sinceMs >= OUTAGE_MS_MIN;
    return sinceMs >= LIFE_MS || (sinceMs >= LINE_MS_MIN && numbers !== lastNumbers);
  };

  return {
    note: (text) => notes.note(text),
    warn: (text) => notes.warn(text),
    printed: (line) => screen.write(`${line}\n`),
    update: (progress) => {
      const numbers = numbersOf(progress);
      if (!isDue(progress, numbers)) return;
      lastAtMs = progress.elapsedMs;
      lastNumbers = numbers;
      wasDown = progress.outage !== undefined;
      const columns = screen.isTerminal ? Math.max(1, screen.columns() - 1) : Number.POSITIVE_INFINITY;
      // Never coloured: the terminal may not support colours.
      screen.write(`${renderProgress(progress, catalogue, columns, false, false)}\n`);
    },
    clear: () => {},
  };
}
