// A small writer on top of a stream. It never throws: when the reader is gone (EPIPE), the run continues.
import type { Environment } from "./language.ts";

/** The used part of process.stdout, process.stderr or a fake in a test. */
export type OutputStream = {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  on?(event: "error", listener: (error: unknown) => void): unknown;
};

export type Screen = {
  readonly isTerminal: boolean;
  /** Whether the cursor can be moved: a terminal, and not TERM=dumb. */
  readonly moves: boolean;
  readonly colour: boolean;
  /** Current width; 80 when it is unknown. */
  columns(): number;
  /** The width for wrapping text; null when it is not a terminal. */
  wrapsAt(): number | null;
  /** Writes the text unchanged; after a failed write, it does nothing. */
  write(text: string): void;
  /** The error of the first failed write; null without one. For answers whose loss must be noticed. */
  failure(): unknown;
};

/** A screen on a stream. Colour needs a terminal, NO_COLOR unset or empty, and a TERM other than dumb. */
export function openScreen(stream: OutputStream, env: Environment): Screen {
  // A user's module may replace `write` later by one that prints through this screen.
  const write = stream.write.bind(stream);
  const isTerminal = stream.isTTY === true;
  const moves = isTerminal && env["TERM"] !== "dumb";
  let failure: unknown = null;
  const fail = (error: unknown): void => {
    failure ??= error ?? new Error("write failed");
  };
  // Without a listener, a failed asynchronous write would end the process.
  stream.on?.("error", fail);
  const columns = (): number => (stream.columns !== undefined && stream.columns > 0 ? stream.columns : 80);
  return {
    isTerminal,
    moves,
    colour: moves && (env["NO_COLOR"] ?? "") === "",
    columns,
    wrapsAt: () => (isTerminal ? columns() : null),
    write: (text) => {
      if (failure !== null) return;
      try {
        write(text);
      } catch (error) {
        fail(error);
      }
    },
    failure: () => failure,
  };
}

const STYLES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;

export type Style = keyof typeof STYLES;

/** The text in a colour, where `colour` is true. */
export function paint(text: string, style: Style, colour: boolean): string {
  return colour && text !== "" ? `\u001b[${STYLES[style]}m${text}\u001b[0m` : text;
}
