// One moving line at the bottom of a terminal. It is told the time by the progress itself, so it needs no clock and no timer:
// the run loop sends an update at least once a second. The line itself, and what a module prints, are no messages: consola would hold back equal ones, and
// end each with a line end. It shows its messages above the line.
import type { Progress, Reporter } from "../../run/progress.ts";
import type { Catalogue } from "../messages/en.ts";
import type { Notes } from "../notes.ts";
import type { Screen } from "../screen.ts";
import { renderProgress } from "./progress-line.ts";

/** Between two redraws at least. */
const REDRAW_MS_MIN = 100;

const CLEAR_LINE = "\r\u001b[K";

export function barReporter(screen: Screen, catalogue: Catalogue, notes: Notes): Reporter {
  let latest: Progress | null = null;
  let drawnAtMs: number | null = null;
  let shown = false;

  // The last column stays free: a terminal that fills it would begin a new line.
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
