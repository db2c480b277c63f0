// `info --watch`: looks at a checkpoint once an interval, for as long as somebody wants: at a running job through its live channel, and where none runs at what is on
// disk. On a terminal it redraws one screen; elsewhere it writes a line an interval.
import type { Checkpoint } from "../../checkpoint/checkpoint.ts";
import { isError } from "../../core/errors.ts";
import type { StopSignal } from "../../core/stop-signals.ts";
import type { Clock } from "../../io/clock.ts";
import type { FullScreen, FullScreenEvents } from "../../io/full-screen.ts";
import type { Catalogue } from "../../ui/messages/en.ts";
import { askStatus } from "../channel/client.ts";
import type { LiveStatus } from "../channel/contract.ts";
import { columnsOf, filledScreen, watchLine, type WatchMode, watchScreen } from "./watch-screen.ts";

export type WatchParts = {
  /** The status of the job that runs now, from its live channel; null where none runs, or `resting` shows several. */
  readonly present: (signal: AbortSignal) => Promise<LiveStatus | null>;
  readonly intervalMs: number;
  readonly clock: Clock;
  readonly catalogue: Catalogue;
  /** What stands on disk while no run answers, without a line end; for a terminal of so many columns, or on one line (null). Never throws for what a user can cause. */
  readonly resting: (columns: number | null, mode: WatchMode) => string;
  /** Calls `action` for each signal that ends it; returns what undoes that. */
  readonly onSignal: (action: (signal: StopSignal) => void) => () => void;
  /** Opens the screen; null where it cannot be redrawn. */
  readonly open: ((events: FullScreenEvents) => FullScreen) | null;
  /** Writes a line; false when nobody reads it any more. */
  readonly write: (line: string) => boolean;
};

/** Resolves with the signal that ended it; null when somebody left by a key, or nobody reads any more. */
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

const ANSWER_MS = 5000;

/** The status of the job that runs on a checkpoint; null where none runs, or it does not answer. */
export async function presentStatus(checkpoint: Checkpoint, ended: AbortSignal): Promise<LiveStatus | null> {
  try {
    const answered = await askStatus(checkpoint, AbortSignal.any([ended, AbortSignal.timeout(ANSWER_MS)]));
    return "ok" in answered ? answered.ok : null;
  } catch (error) {
    if (isError(error, "checkpoint.noChannel")) return null;
    throw error;
  }
}

async function writeLines(parts: WatchParts, ended: AbortController): Promise<void> {
  const { clock, intervalMs, catalogue, resting, write } = parts;
  let before = "";
  while (!ended.signal.aborted) {
    const status = await parts.present(ended.signal);
    const line = status === null ? resting(null, "overview") : watchLine(status, catalogue);
    // A job that rests is said once.
    if ((status !== null || line !== before) && !ended.signal.aborted && !write(line)) return;
    before = line;
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
      status = await parts.present(ended.signal);
      if (!ended.signal.aborted) draw();
      await clock.sleep(intervalMs, ended.signal);
    }
  } finally {
    screen.close();
  }
}
