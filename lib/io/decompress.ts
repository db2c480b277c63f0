// Decompression as a stream. The web stream refuses a cut zst, which node:zlib's own takes for whole; both know members in a row.
import { CkptError, causeText } from "../core/errors.ts";

/**
 * The decompressed bytes of .gz or .zst data (also of several members or frames one after another), in pieces of any size.
 * @param blocks compressed bytes; each block must stay as it is (the stream may hold it for a while). Closed on an early return
 * @throws CkptError `input.corrupt` when the data is cut, damaged or followed by something else; what `blocks` throws, as it is
 */
export async function* decompress(
  blocks: Iterable<Uint8Array<ArrayBuffer>>,
  kind: "gz" | "zst",
  shownPath: string,
): AsyncGenerator<Uint8Array, void> {
  const stream = new DecompressionStream(kind === "gz" ? "gzip" : "zstd");
  const feed = new Feed(stream.writable.getWriter());
  const fed = feed.run(blocks);
  const reader = stream.readable.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      yield value;
    }
  } catch (error) {
    await fed;
    if (feed.failure !== null) throw feed.failure.cause;
    throw new CkptError("input.corrupt", { path: shownPath, cause: causeText(error) }, { cause: error });
  } finally {
    feed.stop();
    // Wakes a writer that waits for room; the stream's own error, if any, has been thrown above.
    await reader.cancel().catch(() => undefined);
    await fed;
  }
}

type Writer = ReturnType<DecompressionStream["writable"]["getWriter"]>;

/** Writes the blocks into the stream as it takes them. `run` never rejects: what the blocks threw is kept in `failure`. */
class Feed {
  readonly #writer: Writer;
  #stopped = false;
  failure: { readonly cause: unknown } | null = null;

  constructor(writer: Writer) {
    this.#writer = writer;
    // A failure shows at the reading end; unheard here it would end the process.
    writer.closed.catch(() => undefined);
  }

  stop(): void {
    this.#stopped = true;
  }

  async run(blocks: Iterable<Uint8Array<ArrayBuffer>>): Promise<void> {
    try {
      for (const block of this.#guarded(blocks)) {
        await this.#writer.ready;
        if (this.#stopped) return;
        await this.#writer.write(block);
      }
      if (this.failure === null) await this.#writer.close();
      else await this.#writer.abort(this.failure.cause);
    } catch {
      // The stream failed: the reading end throws the same.
    }
  }

  *#guarded(blocks: Iterable<Uint8Array<ArrayBuffer>>): Generator<Uint8Array<ArrayBuffer>, void> {
    try {
      yield* blocks;
    } catch (cause) {
      this.failure = { cause };
    }
  }
}
