// A sink that keeps what it is given, for tests of writers.
import type { Sink } from "../../lib/output/output-buffer.ts";

export type Gathered = {
  readonly sink: Sink;
  readonly bytes: () => Buffer;
  readonly text: () => string;
};

/** Copies each piece, since it is valid only during the call. */
export function gather(): Gathered {
  const pieces: Buffer[] = [];
  return {
    sink: (bytes) => {
      pieces.push(Buffer.from(bytes));
      return true;
    },
    bytes: () => Buffer.concat(pieces),
    text: () => Buffer.concat(pieces).toString("utf8"),
  };
}
