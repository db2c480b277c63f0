// Reads sources that can be read only once and may block: standard input, a FIFO, a process substitution. Each read runs on another thread, so that
// signals are handled while it waits.
import * as fs from "node:fs";
import { promisify } from "node:util";
import { CkptError, causeText, systemCode } from "../core/errors.ts";

const read = promisify(fs.read);
const open = promisify(fs.open);

const BLOCK_BYTES = 1 << 16;
/** How long to wait when a non-blocking descriptor has no data yet. */
const AGAIN_MS = 20;

export type PipeOptions = {
  /** The source as messages name it. */
  readonly shownPath: string;
  /** Ends the wait: the generator throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
};

/**
 * All data until the end, in pieces of any size. A piece is valid only until the next one is requested.
 * @param source an open descriptor (left open) or a path (opened, and closed in the end)
 * @throws CkptError `input.missing`, `input.folder`, `input.unreadable`
 */
export async function* readPipe(
  source: number | string,
  options: PipeOptions,
): AsyncGenerator<Uint8Array, void> {
  const { shownPath, signal } = options;
  try {
    const fd = typeof source === "number" ? source : await orAborted(() => open(source, "r"), signal);
    try {
      yield* pieces(fd, signal);
    } finally {
      if (fd !== source) fs.closeSync(fd);
    }
  } catch (error) {
    throw signal?.aborted === true ? error : inputError(error, shownPath);
  }
}

async function* pieces(fd: number, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array, void> {
  const buffer = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  for (;;) {
    const count = await orAborted(() => readSome(fd, buffer), signal);
    if (count === 0) return;
    if (count !== null) yield buffer.subarray(0, count);
    else await orAborted(() => Bun.sleep(AGAIN_MS), signal);
  }
}

/** Number of bytes read into the buffer; 0 at the end; null when there is no data yet. */
async function readSome(fd: number, buffer: Buffer): Promise<number | null> {
  try {
    return (await read(fd, buffer, 0, buffer.length, null)).bytesRead;
  } catch (error) {
    if (systemCode(error) === "EAGAIN") return null;
    throw error;
  }
}

/** The result of the call, or the signal's reason if that comes first. The call itself cannot be cancelled. */
async function orAborted<T>(call: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return call();
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason as Error);
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([call(), aborted.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

function inputError(error: unknown, path: string): CkptError {
  if (error instanceof CkptError) return error;
  switch (systemCode(error)) {
    case "ENOENT":
      return new CkptError("input.missing", { path }, { cause: error });
    case "EISDIR":
      return new CkptError("input.folder", { path }, { cause: error });
    default:
      return new CkptError("input.unreadable", { path, cause: causeText(error) }, { cause: error });
  }
}
