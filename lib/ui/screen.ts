// A tiny writer over a stream. Writing for people never throws: when nobody reads any more (EPIPE), the work goes on.
import type { Environment } from "./language.ts";

/** What is needed of process.stdout, process.stderr or a fake in a test. */
export type OutputStream = {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  on?(event: "error", listener: (error: unknown) => void): unknown;
};

export type Screen = {
  readonly isTerminal: boolean;
  /** The cursor can be moved: a terminal, and not TERM=dumb. */
  readonly moves: boolean;
  readonly colour: boolean;
  /** Width now; 80 where it is unknown. */
  columns(): number;
  /** The same where it matters to the reader's eye: null when it is no terminal. */
  wrapsAt(): number | null;
  /** Writes the text as it is; after a failed write, nothing. */
  write(text: string): void;
  /** What the first failed write said; null while all went well. For an answer that must not get lost unnoticed. */
  failure(): unknown;
};

/** A screen on a stream. Colour needs a terminal, NO_COLOR unset or empty, and a TERM other than dumb. */
export function openScreen(stream: OutputStream, env: Environment): Screen {
  // A user's module may have another `write` later on, which prints through this screen.
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
