// The progress line at the bottom of a terminal. Updates carry the time, so it needs no clock and no timer; the run loop sends one at least once a
// second. The line itself and the output of a module do not go through consola, which would suppress equal ones and add line ends. Messages are shown
// above the line.
import type { Progress, Reporter } from "../../run/progress.ts";
import type { Catalogue } from "../messages/en.ts";
import type { Notes } from "../notes.ts";
import type { Screen } from "../screen.ts";
import { renderProgress } from "./progress-line.ts";

/** Shortest time between two redraws. */
const REDRAW_MS_MIN = 100;

const CLEAR_LINE = "\r\u001b[K";

export function barReporter(screen: Screen, catalogue: Catalogue, notes: Notes): Reporter {
  let latest: Progress | null = null;
  let drawnAtMs: number | null = null;
  let shown = false;

  // The last column stays free: filling it makes some terminals start a new line.
  const line = (progress: Progress): string =>
    renderProgress(progress, catalogue, Math.max(1, screen.columns() - 1), screen.colour, true);

  const above = (text: string): void => {
    const below = shown && latest !== null ? line(latest) : "";
    screen.write(`${shown ? CLEAR_LINE : ""}${text}\n${below}`);
  };

  notes.showBy(above);
  return {
    note: (text) => notes.note(text),
    warn: (text) => notes.warn(text),
    printed: above,
    update: (progress) => {
      latest = progress;
      if (shown && drawnAtMs !== null && progress.elapsedMs - drawnAtMs < REDRAW_MS_MIN) return;
      drawnAtMs = progress.elapsedMs;
      shown = true;
      screen.write(CLEAR_LINE + line(progress));
    },
    clear: () => {
      if (shown) screen.write(CLEAR_LINE);
      shown = false;
    },
  };
}
