// `info --watch`: looks at a checkpoint once an interval until it is told to end. A running job is asked through its live channel; while none runs, it shows what is on
// disk. On a terminal it redraws one screen; elsewhere it writes a line an interval.
import type { StopSignal } from "../../core/stop-signals.ts";
import type { Clock } from "../../io/clock.ts";
import type { FullScreen, FullScreenEvents } from "../../io/full-screen.ts";
import type { Catalogue } from "../../ui/messages/en.ts";
import type { LiveStatus } from "../channel/contract.ts";
import { columnsOf, filledScreen, watchLine, type WatchMode, watchScreen } from "./watch-screen.ts";

export type WatchParts = {
  /** What the running job says of itself; null while none runs, and for several shards, which `resting` shows. */
  readonly askRun: (signal: AbortSignal) => Promise<LiveStatus | null>;
  readonly intervalMs: number;
  readonly clock: Clock;
  readonly catalogue: Catalogue;
  /**
   * What is shown while no run answers: lines for a terminal of so many columns, or one line (null), without a line end at its end. It never throws for what a user can
   * cause.
   */
  readonly resting: (columns: number | null, mode: WatchMode) => string;
  /** Calls `action` for each signal that ends a program. Returns a function that undoes this. */
  readonly onSignal: (action: (signal: StopSignal) => void) => () => void;
  /** Opens the screen; null when the output is no terminal that can be redrawn. */
  readonly open: ((events: FullScreenEvents) => FullScreen) | null;
  /** Writes a line; false when nobody reads it any more. */
  readonly write: (line: string) => boolean;
};

/** Resolves with the signal that ended it; null when the user left with a key, or nobody reads the lines any more. */
export async function watch(parts: WatchParts): Promise<StopSignal | null> {
  const ended = new AbortController();
  let signal: StopSignal | null = null;
  const undo = parts.onSignal((received) => {
    signal ??= received;
    ended.abort();
  });
  try {
    if (parts.open === null) await writeLines(parts, ended);
    else await redraw(parts, parts.open, ended, (received) => (signal = received));
    return signal;
  } finally {
    undo();
  }
}

async function writeLines(parts: WatchParts, ended: AbortController): Promise<void> {
  const { clock, intervalMs, catalogue, resting, write } = parts;
  while (!ended.signal.aborted) {
    const status = await parts.askRun(ended.signal);
    const line = status === null ? resting(null, "overview") : watchLine(status, catalogue);
    if (!ended.signal.aborted && !write(line)) return;
    await clock.sleep(intervalMs, ended.signal);
  }
}

const MODES: { readonly [key: string]: WatchMode } = { f: "failures", r: "results" };
const ESCAPE = "\u001b";
const INTERRUPT = "\u0003";

async function redraw(
  parts: WatchParts,
  open: NonNullable<WatchParts["open"]>,
  ended: AbortController,
  interrupted: (signal: StopSignal) => void,
): Promise<void> {
  const { clock, intervalMs, catalogue, resting } = parts;
  let mode: WatchMode = "overview";
  let status: LiveStatus | null = null;
  let screen: FullScreen | null = null;
  const draw = (): void => {
    if (screen === null) return;
    const size = { columns: screen.columns, rows: screen.rows };
    screen.draw(
      status === null
        ? filledScreen(resting(columnsOf(size), mode).split("\n"), mode, size, catalogue)
        : watchScreen(status, mode, size, catalogue),
    );
  };
  const key = (pressed: string): void => {
    if (pressed === "q" || pressed === INTERRUPT) {
      if (pressed === INTERRUPT) interrupted("SIGINT");
      ended.abort();
      return;
    }
    const wanted = MODES[pressed];
    if (wanted === undefined && pressed !== ESCAPE) return;
    mode = wanted === undefined || wanted === mode ? "overview" : wanted;
    draw();
  };
  screen = open({ key, changed: draw });
  try {
    while (!ended.signal.aborted) {
      status = await parts.askRun(ended.signal);
      if (!ended.signal.aborted) draw();
      await clock.sleep(intervalMs, ended.signal);
    }
  } finally {
    screen.close();
  }
}
