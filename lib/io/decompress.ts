// Decompression as a stream. For zst it is the web stream, which detects a truncated file; node:zlib accepts one. For gz it is node:zlib, which tells
// where a member ends, so that the bytes after it can be checked here. Both read several members (frames) in a row; zst also skips skippable frames.
import { createGunzip, type Gunzip } from "node:zlib";
import { CkptError, causeText } from "../core/errors.ts";

type Block = Uint8Array<ArrayBuffer>;

/**
 * The decompressed bytes of .gz or .zst data (one or more members or frames), in pieces of any size. Zero bytes after a .gz member are skipped: tapes
 * and block devices pad with them, and `gzip -t` accepts such a file.
 * @param blocks compressed bytes; each block must stay as it is (the stream may hold it for a while). Closed on an early return
 * @throws CkptError `input.corrupt` when the data is truncated, damaged or followed by something else; errors of `blocks` unchanged
 */
export async function* decompress(
  blocks: Iterable<Block>,
  kind: "gz" | "zst",
  shownPath: string,
): AsyncGenerator<Uint8Array, void> {
  const source = new Blocks(blocks);
  try {
    yield* kind === "gz" ? gunzip(source) : unzstd(source);
  } catch (error) {
    if (source.failure !== null) throw source.failure.cause;
    throw new CkptError("input.corrupt", { path: shownPath, cause: causeText(error) }, { cause: error });
  } finally {
    source.close();
  }
}

/** The blocks one by one; the unused rest of a block can be put back. */
class Blocks {
  readonly #blocks: Iterator<Block>;
  #rest: Block | null = null;
  #closed = false;
  /** An error of the source of the blocks, not of the data. */
  failure: { readonly cause: unknown } | null = null;

  constructor(blocks: Iterable<Block>) {
    this.#blocks = blocks[Symbol.iterator]();
  }

  /** The next block; null at the end and after closing. @throws errors of the source */
  next(): Block | null {
    if (this.#closed) return null;
    const rest = this.#rest;
    this.#rest = null;
    if (rest !== null) return rest;
    try {
      const { done, value } = this.#blocks.next();
      return done === true ? null : value;
    } catch (cause) {
      this.failure = { cause };
      throw cause;
    }
  }

  putBack(rest: Block): void {
    this.#rest = rest;
  }

  /** Skips zero bytes; false when nothing follows them. */
  skipZeros(): boolean {
    for (let block = this.next(); block !== null; block = this.next()) {
      const at = block.findIndex((byte) => byte !== 0);
      if (at === -1) continue;
      this.putBack(block.subarray(at));
      return true;
    }
    return false;
  }

  close(): void {
    this.#closed = true;
    this.#blocks.return?.();
  }
}

/** Large pieces: with the default of 16 KiB, passing them on takes twice as long as inflating them. */
const PIECE_BYTES = 256 * 1024;

async function* gunzip(source: Blocks): AsyncGenerator<Uint8Array, void> {
  do {
    const stream = createGunzip({ chunkSize: PIECE_BYTES });
    // An error of feeding appears at the reading end.
    const fed = feedGunzip(stream, source).catch((error: Error) => stream.destroy(error));
    try {
      yield* stream as AsyncIterable<Uint8Array>;
    } finally {
      stream.destroy();
      await fed;
    }
  } while (source.skipZeros());
}

/** Writes blocks to the end, or to a zero byte after a member: the stream then accepts no more, and the rest is put back. */
async function feedGunzip(stream: Gunzip, source: Blocks): Promise<void> {
  let fedBytes = 0;
  for (let block = source.next(); block !== null; block = source.next()) {
    fedBytes += block.length;
    await untilTaken(stream, block);
    if (stream.destroyed) return;
    const leftBytes = fedBytes - stream.bytesWritten;
    if (leftBytes === 0) continue;
    source.putBack(block.subarray(block.length - leftBytes));
    break;
  }
  stream.end();
}

/** Resolves when the stream has consumed what it accepts of a block, or is destroyed. */
function untilTaken(stream: Gunzip, block: Block): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off("close", done);
      resolve();
    };
    stream.once("close", done);
    stream.write(block, done);
  });
}

async function* unzstd(source: Blocks): AsyncGenerator<Uint8Array, void> {
  const stream = new DecompressionStream("zstd");
  const fed = feedUnzstd(stream.writable.getWriter(), source);
  const reader = stream.readable.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    source.close();
    // Wakes a writer that waits for room. An error of the stream itself has been thrown above.
    await reader.cancel().catch(() => undefined);
    await fed;
  }
}

type Writer = ReturnType<DecompressionStream["writable"]["getWriter"]>;

/** Writes the blocks into the stream as it accepts them. Never rejects: a failure appears at the reading end. */
async function feedUnzstd(writer: Writer, source: Blocks): Promise<void> {
  // An unhandled rejection here would end the process.
  writer.closed.catch(() => undefined);
  try {
    for (let block = source.next(); block !== null; block = source.next()) {
      await writer.ready;
      await writer.write(block);
    }
    await writer.close();
  } catch (error) {
    await writer.abort(error).catch(() => undefined);
  }
}
